import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { createPropagator, traceHeaders } from "./tracing.ts";

const propagator = createPropagator();
const [W3C_TRACE, W3C_SPAN] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
const [B3_TRACE, B3_SPAN] = ["463ac35c9f6413ad48485a3953bb6124", "a2fb4a1d1a96d312"];
const traceparent = `00-${W3C_TRACE}-${W3C_SPAN}-01`;
const multi = (traceId: string, spanId: string) => ({
  "x-b3-traceid": traceId,
  "x-b3-spanid": spanId,
  "x-b3-sampled": "1",
});

const extract = (headers: Record<string, string>) => {
  const span = trace.getSpanContext(propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));
  return span && { trace: span.traceId, span: span.spanId };
};

describe("a call that comes in", () => {
  test("without a trace starts none of somebody else's", () => {
    expect(extract({})).toBeUndefined();
  });

  test.each([
    ["W3C", { traceparent }, { trace: W3C_TRACE, span: W3C_SPAN }],
    ["B3 in one header", { b3: `${B3_TRACE}-${B3_SPAN}-1` }, { trace: B3_TRACE, span: B3_SPAN }],
    ["B3 in several headers", multi(B3_TRACE, B3_SPAN), { trace: B3_TRACE, span: B3_SPAN }],
    ["W3C and B3 that agree", { traceparent, ...multi(W3C_TRACE, W3C_SPAN) }, { trace: W3C_TRACE, span: W3C_SPAN }],
  ])("with %s goes on in that trace", (_, headers, expected) => {
    expect(extract(headers)).toEqual(expected);
  });

  test.each([
    ["one header", { b3: `${B3_TRACE}-${B3_SPAN}-1` }],
    ["several headers", multi(B3_TRACE, B3_SPAN)],
  ])("with W3C and B3 in %s that disagree goes on in B3's", (_, b3) => {
    expect(extract({ traceparent, tracestate: "vendor=1", ...b3 })).toEqual({ trace: B3_TRACE, span: B3_SPAN });
  });

  test.each([
    ["one header", { b3: `${B3_TRACE.slice(16)}-${B3_SPAN}-1` }],
    ["several headers", multi(B3_TRACE.slice(16), B3_SPAN)],
  ])("with a 64-bit B3 trace id in %s gets it padded on the left", (_, b3) => {
    expect(extract(b3)).toEqual({ trace: B3_TRACE.slice(16).padStart(32, "0"), span: B3_SPAN });
  });

  test.each([
    ["is no B3", { b3: "nonsense" }],
    ["only says whether to sample", { b3: "0" }],
    ["has a trace id of zeros", multi("0".repeat(32), B3_SPAN)],
    ["has no span", { "x-b3-traceid": B3_TRACE }],
  ])("whose B3 %s is left with its W3C trace", (_, b3) => {
    expect(extract({ traceparent, ...b3 })).toEqual({ trace: W3C_TRACE, span: W3C_SPAN });
  });

  test.each([
    ["W3C", { traceparent: `00-${"0".repeat(32)}-${W3C_SPAN}-01` }],
    ["B3", { b3: `${B3_TRACE}zz-${B3_SPAN}` }],
  ])("with a broken %s header counts as one without a trace", (_, headers) => {
    expect(extract(headers)).toBeUndefined();
  });
});

test("a call that goes out carries its trace in both dialects, in headers this package names", () => {
  const headers: Record<string, string> = {};
  const span = { traceId: W3C_TRACE, spanId: W3C_SPAN, traceFlags: 1 };
  propagator.inject(trace.setSpanContext(ROOT_CONTEXT, span), headers, defaultTextMapSetter);
  expect(headers).toEqual({ traceparent, ...multi(W3C_TRACE, W3C_SPAN) });
  const named: readonly string[] = traceHeaders;
  for (const header of [...Object.keys(headers), ...propagator.fields()]) {
    if (header !== "baggage") expect(named).toContain(header.toLowerCase());
  }
});
