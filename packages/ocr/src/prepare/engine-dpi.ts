import type { GreyImage } from "../engines/engine.ts";

/**
 * Tesseract lays a page out by the resolution that it is told. What files declare is often wrong, and receipts and forms are
 * read better by a low one; a scan of 300 dpi is believed where its letters are as high as that makes them. Measured over set a.
 */
const LOW = 150;
const HIGH = { dpi: 300, letters: 26 };

/** The resolution that an engine is told of an image whose letters are so many pixels high, if that was measured. */
export const engineDpi = (declared: number, letterHeight: number | undefined): number =>
  declared >= HIGH.dpi && letterHeight !== undefined && letterHeight > HIGH.letters ? HIGH.dpi : LOW;

/** A part of a page as an engine takes it, its letters not measured. */
export const asPart = (image: GreyImage): GreyImage => ({ ...image, dpi: LOW });
