export { createApp } from "./app.ts";
export { closeApp } from "./close-app.ts";
export { authorize, identify, requireScope, verifyTokens } from "./credentials.ts";
export { fetchRepeated } from "./fetch-repeated.ts";
export { createKeySource, type KeySource } from "./jwks.ts";
export { sendProblem } from "./problems.ts";
export { CANARY_PIN, repeatOnce } from "./repeat-once.ts";
export { serve } from "./serve.ts";
export { type Caller, ownIssuer, type TrustedIssuer } from "./trusted-issuer.ts";
