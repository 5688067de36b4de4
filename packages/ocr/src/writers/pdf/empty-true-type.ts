/** Units of an em. */
const EM = 1000;
const VERSION_1 = 0x1_00_00;
const MAGIC = 0x5f_0f_3c_f5;
/** The table directory begins after this much, and each of its entries takes as much. */
const HEAD_BYTES = 12;
const ENTRY_BYTES = 16;

const u16 = (...values: number[]): Buffer => Buffer.from(values.flatMap((value) => [(value >> 8) & 255, value & 255]));
const u32 = (...values: number[]): Buffer => Buffer.concat(values.map((value) => u16(value >>> 16, value & 0xff_ff)));

const ON_CURVE = 1;

/**
 * An outline from corner to corner and back, which encloses nothing: without extent a character would be nothing to Chromium
 * (156), and a word of a single one could be neither selected nor found.
 */
const diagonal = (width: number): Buffer =>
  Buffer.concat([u16(1, 0, 0, width, EM, 1, 0), Buffer.from([ON_CURVE, ON_CURVE]), u16(0, width, 0, EM)]);

/** The tables without which no reader takes a font, in their order: of two glyphs the second is the one that is used. */
const tablesOf = (advance: number, glyph = diagonal(advance)): [tag: string, table: Buffer][] => [
  // One segment that maps nothing: in a PDF the codes name their glyphs.
  ["cmap", Buffer.concat([u16(0, 1, 3, 1), u32(12), u16(4, 24, 0, 2, 2, 0, 0, 0xff_ff, 0, 0xff_ff, 1, 0)])],
  ["glyf", glyph],
  [
    "head",
    Buffer.concat([u32(VERSION_1, 0, 0, MAGIC), u16(0, EM), Buffer.alloc(16), u16(0, 0, EM, EM, 0, 8, 2, 0, 0)]),
  ],
  ["hhea", Buffer.concat([u32(VERSION_1), u16(EM, 0, 0, advance, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2)])],
  ["hmtx", u16(advance, 0, advance, 0)],
  ["loca", u16(0, 0, glyph.length / 2)],
  ["maxp", Buffer.concat([u32(VERSION_1), u16(2, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)])],
];

/** A TrueType font (ISO/IEC 14496-22) of glyphs without ink, one em high and `advance` thousandths wide. */
export const emptyTrueType = (advance: number): Buffer => {
  const tables = tablesOf(advance);
  const directory: Buffer[] = [u32(VERSION_1), u16(tables.length, 64, 2, ENTRY_BYTES * tables.length - 64)];
  const bodies: Buffer[] = [];
  let offset = HEAD_BYTES + ENTRY_BYTES * tables.length;
  for (const [tag, table] of tables) {
    // The checksum may be 0: readers do not look at it.
    directory.push(Buffer.from(tag, "latin1"), u32(0, offset, table.length));
    bodies.push(table, Buffer.alloc(-table.length & 3));
    offset += table.length + (-table.length & 3);
  }
  return Buffer.concat([...directory, ...bodies]);
};
