// `npx -y pnpm@12 vulnerabilities`: known vulnerabilities of what ships, as the package registry tells of them. Fails when
// there is one; says so where there is nobody to ask.
import { spawnSync } from "node:child_process";

const { status, stdout, stderr } = spawnSync("npx", ["-y", "pnpm@12", "audit", "--prod"], { encoding: "utf8" });
const said = `${stdout}${stderr}`;
/** Refused, or not reached: nothing is known then, which is no finding. */
const isUnavailable = /ERR_PNPM_AUDIT_(?:BAD_RESPONSE|ENDPOINT)|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN/.test(said);
console.log(isUnavailable ? "The audit of known vulnerabilities is not available here." : said);
process.exit(isUnavailable ? 0 : (status ?? 1));
