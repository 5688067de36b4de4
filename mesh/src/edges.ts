import type { Call, Caller, CallGraph, Route, Service } from "./call-graph.ts";

/** One arrow of the graph: who calls, whom, by which route; none for what is not HTTP. */
export interface Edge {
  from: Caller;
  to: Service;
  call: Call;
  route: Route | undefined;
}

const edgesOfCall = (call: Call, from: Caller, to: Service): Edge[] =>
  call.routes.length === 0
    ? [{ from, to, call, route: undefined }]
    : call.routes.map((route) => ({ from, to, call, route }));

/** Every arrow, those too that the gateway forwards for the edge. */
export const edgesOf = (graph: CallGraph): Edge[] =>
  graph.calls.flatMap((call) => [
    ...call.from.flatMap((from) => call.to.flatMap((to) => edgesOfCall(call, from, to))),
    ...(call.forwarded ? edgesOfCall(call, "edge", "gateway") : []),
  ]);

/** Whoever calls a service through the network; the node's own calls pass no policy. */
export const callersOf = (graph: CallGraph, service: Service): Exclude<Caller, "node">[] => [
  ...new Set(edgesOf(graph).flatMap(({ from, to }) => (to === service && from !== "node" ? [from] : []))),
];

export const calleesOf = (graph: CallGraph, caller: Caller): Service[] => [
  ...new Set(edgesOf(graph).flatMap(({ from, to }) => (from === caller ? [to] : []))),
];
