import { gzipSync } from "node:zlib";
import type { HostileFile } from "./hostile-file.ts";
import { LINE, oddPdf } from "./raw-pdf.ts";

/** What is not among the types that are read, whatever it is called; `decoy` is an address where somebody listens. */
export const otherTypes = (decoy: string): HostileFile[] => {
  const refused: [what: string, bytes: string | Buffer][] = [
    [
      "a picture with a script (SVG)",
      `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('${decoy}')"><script>fetch("${decoy}")</script></svg>`,
    ],
    ["a picture of elsewhere (SVG)", `<svg xmlns="http://www.w3.org/2000/svg"><image href="${decoy}"/></svg>`],
    [
      "a picture of entities (SVG)",
      `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "${"x".repeat(99)}"><!ENTITY b "${"&a;".repeat(99)}"><!ENTITY c SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&b;&c;</svg>`,
    ],
    [
      "a drawing of ImageMagick's (MVG)",
      `push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 '${decoy}'\nfill 'url(${decoy}";id")'\npop graphic-context\n`,
    ],
    [
      "a script of ImageMagick's (MSL)",
      `<?xml version="1.0"?><image><read filename="/etc/passwd"/><write filename="/tmp/evil.php"/></image>`,
    ],
    ["a page for browsers", `<!doctype html><script src="${decoy}"></script>`],
    ["PostScript", "%!PS-Adobe-3.0\n(/etc/passwd) (r) file\nshowpage\n"],
    ["a shell script", "#!/bin/sh\nrm -rf /\n"],
    ["an archive", Buffer.concat([Buffer.from("PK\u0003\u0004"), Buffer.alloc(100)])],
    ["a program of Linux", Buffer.concat([Buffer.from("\u007fELF\u0002\u0001\u0001"), Buffer.alloc(100)])],
    ["a program of Windows", Buffer.concat([Buffer.from("MZ"), Buffer.alloc(200)])],
    ["a PDF in a gzip", gzipSync(oddPdf())],
    ["a bomb in a gzip", gzipSync(Buffer.alloc(100_000_000))],
    ["a film", Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypmp42\0\0\0\0mp42isom")])],
    ["a playlist of elsewhere", `#EXTM3U\n#EXTINF:10,\n${decoy}\n`],
    ["text", "Una hoja limpia\n"],
    ["a single byte", "%"],
    ["four thousand zeros", Buffer.alloc(4096)],
    [
      "the test file of virus scanners",
      String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`,
    ],
    ["a data URL", "data:image/png;base64,iVBORw0KGgo="],
    ["the head of a form for PDF (FDF)", `%FDF-1.2\n1 0 obj << /FDF << /F (${decoy}) >> >>`],
  ];
  return [
    ...refused.map(([what, bytes]) => ({ what, bytes: () => Buffer.from(bytes), ends: "415 unsupported-media-type" })),
    { what: "nothing", bytes: () => Buffer.alloc(0), ends: "422 empty-file" },
    {
      what: "a PDF behind the first line of a script",
      bytes: () => Buffer.concat([Buffer.from("#!/bin/sh\n"), oddPdf()]),
      ends: "succeeded",
      says: LINE,
    },
    {
      what: "a PDF that ends as an archive",
      bytes: () => Buffer.concat([oddPdf(), Buffer.from("PK\u0005\u0006"), Buffer.alloc(18)]),
      ends: "succeeded",
      says: LINE,
    },
  ];
};
