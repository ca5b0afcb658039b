import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { privateCa, sha256 } from "@preload/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { type DemoOriginOptions, demoCatalog, demoConfig, startDemoOrigin } from "../src/index.ts";

async function start(options?: DemoOriginOptions) {
  const demo = await startDemoOrigin(options);
  onTestFinished(() => demo.close());
  return demo;
}

test("serves a checkpoint under its digest", async () => {
  const { endpoints, catalog } = await start();
  const [model] = catalog.whisper;

  const answer = await fetch(`${endpoints.whisper}/${model?.sha256}/tiny-demo.pt`);

  expect(sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(model?.sha256);
  expect((await fetch(`${endpoints.whisper}/${"0".repeat(64)}/tiny-demo.pt`)).status).toBe(404);
});

test("serves what a pipeline's release consists of", async () => {
  const { endpoints } = await start();

  const table = await (await fetch(`${endpoints.spacy}/master/compatibility.json`)).json();
  const meta = (await (await fetch(`${endpoints.spacy}/master/meta/en_demo_core-3.8.0.json`)).json()) as {
    checksum_whl: string;
  };
  const wheel = await fetch(
    `${endpoints.spacy}/releases/download/en_demo_core-3.8.0/en_demo_core-3.8.0-py3-none-any.whl`,
  );

  expect(table).toEqual({ spacy: { "3.7": { en_demo_core: ["3.7.1"] }, "3.8": { en_demo_core: ["3.8.0"] } } });
  expect(meta).toMatchObject({ lang: "en", name: "demo_core", version: "3.8.0", spacy_version: ">=3.8.0,<3.9.0" });
  expect(sha256(new Uint8Array(await wheel.arrayBuffer()))).toBe(meta.checksum_whl);
});

test("two demo origins serve the same commits", async () => {
  const [first, second] = await Promise.all([demoCatalog(), demoCatalog()]);

  expect(first.repos.map(({ revisions }) => revisions.get("main")?.sha)).toEqual(
    second.repos.map(({ revisions }) => revisions.get("main")?.sha),
  );
});

test("the config names what is served, and where", async () => {
  const demo = await start();

  const config = parse(demoConfig(demo));

  expect(config.endpoints).toEqual(demo.endpoints);
  expect(config.profiles.test).toEqual([
    { ref: "whisper:tiny-demo", sha256: demo.catalog.whisper[0]?.sha256 },
    "spacy:en_demo_core",
    "hf:preload-demo/tiny-bart",
  ]);
});

test("serves https, and sends for large files to https", async () => {
  const { server, ca } = await privateCa();
  const { endpoints } = await start({ tls: server });

  const answer = await head(`${endpoints.hf}/preload-demo/tiny-bart/resolve/main/model.safetensors`, ca);

  expect(answer.headers.location).toMatch(/^https:\/\/localhost:/);
});

async function head(url: string, ca: string): Promise<IncomingMessage> {
  const [answer] = await once(request(url, { method: "HEAD", ca, agent: false }).end(), "response");
  return answer;
}
