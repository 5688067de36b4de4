import type { Sharp } from "sharp";
import type { Box, SupportedMediaType } from "@lectura/contracts";
import type { GreyImage, ReadBlock } from "../engines/engine.ts";

/** Assumed of an image that does not say its resolution. */
export const UNKNOWN_DPI = 150;

/** What a page of a file says by itself, without recognition. */
export interface TextLayer {
  width: number;
  height: number;
  dpi: number;
  blocks: ReadBlock[];
  /** Whether it can stand for the page, and in a sentence why. */
  good: boolean;
  reason: string;
  /** Pictures that may show text which it does not hold. */
  pictures: Box[];
}

/** An opened file: a document of one or more pages, numbered from 1. */
export interface Source {
  readonly mediaType: SupportedMediaType;
  readonly pages: number;
  image(page: number): Promise<GreyImage>;
  /** Upright and in colour over white; missing where there are only greys. */
  picture?(page: number): Promise<Sharp>;
  /** Missing where the format has none. */
  textLayer?(page: number): TextLayer;
  close(): void;
}
