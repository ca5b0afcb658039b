import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { check, type Manifest, type MaterializeEvent, materialize, planRemoval, remove } from "../src/index.ts";
import { contentOf, type Origin, pattern, sha256, tempDir, tree } from "../testing/index.ts";
import { calm } from "./support/calm.ts";
import { hubManifest, repo } from "./support/hub-manifest.ts";
import { manifestOf } from "./support/manifest-of.ts";
import { type Child, runChild, startChild } from "./support/run-child.ts";
import { asked, serveFiles } from "./support/serve-files.ts";
import { until } from "./support/until.ts";
import { membersOf, wheelManifest, wheelName, wheelOf } from "./support/wheel-manifest.ts";

let dir: string;

beforeEach(async () => {
  dir = await tempDir();
});

/** What preload itself leaves beside the client's files while it works. */
async function leftovers(): Promise<string[]> {
  const lines = await tree(dir);
  return lines.filter((line) => /\.part|\.lease|\.tmp|\.preload/.test(line));
}

// What goes wrong between processes once is wrong: nothing is tried again.
describe("eight processes that want the same model at the same time", { retry: 0 }, () => {
  const files = {
    "config.json": "{}",
    "tokenizer.json": pattern(200_000, 1),
    "model-1.bin": pattern(3_000_000, 2),
    "model-2.bin": pattern(2_000_000, 3),
    ...Object.fromEntries(Array.from({ length: 12 }, (_, number) => [`${number}.json`, `{ "${number}": true }`])),
  };

  test.each([
    ["fetch each file once, and all end well", {}],
    ["end well where there are no links", { symlinks: false }],
  ])("%s", async (_, options) => {
    const origin = await serveFiles(files);
    const manifest = hubManifest(origin, files);

    const job = { act: "materialize", manifest, dir, ...options } as const;
    const reports = await Promise.all(Array.from({ length: 8 }, () => runChild(job)));

    expect(reports.map(({ error }) => error)).toEqual(Array(8).fill(undefined));
    expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
    expect(await leftovers()).toEqual([]);
    expect(asked(origin).sort()).toEqual(Object.keys(files).sort());
  });

  test("fetch and unpack an archive once", async () => {
    const members = membersOf("1.0.0");
    const wheel = wheelOf(members);
    const origin = await serveFiles({ [wheelName("1.0.0")]: wheel });
    const manifest = wheelManifest(origin, { version: "1.0.0", wheel, members });

    const reports = await Promise.all(Array.from({ length: 8 }, () => runChild({ act: "materialize", manifest, dir })));

    expect(reports.map(({ error }) => error)).toEqual(Array(8).fill(undefined));
    expect(await check(manifest, { dir, depth: "deep" })).toEqual([]);
    expect(await leftovers()).toEqual([]);
    expect(asked(origin)).toEqual([wheelName("1.0.0")]);
  });
});

describe("a process that is half done", { retry: 0 }, () => {
  const body = pattern(8_000_000);
  let origin: Origin;
  let manifest: Manifest;
  let child: Child;

  beforeEach(async () => {
    origin = await serveFiles({ "model.bin": body });
    origin.fault("model.bin", { type: "stall", at: 4_000_000 }, 1);
    manifest = manifestOf(origin, { "model.bin": body });
    child = await startChild({ act: "materialize", manifest, dir, stallTimeout: 5000 });
    await until(async () => (await tree(dir)).some((line) => /\.part 3[5-9]\d{5}$/.test(line)));
  });

  test("and killed leaves nothing that passes for the file, and the next one continues", async () => {
    await child.kill();
    expect((await readdir(dir)).filter((name) => name === "model.bin")).toEqual([]);

    const { fetched } = await materialize(manifest, { ...calm, dir });

    expect(await tree(dir)).toEqual(["model.bin 8000000"]);
    expect(origin.ranges).toEqual([undefined, expect.stringMatching(/^bytes=3[5-9]\d{5}-$/)]);
    expect(fetched.bytes).toBeLessThan(4_500_000);
  });

  test("and killed is followed by one that waited for it", async () => {
    const onEvent = ({ type }: MaterializeEvent) => {
      if (type === "wait") child.process.kill("SIGKILL");
    };

    const { fetched } = await materialize(manifest, { ...calm, dir, onEvent });

    expect(fetched.bytes).toBeLessThan(4_500_000);
    expect(await tree(dir)).toEqual(["model.bin 8000000"]);
  });

  test("is waited for, and what it fetched is used", async () => {
    const events: MaterializeEvent[] = [];

    const { fetched } = await materialize(manifest, { ...calm, dir, onEvent: (event) => events.push(event) });

    expect(fetched).toEqual({ files: 1, bytes: 0 });
    expect([...new Set(events.map(({ type }) => type))]).toEqual(["plan", "wait", "placed", "check"]);
    expect(events[1]).toMatchObject({ path: "model.bin", pid: child.process.pid });
    expect((await child.report).outcome?.fetched.bytes).toBe(8_000_000);
  });
});

describe("what others have left", () => {
  const body = pattern(100_000);
  const stem = `model.bin.${sha256(body).slice(0, 12)}`;
  let origin: Origin;
  let manifest: Manifest;

  beforeEach(async () => {
    origin = await serveFiles({ "model.bin": body });
    manifest = manifestOf(origin, { "model.bin": body });
  });

  /** The mark of a process of this machine that is gone. */
  async function deadOwner(): Promise<string> {
    const other = await tempDir();
    const slow = await serveFiles({ "x.bin": pattern(5_000_000) });
    slow.fault("x.bin", { type: "slow", bytesPerSecond: 1000 });
    const child = await startChild({
      act: "materialize",
      manifest: manifestOf(slow, { "x.bin": pattern(5_000_000) }),
      dir: other,
    });
    await until(async () => (await readdir(other)).some((name) => name.endsWith(".part")));
    await child.kill();
    const [name = ""] = (await readdir(other)).filter((found) => found.endsWith(".part"));
    return name.split(".").at(-2) ?? "";
  }

  test("the lease of a dead process is broken, and its partial continued", async () => {
    const owner = await deadOwner();
    await writeFile(join(dir, `${stem}.lease`), owner);
    await writeFile(join(dir, `${stem}.${owner}.part`), contentOf(body).subarray(0, 60_000));

    await materialize(manifest, { ...calm, dir });

    expect(await tree(dir)).toEqual(["model.bin 100000"]);
    expect(origin.ranges).toEqual(["bytes=60000-"]);
  });

  test("of several partials the longest is continued, and the others go", async () => {
    const owner = await deadOwner();
    await writeFile(join(dir, `${stem}.part`), contentOf(body).subarray(0, 10_000));
    await writeFile(join(dir, `${stem}.${owner}.part`), contentOf(body).subarray(0, 60_000));

    await materialize(manifest, { ...calm, dir });

    expect(await tree(dir)).toEqual(["model.bin 100000"]);
    expect(origin.ranges).toEqual(["bytes=60000-"]);
  });

  test("a link, a ref or a try of links that was half made goes", async () => {
    const owner = await deadOwner();
    const manifest = hubManifest(origin, { "model.bin": body });
    const names = ["refs/main", "snapshots/a265f773a47193eed794233aa2a0f0bb6d3eaa63/model.bin", "../link"];
    for (const name of names) {
      await mkdir(dirname(join(dir, repo, name)), { recursive: true });
      await writeFile(join(dir, repo, `${name}.${owner}.7.tmp`), "");
    }

    await materialize(manifest, { ...calm, dir });

    expect(await leftovers()).toEqual([]);
  });

  test("a link or a ref that was half made goes with the model", async () => {
    const owner = await deadOwner();
    const manifest = hubManifest(origin, { "model.bin": body });
    await materialize(manifest, { ...calm, dir });
    for (const name of ["refs/main", "snapshots/a265f773a47193eed794233aa2a0f0bb6d3eaa63/model.bin"]) {
      await writeFile(join(dir, repo, `${name}.${owner}.7.tmp`), "");
    }

    await remove(planRemoval(dir, [manifest], []));

    expect(await tree(dir)).toEqual([]);
  });

  test("the partial and the lease of a file that is in its place go with the next repair of the model", async () => {
    const owner = await deadOwner();
    const hub = hubManifest(origin, { "model.bin": body });
    await materialize(hub, { ...calm, dir });
    const blob = `${repo}/blobs/${sha256(body)}`;
    const beside = `${blob}.${sha256(body).slice(0, 12)}`;
    await writeFile(join(dir, `${beside}.lease`), owner);
    await writeFile(join(dir, `${beside}.${owner}.part`), "half");
    await rm(join(dir, repo, "refs/main"));

    await materialize(hub, { ...calm, dir });

    expect(await leftovers()).toEqual([]);
  });

  test("the lease of a process that was killed after its last step goes, though there is nothing to repair", async () => {
    const owner = await deadOwner();
    await writeFile(join(dir, "model.bin"), contentOf(body));
    await writeFile(join(dir, `${stem}.lease`), owner);
    await writeFile(join(dir, ".preload.lease"), owner);

    const { mended } = await materialize(manifest, { ...calm, dir, stateDir: await tempDir() });

    expect(mended).toEqual([]);
    expect(origin.requests).toEqual([]);
    expect(await tree(dir)).toEqual(["model.bin 100000"]);
  });

  test("the lease of another machine is waited for as long as it is renewed, and broken once it is silent", async () => {
    const lease = join(dir, `${stem}.lease`);
    await writeFile(lease, "00000000-1-1");
    const waits: string[] = [];
    const work = materialize(manifest, {
      ...calm,
      dir,
      onEvent: ({ type }) => {
        if (type === "wait") waits.push(type);
      },
    });
    await until(() => waits.length > 0);
    expect(origin.requests).toEqual([]);

    const before = new Date(Date.now() - 61_000);
    await utimes(lease, before, before);
    await work;

    expect(await tree(dir)).toEqual(["model.bin 100000"]);
    expect(waits).toEqual(["wait"]);
  });

  test("the partial of another machine is left alone", async () => {
    await writeFile(join(dir, `${stem}.00000000-1-1.part`), contentOf(body).subarray(0, 60_000));

    await materialize(manifest, { ...calm, dir });

    expect(origin.ranges).toEqual([undefined]);
    expect(await tree(dir)).toEqual(["model.bin 100000", `${stem}.00000000-1-1.part 60000`]);
  });
});

test("a wait for another process ends with an abort", async () => {
  const body = pattern(100_000);
  const origin = await serveFiles({ "model.bin": body });
  await writeFile(join(dir, `model.bin.${sha256(body).slice(0, 12)}.lease`), "00000000-1-1");
  const controller = new AbortController();
  const onEvent = ({ type }: { type: string }) => {
    if (type === "wait") controller.abort();
  };

  await expect(
    materialize(manifestOf(origin, { "model.bin": body }), { ...calm, dir, signal: controller.signal, onEvent }),
  ).rejects.toMatchObject({ code: "ABORTED" });
});
