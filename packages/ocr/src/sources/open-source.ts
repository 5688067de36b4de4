import { stat } from "node:fs/promises";
import type { SupportedMediaType } from "@lectura/contracts";
import { isAnimated } from "./apng/is-animated.ts";
import { openApng } from "./apng-source.ts";
import { isAvifSequence } from "./heif-sequence.ts";
import { openImage } from "./image-source.ts";
import { createMagickOpener, isMagickMediaType } from "./magick-source.ts";
import { mediaTypeOf } from "./media-type.ts";
import { createPdfOpener } from "./pdf-source.ts";
import type { Source } from "./source.ts";

// Its first bytes do not tell them apart where much comes before the announcement of an animation.
const isPng = (mediaType: SupportedMediaType): boolean => ["image/png", "image/apng"].includes(mediaType);

/** Opens files by what their bytes say. The last one stays open: the next page asked for is mostly one of its own. */
export const createSourceOpener = ({ pagePixels }: { pagePixels: number }) => {
  const openPdf = createPdfOpener({ pagePixels });
  const openMagick = createMagickOpener({ pagePixels });
  const openAs = async (mediaType: SupportedMediaType, path: string, password?: string): Promise<Source> => {
    if (mediaType === "application/pdf") return openPdf(path, password);
    if (mediaType === "image/avif" && !(await isAvifSequence(path))) return openImage(path, { mediaType, pagePixels });
    if (isMagickMediaType(mediaType)) return openMagick(path, mediaType);
    if (isPng(mediaType) && isAnimated(path)) return openApng(path, { mediaType, pagePixels });
    return openImage(path, { mediaType, pagePixels });
  };
  let last: { key: string; source: Source } | undefined;

  return async (path: string, password?: string): Promise<Source> => {
    const { size, mtimeMs, ino } = await stat(path);
    const key = [path, size, mtimeMs, ino, password].join("\n");
    if (last?.key === key) return last.source;
    last?.source.close();
    last = undefined;
    const mediaType = await mediaTypeOf(path);
    const source = await openAs(mediaType, path, password);
    last = { key, source };
    return source;
  };
};
