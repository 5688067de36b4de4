import sharp from "sharp";

/** An image of 200 KB: a white page, stored without compression, so that reading it costs next to nothing. */
export const drawBlankImage = (): Promise<Buffer> =>
  sharp({ create: { width: 500, height: 400, channels: 3, background: "white" } })
    .toColourspace("b-w")
    .png({ compressionLevel: 0 })
    .toBuffer();
