import { execFileSync } from "node:child_process";
import { lookup } from "node:dns/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Worker } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { type Attempt, blockNetwork, onAttempt, readAttempts } from "../src/index.ts";
import { attemptsFile } from "./support/guarded.ts";

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

const block = (options?: Parameters<typeof blockNetwork>[0]) => {
  const unblock = blockNetwork(options);
  undo.push(unblock);
  return unblock;
};

const inWorker =
  "fetch('https://worker.invalid/').catch((e) => require('node:worker_threads').parentPort.postMessage(e.cause.code))";

test("a test that asks for another machine fails, and one that asks for its own does not", async () => {
  const server = createServer((_, response) => response.end("here")).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  block();

  await expect(fetch("https://hub.invalid/x")).rejects.toMatchObject({ cause: { code: "ERR_PRELOAD_BLOCKED" } });
  await expect(lookup("name.invalid")).rejects.toMatchObject({ code: "ERR_PRELOAD_BLOCKED", host: "name.invalid" });
  const error = await new Promise((done) => connect(443, "192.0.2.1").once("error", done));
  expect(error).toMatchObject({ code: "ERR_PRELOAD_BLOCKED", host: "192.0.2.1", port: 443 });
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("here");
  server.close();
});

test("threads and children are blocked as well, and all of it is written down", async () => {
  const attempts = attemptsFile();
  block({ attempts });

  const worker = new Worker(inWorker, { eval: true });
  expect(await new Promise((done) => worker.once("message", done))).toBe("ERR_PRELOAD_BLOCKED");
  const inChild = "fetch('https://child.invalid/').catch((e) => console.log(e.cause.code))";
  expect(execFileSync(process.execPath, ["-e", inChild], { encoding: "utf8" }).trim()).toBe("ERR_PRELOAD_BLOCKED");
  expect(readAttempts(attempts).map(({ host }) => host)).toEqual(["worker.invalid", "child.invalid"]);
});

test("the undo puts everything back, the environment too", async () => {
  const before = { ...process.env };
  const functions = [globalThis.fetch, Worker, lookup];
  const unblock = blockNetwork({ allow: ["a.invalid"] });
  expect(process.env.NODE_OPTIONS).toContain("--require");

  unblock();

  expect({ ...process.env }).toEqual(before);
  const workers = await import("node:worker_threads");
  const dns = await import("node:dns/promises");
  expect([globalThis.fetch, workers.Worker, dns.lookup]).toEqual(functions);
  const error = await new Promise((done) => connect({ port: 9, host: "name.invalid" }).once("error", done));
  expect(error).not.toMatchObject({ code: "ERR_PRELOAD_BLOCKED" });
});

test("who listens hears of each attempt until he stops", async () => {
  const heard: Attempt[] = [];
  const stop = onAttempt((attempt) => heard.push(attempt));
  block();

  await fetch("https://first.invalid/path?secret").catch(() => {});
  stop();
  await fetch("https://second.invalid/").catch(() => {});

  expect(heard).toMatchObject([{ by: "node", host: "first.invalid", port: 443, path: "/path" }]);
  expect(heard[0]?.stack?.[0]).toContain("block-network.test.ts");
});

test("what is allowed is let through", async () => {
  block({ allow: ["allowed.invalid"] });

  await expect(fetch("http://allowed.invalid/")).rejects.not.toMatchObject({ cause: { code: "ERR_PRELOAD_BLOCKED" } });
});
