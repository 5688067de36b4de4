import { PDFDocument, rgb, StandardFonts, type PDFFont } from "@cantoo/pdf-lib";
import { renderPage } from "./render.ts";
import { scan } from "./scan.ts";
import { createSheet, type Sample, type Sheet } from "./sheet.ts";

const LETTER: [number, number] = [612, 792];
const MARGIN = { left: 72, right: 72, top: 60 };
const SCAN_DPI = 200;
const PAGES = 3;
// A PDF says when it was made: always the same, or the file would change with every run.
const MADE_AT = new Date("2023-09-01T12:00:00Z");

interface Fonts {
  roman: PDFFont;
  sans: PDFFont;
  bold: PDFFont;
}

const embedFonts = async (document: PDFDocument): Promise<Fonts> => ({
  roman: await document.embedFont(StandardFonts.TimesRoman),
  sans: await document.embedFont(StandardFonts.Helvetica),
  bold: await document.embedFont(StandardFonts.HelveticaBold),
});

const RAIN: [month: string, millimetres: number, days: number][] = [
  ["Enero", 74, 9],
  ["Febrero", 88, 11],
  ["Marzo", 131, 15],
  ["Abril", 196, 21],
  ["Mayo", 223, 23],
  ["Junio", 152, 17],
];

const writeFirst = (sheet: Sheet, { roman, sans, bold }: Fonts): void => {
  const body = { font: roman, size: 12 };
  const heading = { font: bold, size: 14 };
  sheet.line("Acueducto veredal La Ceibita", { font: sans, size: 10 });
  sheet.endParagraph(40);
  sheet.line("Informe del primer semestre de 2023", { font: bold, size: 22 });
  sheet.line("Lluvias, caudal y calidad del agua en la quebrada El Ñeque", { font: sans, size: 12 });
  sheet.endParagraph(24);
  sheet.line("1. Resumen", heading);
  sheet.endParagraph(4);
  sheet.paragraph(
    "Entre enero y junio cayeron 864 milímetros de lluvia en la cuenca, un doce por ciento más que el año anterior. El caudal " +
      "de la quebrada alcanzó para las 213 familias de la vereda y no hubo ningún día sin servicio. La bocatoma se limpió " +
      "cuatro veces, dos de ellas después de las crecientes de mayo.",
    body,
  );
  sheet.paragraph(
    "¿Qué nos preocupa? El tanque pequeño tiene una grieta de dos metros en la pared norte, y la tubería que cruza el camino " +
      "de herradura quedó al descubierto con el último derrumbe. Ambas obras deben hacerse antes de octubre, cuando vuelven " +
      "las lluvias fuertes.",
    body,
  );
  sheet.gap(8);
  sheet.line("2. Trabajo de la comunidad", heading);
  sheet.endParagraph(4);
  sheet.paragraph(
    "En seis convites participaron 148 personas. Se sembraron 620 árboles nativos en las orillas, sobre todo quiebrabarrigos, " +
      "guaduas y yarumos, y los niños de la escuela pintaron los avisos del sendero. ¡Gracias a quienes llevaron el sancocho!",
    body,
  );
  sheet.paragraph(
    "La junta se reunió el segundo sábado de cada mes. Las actas están en la casa de doña Otilia Muñetón y cualquier usuario " +
      "puede leerlas. La próxima asamblea será el 19 de agosto a las nueve de la mañana en la caseta comunal.",
    body,
  );
};

const writeSecond = (sheet: Sheet, { roman, sans, bold }: Fonts): void => {
  const row = (cells: [string, string, string], font: PDFFont) => {
    const places = [0, 240, 380];
    const columns = cells.map(
      (text, index) => ({ text, at: places[index] ?? 0, align: index ? "right" : "left" }) as const,
    );
    sheet.columns(columns, { font, size: 11 });
  };
  sheet.line("3. Lluvias por mes", { font: bold, size: 14 });
  sheet.endParagraph(8);
  row(["Mes", "Lluvia (mm)", "Días con lluvia"], bold);
  sheet.rule();
  for (const [month, millimetres, days] of RAIN) row([month, String(millimetres), String(days)], sans);
  sheet.rule();
  row(["Total", "864", "96"], bold);
  sheet.endParagraph(16);
  sheet.paragraph(
    "Mayo fue el mes más lluvioso. La barra más alta de la figura corresponde a 223 milímetros; la línea de la base marca cero.",
    { font: roman, size: 12 },
  );
  sheet.figure(170, ({ x, y, width }) => {
    RAIN.forEach(([, millimetres], index) =>
      sheet.page.drawRectangle({
        x: x + 20 + index * 70,
        y,
        width: 44,
        height: millimetres * 0.7,
        color: rgb(0.2, 0.45, 0.7),
      }),
    );
    sheet.page.drawLine({ start: { x, y }, end: { x: x + width, y }, thickness: 0.8 });
  });
  sheet.gap(20);
  sheet.line("4. Calidad del agua", { font: bold, size: 14 });
  sheet.endParagraph(4);
  sheet.paragraph(
    "El laboratorio tomó tres muestras. El cloro residual estuvo entre 0,4 y 0,9 miligramos por litro y la turbiedad no pasó de " +
      "1,6 unidades. El certificado va en la página siguiente, escaneado.",
    { font: roman, size: 12 },
  );
};

/** The page that exists on paper only. */
const writeCertificate = (sheet: Sheet, { sans, bold }: Fonts): void => {
  const body = { font: sans, size: 11.5 };
  sheet.line("LABORATORIO DE AGUAS PIEDRAGRANDE", { font: bold, size: 16, align: "center" });
  sheet.line("Certificado número 0417 de 2023", { ...body, align: "center" });
  sheet.rule();
  sheet.endParagraph(30);
  sheet.paragraph(
    "Certificamos que el 22 de junio de 2023 recibimos tres muestras de agua del acueducto La Ceibita, tomadas por el señor " +
      "Íñigo Zuluaga en la bocatoma, en el tanque grande y en la llave de la escuela.",
    body,
  );
  sheet.paragraph(
    "El agua de la llave es apta para el consumo humano. No se encontraron bacterias coliformes en ninguna de las muestras " +
      "tratadas. Recomendamos repetir el análisis dentro de seis meses, o antes si cambia el color o el olor.",
    body,
  );
  sheet.paragraph("Este certificado vale por un año a partir de su fecha de expedición.", body);
  sheet.gap(24);
  sheet.line("Rionegro, 30 de junio de 2023", body);
  sheet.endParagraph(40);
  sheet.line("Nubia Peña Ibarbo", { ...body, font: bold });
  sheet.line("Directora técnica", body);
};

const writePageNumber = (sheet: Sheet, page: number, { sans }: Fonts): void => {
  sheet.endParagraph(0);
  sheet.toBottom(40);
  sheet.line(`Página ${page} de ${PAGES}`, { font: sans, size: 9, align: "center" });
};

const makeCertificate = async () => {
  const document = await PDFDocument.create();
  const sheet = createSheet(document.addPage(LETTER), MARGIN);
  const fonts = await embedFonts(document);
  writeCertificate(sheet, fonts);
  writePageNumber(sheet, PAGES, fonts);
  const picture = await scan(await renderPage(await document.save(), SCAN_DPI), { skew: -0.5, seed: 3 });
  return { jpeg: await picture.jpeg({ quality: 55 }).toBuffer(), text: sheet.text() };
};

/** A report of three pages: two made on a computer, with their text in the file, and a scan without any. */
export const makeReport = async (): Promise<Sample> => {
  const document = await PDFDocument.create();
  document.setTitle("Informe del primer semestre de 2023");
  document.setCreationDate(MADE_AT);
  document.setModificationDate(MADE_AT);
  const fonts = await embedFonts(document);
  const born = [writeFirst, writeSecond].map((write, index) => {
    const sheet = createSheet(document.addPage(LETTER), MARGIN);
    write(sheet, fonts);
    writePageNumber(sheet, index + 1, fonts);
    return sheet.text();
  });
  const certificate = await makeCertificate();
  const [width, height] = LETTER;
  document.addPage(LETTER).drawImage(await document.embedJpg(certificate.jpeg), { x: 0, y: 0, width, height });
  return { bytes: await document.save(), text: [...born, certificate.text].join("\f") };
};
