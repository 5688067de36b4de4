import { generatedFiles, readIssuers } from "@lectura/mesh";
import { expect, it } from "vitest";
import { parse } from "yaml";

const provider = {
  issuer: "https://login.example.org",
  audience: "lectura",
  jwks_uri: "https://login.example.org/keys",
  tenant_claim: "tenant",
  scope_claim: "scope",
};
const files = generatedFiles({ ...readIssuers(), oidc: [provider] });
const textOf = (path: string): string => files.find((file) => file.path === path)?.text ?? "";

it.each(["edge", "ocr-api"])("%s's proxy believes an OpenID provider, beside auth", (name) => {
  const { spec } = parse(textOf(`istio/request-authentication/${name}.yaml`));
  expect(spec.jwtRules).toEqual([
    expect.objectContaining({ issuer: "LECTURA_PUBLIC_URL" }),
    { issuer: provider.issuer, jwksUri: provider.jwks_uri, audiences: ["lectura"], forwardOriginalToken: true },
  ]);
});

it("the services are told of the same one", () => {
  const [, text = ""] = /^LECTURA_OIDC_ISSUERS=(.*)$/m.exec(textOf("k8s/base/issuers/oidc.env")) ?? [];
  expect(JSON.parse(text)).toEqual([provider]);
});
