export { toolsDir } from "./platform/home.ts";
export type { Log } from "./output/log.ts";
export { provideDebianProgram, type RunTool } from "./provide/debian-program.ts";
export { findPpocr, providePpocr } from "./provide/ppocr.ts";
export { provideKustomize } from "./provide/kubectl.ts";
export { providePromtool } from "./provide/promtool.ts";
export { provideRedis, type RedisOptions } from "./provide/redis.ts";
export { provideTesseract, type Tesseract, type TesseractOptions } from "./provide/tesseract.ts";
