import type { Line, Word } from "@lectura/contracts";

/** A gap between words, in line heights, that divides cells: words of a sentence stand closer. */
const CELL_GAP = 1.1;

export interface Cell {
  text: string;
  x0: number;
  x1: number;
}

interface Column {
  x0: number;
  x1: number;
}

export const heightOf = ({ bbox }: Pick<Line, "bbox">): number => bbox[3] - bbox[1];

/** The parts of a line that stand well apart. */
export const cellsOf = (line: Line): Cell[] => {
  const groups: Word[][] = [];
  for (const word of line.words) {
    const before = groups.at(-1)?.at(-1);
    if (before && word.bbox[0] - before.bbox[2] < CELL_GAP * heightOf(line)) groups.at(-1)?.push(word);
    else groups.push([word]);
  }
  return groups.map((words) => ({
    text: words.map(({ text }) => text).join(" "),
    x0: words[0]?.bbox[0] ?? 0,
    x1: words.at(-1)?.bbox[2] ?? 0,
  }));
};

/** The column that each cell stands in; undefined when a cell stands in none or in several, or two in one. */
const placesOf = (cells: Cell[], columns: Column[]): number[] | undefined => {
  const places = cells.map(({ x0, x1 }) => {
    const fitting = columns.flatMap((column, index) => (x0 < column.x1 && column.x0 < x1 ? [index] : []));
    return fitting.length === 1 ? (fitting[0] ?? -1) : -1;
  });
  return places.includes(-1) || new Set(places).size < places.length ? undefined : places;
};

/**
 * The rows of the table with which lines begin, each with a cell for every column: lines of the same two or more columns.
 * Two columns need three rows, since two lines side by side are no table yet. Empty when it is none.
 */
export const readTable = (lines: Line[]): string[][] => {
  const columns: Column[] = [];
  const rows: string[][] = [];
  for (const line of lines) {
    const cells = cellsOf(line);
    if (rows.length === 0) columns.push(...cells);
    const places = cells.length < 2 ? undefined : placesOf(cells, columns);
    if (!places) break;
    const row = columns.map(() => "");
    cells.forEach((cell, index) => {
      const place = places[index] ?? 0;
      const column = columns[place] ?? cell;
      columns[place] = { x0: Math.min(column.x0, cell.x0), x1: Math.max(column.x1, cell.x1) };
      row[place] = cell.text;
    });
    rows.push(row);
  }
  return rows.length >= (columns.length > 2 ? 2 : 3) ? rows : [];
};
