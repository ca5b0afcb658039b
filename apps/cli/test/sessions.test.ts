import { readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pattern } from "@preload/core/testing";
import { type DemoOrigin, hubRepo } from "@preload/demo-origin";
import { test } from "vitest";
import { type Meanwhile, replay } from "./support/session.ts";

const folder = fileURLToPath(new URL("../../../docs/sessions", import.meta.url));

/** What the sessions say happens elsewhere. */
const meanwhile: Meanwhile = {
  "tiny-bart gets a commit with another license, tiny-led-bin terms to accept, and tiny-sentence is deleted": async ({
    demo,
  }) => {
    commit(demo, "tiny-bart", { license: "mit" });
    const led = demo.catalog.repos.find(({ id }) => id === "preload-demo/tiny-led-bin");
    if (led) demo.push({ ...led, gated: "manual" });
    demo.remove("preload-demo/tiny-sentence");
  },
  "tiny-bart and tiny-sentence get a commit each": ({ demo }) => {
    commit(demo, "tiny-bart");
    commit(demo, "tiny-sentence");
  },
  "Python fetches a model of its own": async ({ hub }) => {
    const blobs = join(hub, "models--other--model", "blobs");
    await mkdir(blobs, { recursive: true });
    await writeFile(join(blobs, "a".repeat(64)), Buffer.alloc(150_000));
  },
  "tiny-bart gets another config": ({ demo }) => {
    const main = demo.catalog.repos.find(({ id }) => id === "preload-demo/tiny-bart")?.revisions.get("main");
    const files = [...(main?.files.values() ?? [])].map(({ path, body }) => [path, body] as const);
    const all = { ...Object.fromEntries(files), "config.json": '{"model_type":"bart"}' };
    demo.push(hubRepo({ id: "preload-demo/tiny-bart", files: all, license: "apache-2.0" }));
  },
  "tiny-sentence gets a license of its own": ({ demo }) => commit(demo, "tiny-sentence", { license: "own-terms" }),
};

/** A second commit: smaller weights, one file more, several fewer. */
function commit(demo: DemoOrigin, name: string, { license = "apache-2.0" } = {}): void {
  const files = { "config.json": '{"model_type":"bart"}', "model.safetensors": pattern(64_000), "NOTICE.txt": license };
  demo.push(hubRepo({ id: `preload-demo/${name}`, files, license, date: "2024-05-02T10:00:00.000Z" }));
}

test.skipIf(process.platform === "win32").each(readdirSync(folder).filter((name) => name.endsWith(".md")))(
  "docs/sessions/%s is what a terminal shows",
  (name) => replay(join(folder, name), meanwhile),
);
