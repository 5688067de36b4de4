import type { PageResult } from "@lectura/contracts";
import type { GreyImage } from "../engines/engine.ts";
import { fromPixels, toPixels } from "./pixels.ts";

/** Clockwise degrees by which a page lies turned. */
export type Rotation = PageResult["rotation"];

/** The page as it looks when it is turned back by so many clockwise degrees. */
export const turnBack = async (image: GreyImage, rotation: Rotation): Promise<GreyImage> =>
  rotation === 0 ? image : { ...(await toPixels(fromPixels(image).rotate(360 - rotation))), dpi: image.dpi };
