import { type Frame, isWhole } from "./frame.ts";

interface Composition<Each extends Frame> {
  width: number;
  height: number;
  frames: Each[];
  /** The pixels of a frame by itself: red, green, blue, and how opaque. */
  decode: (frame: Each) => Promise<Buffer>;
}

interface Canvas {
  data: Buffer;
  width: number;
}

const PIXEL_BYTES = 4;
const ALPHA = 3;
const OPAQUE = 255;

/** Lays a pixel over one of the canvas, as the PNG specification computes it (third edition, section 13.16). */
const layOver = (data: Buffer, to: number, pixels: Buffer, from: number): void => {
  const alpha = pixels[from + ALPHA] ?? 0;
  if (alpha === 0) return;
  const above = alpha * OPAQUE;
  const below = (OPAQUE - alpha) * (data[to + ALPHA] ?? 0);
  for (let colour = 0; colour < ALPHA; colour += 1) {
    const sum = (pixels[from + colour] ?? 0) * above + (data[to + colour] ?? 0) * below;
    data[to + colour] = Math.round(sum / (above + below));
  }
  data[to + ALPHA] = Math.round((above + below) / OPAQUE);
};

/** Where the rows of a frame begin, in bytes of the canvas and of the frame. */
function* rowsOf(canvas: Canvas, { left, top, width, height }: Frame): Generator<[to: number, from: number]> {
  for (let row = 0; row < height; row += 1) {
    yield [((top + row) * canvas.width + left) * PIXEL_BYTES, row * width * PIXEL_BYTES];
  }
}

const draw = (canvas: Canvas, frame: Frame, pixels: Buffer): void => {
  const rowBytes = frame.width * PIXEL_BYTES;
  for (const [to, from] of rowsOf(canvas, frame)) {
    if (frame.blend === "source") pixels.copy(canvas.data, to, from, from + rowBytes);
    else for (let at = 0; at < rowBytes; at += PIXEL_BYTES) layOver(canvas.data, to + at, pixels, from + at);
  }
};

const clear = (canvas: Canvas, frame: Frame): void => {
  for (const [at] of rowsOf(canvas, frame)) canvas.data.fill(0, at, at + frame.width * PIXEL_BYTES);
};

/**
 * The pixels that a viewer shows once it has come to a frame, numbered from 1; transparent where nothing was drawn. Only frames
 * of which something may be seen are decoded, one after the other.
 */
export const composeFrame = async <Each extends Frame>(
  { width, height, frames, decode }: Composition<Each>,
  number: number,
): Promise<Buffer> => {
  const [shown] = frames.slice(number - 1, number);
  if (!shown) throw new RangeError(`The animation has no frame ${number}.`);
  const hidesAll = (frame: Frame) => isWhole(frame, { width, height }) && frame.blend === "source";
  const startsAnew = (frame: Frame) =>
    frame.dispose === "background" ? isWhole(frame, { width, height }) : frame.dispose === "none" && hidesAll(frame);
  if (hidesAll(shown)) return decode(shown);

  const canvas = { data: Buffer.alloc(width * height * PIXEL_BYTES), width };
  const before = frames.slice(0, number - 1);
  for (const frame of before.slice(Math.max(0, before.findLastIndex(startsAnew)))) {
    // Nothing is left of a frame that gives way to what was there before it.
    if (frame.dispose === "none") draw(canvas, frame, await decode(frame));
    if (frame.dispose === "background") clear(canvas, frame);
  }
  draw(canvas, shown, await decode(shown));
  return canvas.data;
};
