import { PDFDocument, StandardFonts } from "@cantoo/pdf-lib";
import { renderPage } from "./render.ts";
import { scan } from "./scan.ts";
import { createSheet, type Sample, type Sheet } from "./sheet.ts";

const A4: [number, number] = [595.28, 841.89];
const DPI = 200;

const RECIPIENT = ["Señora", "Ángela Núñez Piñeros", "Carrera 70 No. 9-115, apartamento 302", "Medellín"];

const PARAGRAPHS = [
  "Apreciada señora Núñez:",
  "Recibimos su carta del pasado 6 de marzo, en la que nos pregunta cuándo vamos a cambiar el sifón del lavamanos y quién " +
    "responde por el daño en la pared del baño. Tiene usted toda la razón: la pieza que le entregamos en diciembre no era la " +
    "que había pedido, y el desagüe empezó a gotear a la semana siguiente. Le pedimos disculpas por la demora y por la " +
    "vergüenza que pasó con los vecinos del segundo piso.",
  "¿Qué vamos a hacer? El martes 21 de marzo, entre las ocho y las diez de la mañana, irá a su casa el señor Efraín Agudelo " +
    "con la pieza correcta y una lámina de acero inoxidable. El trabajo dura unas dos horas y no tiene ningún costo para " +
    "usted. Además, le devolveremos los $ 48.750 que pagó por la instalación, según la factura número 3067 del 12 de " +
    "diciembre de 2022.",
  "Si ese día no le conviene, llámenos al 604 555 01 73 o escríbanos; también podemos ir un sábado por la tarde. ¡No vuelva " +
    "a abrir la llave de paso antes de nuestra visita! El empaque quedó apretado, pero todavía no resiste la presión del agua.",
  "Le agradecemos su paciencia y los quince años que lleva comprando en nuestra ferretería. Guardaremos con gusto su próximo " +
    "pedido de azulejos, tal como lo dejó señalado: 36 unidades de color añil, tamaño mediano, para el patio pequeño.",
];

/** Nobody can read it, no more than the real ones. */
const SIGNATURE =
  "M0 0 C 8 -34 22 -38 18 -8 C 16 8 6 6 14 -6 C 26 -24 30 -4 38 -10 C 46 -16 40 2 50 -6 C 60 -18 66 4 74 -8 " +
  "C 80 -18 84 0 96 -6 C 112 -14 124 -2 150 -16";

const write = async (document: PDFDocument, sheet: Sheet): Promise<void> => {
  const roman = { font: await document.embedFont(StandardFonts.TimesRoman), size: 11.5 };
  const bold = { font: await document.embedFont(StandardFonts.TimesRomanBold), size: 11.5 };
  const head = { ...roman, size: 10, align: "center" } as const;

  sheet.line("FERRETERÍA EL YARUMO", { ...bold, size: 20, align: "center" });
  sheet.line("Materiales, plomería y grifería desde 1987", head);
  sheet.line("Calle 18 Sur No. 43-27, Envigado, teléfono 604 555 01 73", head);
  sheet.rule();
  sheet.endParagraph(24);
  sheet.line("Envigado, 14 de marzo de 2023", { ...roman, align: "right" });
  sheet.endParagraph(14);
  for (const line of RECIPIENT) sheet.line(line, roman);
  sheet.endParagraph(14);
  sheet.line("Asunto: reparación de la tubería y devolución de $ 48.750", bold);
  sheet.endParagraph(14);
  for (const paragraph of PARAGRAPHS) sheet.paragraph(paragraph, roman);
  sheet.gap(6);
  sheet.line("Atentamente,", roman);
  sheet.endParagraph(0);
  sheet.figure(52, ({ x, y }) => sheet.page.drawSvgPath(SIGNATURE, { x: x + 12, y: y + 8, borderWidth: 1.3 }));
  sheet.line("Begoña Úsuga Ibáñez", bold);
  sheet.line("Administradora", roman);
};

/** A Spanish business letter as it comes from an office scanner. */
export const makeLetter = async (): Promise<Sample> => {
  const document = await PDFDocument.create();
  const sheet = createSheet(document.addPage(A4), { left: 74, right: 74, top: 56 });
  await write(document, sheet);
  const page = await renderPage(await document.save(), DPI);
  const picture = await scan(page, { skew: 0.6, seed: 1 });
  return {
    bytes: await picture.withDensity(DPI).png({ compressionLevel: 9 }).toBuffer(),
    text: sheet.text(),
  };
};
