import { ProblemError } from "@lectura/contracts";

/** What an `fcTL` chunk says of a frame. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  /** What its region shows once the next frame comes. */
  dispose: "none" | "background" | "previous";
  /** Whether it takes the place of what its region shows or is laid over it. */
  blend: "source" | "over";
}

interface Canvas {
  width: number;
  height: number;
}

const DISPOSALS = ["none", "background", "previous"] as const;
const BLENDS = ["source", "over"] as const;
const FCTL_BYTES = 26;

export const damaged = (what: string): ProblemError =>
  new ProblemError("undecodable-file", `The animation is damaged: ${what}.`);

export const isWhole = ({ width, height }: Frame, canvas: Canvas): boolean =>
  width === canvas.width && height === canvas.height;

/** Reads the data of an `fcTL` chunk. */
export const readFrame = (data: Buffer, canvas: Canvas): Frame => {
  if (data.length !== FCTL_BYTES) throw damaged("a frame is described wrongly");
  const [width, height] = [data.readUInt32BE(4), data.readUInt32BE(8)];
  const [left, top] = [data.readUInt32BE(12), data.readUInt32BE(16)];
  const [dispose, blend] = [DISPOSALS[data.readUInt8(24)], BLENDS[data.readUInt8(25)]];
  if (!dispose || !blend) throw damaged("a frame is described wrongly");
  const isWithin = width > 0 && height > 0 && left + width <= canvas.width && top + height <= canvas.height;
  if (!isWithin) throw damaged("a frame lies beyond the picture");
  return { left, top, width, height, dispose, blend };
};
