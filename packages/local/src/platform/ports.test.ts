import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../provide/free-port.ts";
import { METRICS_OFFSET, basePort, requireFreePorts } from "./ports.ts";

let holder: Server | undefined;
afterEach(() => holder?.close());

const hold = async (port: number): Promise<void> => {
  holder = createServer().listen(port, "127.0.0.1");
  await once(holder, "listening");
};

test("a port that another program holds is named, with its use and what to do", async () => {
  const port = await freePort();
  await hold(port);
  await expect(requireFreePorts([{ name: "auth", port }])).rejects.toThrow(
    new RegExp(
      `^Port ${port} \\(for auth\\) is taken by another program.*LECTURA_PORT=${port + 100} npx -y pnpm@12 start$`,
    ),
  );
});

test("a metrics port counts too", async () => {
  const metrics = await freePort();
  await hold(metrics);
  const services = [{ name: "auth", port: metrics - METRICS_OFFSET }];
  await expect(requireFreePorts(services)).rejects.toThrow(`Port ${metrics} (for auth's metrics) is taken`);
});

test("free ports are no reason to complain", async () => {
  await expect(requireFreePorts([{ name: "auth", port: await freePort() }])).resolves.toBeUndefined();
});

test("LECTURA_PORT moves the ports, and one that cannot be is refused", () => {
  expect(basePort({})).toBe(8080);
  expect(basePort({ LECTURA_PORT: "" })).toBe(8080);
  expect(basePort({ LECTURA_PORT: "18080" })).toBe(18_080);
  for (const wrong of ["http", "0", "80.5", "65000"])
    expect(() => basePort({ LECTURA_PORT: wrong })).toThrow(`LECTURA_PORT is "${wrong}"`);
});
