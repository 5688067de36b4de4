export { createApp } from "./app.ts";
export { closeApp } from "./close-app.ts";
export { authorize, type Caller, identify, requireScope, verifyTokens } from "./credentials.ts";
export { createKeySource, type KeySource } from "./jwks.ts";
export { sendProblem } from "./problems.ts";
export { serve } from "./serve.ts";
