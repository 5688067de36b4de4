import type { Block, Line, Word } from "@lectura/contracts";

/** A page as 8-bit grey pixels, row by row without padding. */
export interface GreyImage {
  data: Buffer;
  width: number;
  height: number;
  /** Resolution of these pixels; of an image that was prepared, the one that serves the engine (prepare/engine-dpi.ts). */
  dpi: number;
}

/** What is written where, before confidences are averaged: words as read, lines and blocks as their frames. */
export type ReadLine = Pick<Line, "bbox" | "baseline"> & { words: Word[] };
export type ReadBlock = Pick<Block, "bbox" | "kind"> & { lines: ReadLine[] };

export interface Engine {
  readonly name: "tesseract" | "tesseract.js" | "ppocr";
  readonly version: string;
  /** Makes sure that the models of these languages are in memory. */
  load(languages: string[]): Promise<void>;
  /**
   * Blocks in reading order; models that are not in memory are loaded. The same image gives the same blocks, whatever was
   * recognised before. An engine that sees lines but no order follows the blocks of a `layout` that another has found.
   */
  recognize(
    image: GreyImage,
    languages: string[],
    layout?: readonly Pick<ReadBlock, "bbox" | "kind">[],
  ): Promise<ReadBlock[]>;
  close(): Promise<void>;
}

/** Fully automatic page segmentation, without orientation and script detection. */
export const PAGE_SEGMENTATION = 3;
/** LSTM only: the legacy engine is slower, less accurate and not in most models. */
export const LSTM_ONLY = 1;

// PolyBlockType of Tesseract's publictypes.h, by value.
const KINDS: Record<number, Block["kind"] | undefined> = {
  1: "text", // flowing text
  2: "heading",
  3: "text", // pull-out
  4: "text", // equation
  5: "text", // inline equation
  6: "table",
  7: "text", // vertical text
  8: "text", // caption
  9: "image", // flowing image
  10: "image", // heading image
  11: "image", // pull-out image
};

/** The kind of a block by Tesseract's number for it; undefined for ruling lines and noise, which hold nothing to read. */
export const blockKind = (polyBlockType: number): Block["kind"] | undefined => KINDS[polyBlockType];
