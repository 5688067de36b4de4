/** What a client may call its file, and what it is called then (two where a browser's form writes it otherwise): never a path. */
interface HostileName {
  what: string;
  name: string;
  kept: (string | null)[];
}

const RTL = "\u202e";

export const hostileNames: HostileName[] = [
  { what: "a way up", name: "../../../../../../tmp/evil.pdf", kept: ["evil.pdf"] },
  { what: "a way up for Windows", name: String.raw`..\..\..\evil.pdf`, kept: ["evil.pdf"] },
  { what: "a place of its own", name: "/etc/cron.d/evil", kept: ["evil"] },
  { what: "a place of its own on Windows", name: String.raw`C:\Windows\evil.pdf`, kept: ["evil.pdf"] },
  { what: "a share of another machine", name: String.raw`\\127.0.0.1\share\evil.pdf`, kept: ["evil.pdf"] },
  { what: "encoded steps up", name: "%2e%2e%2f%2e%2e%2fevil.pdf", kept: ["%2e%2e%2f%2e%2e%2fevil.pdf"] },
  { what: "steps alone", name: "..", kept: [null] },
  { what: "a point", name: ".", kept: [null] },
  { what: "turned directions", name: `factura${RTL}fdp.exe`, kept: ["facturafdp.exe"] },
  { what: "4 KB of letters", name: `${"a".repeat(4092)}.pdf`, kept: ["a".repeat(255)] },
  { what: "4 KB of steps up", name: `${"../".repeat(1365)}x`, kept: ["x"] },
  {
    what: "a command",
    name: "$(touch evil);`touch evil`|touch evil.pdf",
    kept: ["$(touch evil);`touch evil`|touch evil.pdf"],
  },
  { what: "a script", name: "<script>alert(1)</script>.pdf", kept: ["script>.pdf"] },
  { what: "a device", name: "CON.pdf", kept: ["CON.pdf"] },
  { what: "letters of elsewhere", name: "résumé-合同-🧾.pdf", kept: ["résumé-合同-🧾.pdf"] },
  { what: "quotes", name: `a"b'c.pdf`, kept: ["a\"b'c.pdf", "a%22b'c.pdf"] },
  { what: "white space", name: "   ", kept: [null] },
  { what: "an address", name: "http://127.0.0.1/evil.pdf", kept: ["evil.pdf"] },
  { what: "a placeholder", name: "%s%s%n{{7*7}}${7*7}.pdf", kept: ["%s%s%n{{7*7}}${7*7}.pdf"] },
  { what: "a zero", name: "a\0b.pdf", kept: ["ab.pdf"] },
  { what: "a header", name: "a\r\nset-cookie: x", kept: ["aset-cookie: x", "a%0D%0Aset-cookie: x"] },
  { what: "a reserved word", name: "__proto__", kept: ["__proto__"] },
];
