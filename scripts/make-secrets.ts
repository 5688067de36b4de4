// Prints the Secret of a first installation, with fresh random values. `kubectl create` refuses to replace one that is
// there, whose loss would make the data unreadable:
//
//   npx -y pnpm@12 --silent secrets | kubectl create -f -
//
// REDIS_URL (component managed-redis), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (component s3) are taken over when set.
import { randomBytes } from "node:crypto";
import { formatApiKey } from "../packages/contracts/src/index.ts";

const random = (bytes = 32): string => randomBytes(bytes).toString("base64url");

const password = random();
const stringData = {
  REDIS_PASSWORD: password,
  REDIS_URL: process.env["REDIS_URL"] || `redis://:${password}@redis:6379`,
  LECTURA_KEY_SECRET: random(),
  LECTURA_WEBHOOK_SECRET: random(),
  LECTURA_FIRST_API_KEY: formatApiKey({ id: randomBytes(8).toString("hex"), secret: random() }),
  AWS_ACCESS_KEY_ID: process.env["AWS_ACCESS_KEY_ID"],
  AWS_SECRET_ACCESS_KEY: process.env["AWS_SECRET_ACCESS_KEY"],
};
const metadata = { name: "lectura-secrets", namespace: "lectura" };
console.log(JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata, stringData }, null, 2));
