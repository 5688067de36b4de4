export { filenameOf } from "./filename.ts";
export { type IncomingFile, receiveFile, type Store } from "./receive-file.ts";
export { createReuse, type Reuse } from "./reuse.ts";
