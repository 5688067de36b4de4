import { PDFDocument, StandardFonts } from "@cantoo/pdf-lib";
import { photograph } from "./photograph.ts";
import { renderPage } from "./render.ts";
import { createSheet, type Sample, type Sheet } from "./sheet.ts";

/** Paper of 80 mm, as the printers of shops use. */
const PAPER: [number, number] = [227, 365];
const DPI = 240;

const ITEMS: [name: string, price: string][] = [
  ["Pan aliñado x 6", "7.200"],
  ["Café molido 500 g", "18.900"],
  ["Piña oro miel", "5.450"],
  ["Leche deslactosada", "4.780"],
  ["Jabón de coco", "3.650"],
  ["Plátano maduro kg", "4.120"],
];

const SUMS: [name: string, amount: string][] = [
  ["Subtotal", "42.437"],
  ["IVA incluido", "1.663"],
];

const write = async (document: PDFDocument, sheet: Sheet): Promise<void> => {
  const plain = { font: await document.embedFont(StandardFonts.CourierBold), size: 9.5 };
  const centred = { ...plain, align: "center" } as const;
  const row = ([name, amount]: [string, string], style = plain) =>
    sheet.columns(
      [
        { text: name, at: 0 },
        { text: amount, at: 199, align: "right" },
      ],
      style,
    );

  sheet.line("TIENDA DOÑA BÁRBARA", { ...centred, size: 14 });
  sheet.line("Carrera 45 No. 52-08", centred);
  sheet.line("Rionegro, Antioquia", centred);
  sheet.line("NIT 900.555.017-3", centred);
  sheet.endParagraph(8);
  row(["Fecha: 09/08/2023", "17:42"]);
  row(["Factura: B-20418", "Caja: 3"]);
  sheet.rule();
  sheet.endParagraph(4);
  for (const item of ITEMS) row(item);
  sheet.rule();
  sheet.endParagraph(4);
  for (const sum of SUMS) row(sum);
  row(["TOTAL", "$ 44.100"], { ...plain, size: 14 });
  sheet.endParagraph(4);
  row(["Efectivo", "50.000"]);
  row(["Cambio", "5.900"]);
  sheet.endParagraph(10);
  sheet.line("¡Gracias por su compra!", centred);
  sheet.line("Cambios hasta el día 15", centred);
};

/** A receipt of a corner shop, photographed with a telephone on a table. */
export const makeReceipt = async (): Promise<Sample> => {
  const document = await PDFDocument.create();
  const sheet = createSheet(document.addPage(PAPER), { left: 14, right: 14, top: 14 });
  await write(document, sheet);
  const picture = await photograph(await renderPage(await document.save(), DPI), { tilt: -1.6, seed: 2 });
  return { bytes: await picture.jpeg({ quality: 72, mozjpeg: true }).toBuffer(), text: sheet.text() };
};
