// Whether the service of this container is ready, for engines without probes of their own (docker run, compose).
// JavaScript, because it is run every few seconds: stripping types would double its CPU.
import { readlinkSync } from "node:fs";
import { basename } from "node:path";

const ports = { gateway: 8080, auth: 8081, "ocr-api": 8082, "ocr-worker": 8083, courier: 8084 };
const port = process.env.PORT || ports[basename(readlinkSync(new URL("service", import.meta.url)))];
const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
process.exit(answer.ok ? 0 : 1);
