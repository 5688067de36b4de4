export {
  type Call,
  type Caller,
  type CallGraph,
  parseCallGraph,
  readCallGraph,
  type Route,
  Service,
} from "./call-graph.ts";
export { calleesOf, callersOf, type Edge, edgesOf } from "./edges.ts";
export { generatedFiles } from "./generated-files.ts";
export { readIssuers } from "./issuers.ts";
