import { describe, expect, it } from "vitest";
import { startAuth } from "./fixtures/start-auth.ts";

describe.each(["safe", "risky"] as const)("the %s release of auth", (release) => {
  it("says so in every answer, also where it refuses", async () => {
    const auth = await startAuth(process.env["REDIS_URL"], { release });
    const answers = [
      await auth.app.inject({ url: "/v1/auth/me", headers: await auth.bearer(auth.apiKey) }),
      await auth.app.inject("/v1/auth/me"),
      await auth.app.inject("/.well-known/jwks.json"),
      await auth.exchange("lk_unknown"),
      await auth.app.inject({ method: "PUT", url: "/v1/auth/me" }),
      await auth.app.inject("/nothing"),
      await auth.app.inject("/livez"),
    ];
    await auth.close();
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 401, 200, 401, 405, 404, 200]);
    expect(answers.map(({ headers }) => headers["x-lectura-version"])).toEqual(answers.map(() => release));
  });
});
