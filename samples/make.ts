import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeLetter } from "./make/letter.ts";
import { makeReceipt } from "./make/receipt.ts";
import { makeReport } from "./make/report.ts";

/** Makes the sample documents anew: node samples/make.ts */
const samples = [
  { name: "carta", extension: "png", make: makeLetter },
  { name: "recibo", extension: "jpg", make: makeReceipt },
  { name: "informe", extension: "pdf", make: makeReport },
];

for (const { name, extension, make } of samples) {
  const { bytes, text } = await make();
  await writeFile(join(import.meta.dirname, `${name}.${extension}`), bytes);
  await writeFile(join(import.meta.dirname, `${name}.txt`), text);
  console.log(`${name}.${extension}: ${Math.ceil(bytes.length / 1000)} KB`);
}
