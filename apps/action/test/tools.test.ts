import { execFileSync } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { models, world } from "./support/world.ts";

/** A folder in which only these programs are found; of one whose name ends with another, that one. */
async function only(...names: string[]): Promise<string> {
  const dir = await tempDir();
  for (const name of names) {
    const [as = name, of = as] = name.split("=");
    await symlink(execFileSync("which", [of], { encoding: "utf8" }).trim(), join(dir, as));
  }
  return dir;
}

const compressors = ["zstd", "unzstd", "zstdmt", "gzip", "sh"];

describe("where a program is missing that entries are packed with, the models are fetched, and a notice says which:", () => {
  for (const [what, programs, said] of [
    ["no tar", compressors, "there is no tar here"],
    ["the tar of busybox", [...compressors, "tar=busybox"], "tar (busybox)"],
    ["no program at all", [], "there is no tar here"],
    ["zstd alone, without what unpacks", ["tar", "zstd", "zstdmt", "sh"], "unzstd cannot be started"],
    ["neither zstd nor gzip", ["tar", "sh"], "gzip cannot be started"],
  ] as const) {
    test(what, async () => {
      const { machine, service } = await world(models(1));
      await (await machine()).run();
      const before = service.keys.length;

      const step = await (await machine()).run({}, { PATH: await only(...programs) });

      expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" } });
      expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining(said) }]);
      expect(service.keys).toHaveLength(before);
    });
  }

  test("zstd alone, without what packs", async () => {
    const { machine, service } = await world(models(1));

    const step = await (await machine()).run({}, { PATH: await only("tar", "zstd", "unzstd", "sh") });

    expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" } });
    expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("zstdmt cannot be started") }]);
    expect(service.keys).toEqual([]);
  });
});

test("without zstd entries are packed with gzip, which are others under the same keys", async () => {
  const { machine, service } = await world(models(1));
  await (await machine()).run();
  const PATH = await only("tar", "gzip", "sh");

  expect(await (await machine()).run({}, { PATH })).toMatchObject({ code: 0, outputs: { hit: "miss" }, uploads: 1 });
  expect(await (await machine()).run({}, { PATH })).toMatchObject({ code: 0, outputs: { hit: "exact" }, asked: 0 });
  expect(new Set(service.keys).size).toBe(1);
});

test.skipIf(process.platform === "win32")("places may have any name", async () => {
  const { machine } = await world(models(1));
  const name = "a \"b\" 'c' ü模 100% $5 `d` [e]*? {f,g} h\\i #j co:lon\nnew ::line";
  const options = { checkout: `work/${name}`, home: `${name}/home` };
  const tempOf = async (root: string) => {
    const temp = join(root, name);
    await mkdir(temp, { recursive: true });
    return temp;
  };
  const [first, second] = [await machine(options), await machine(options)];

  expect(await first.run({}, { RUNNER_TEMP: await tempOf(first.temp) })).toMatchObject({
    code: 0,
    uploads: 1,
    annotations: [],
  });
  const step = await second.run({ "offline-after": "true" }, { RUNNER_TEMP: await tempOf(second.temp) });

  expect(step).toMatchObject({ code: 0, outputs: { hit: "exact", complete: "true" }, asked: 0, annotations: [] });
  expect(step.outputs.paths).toBe(second.hub);
  expect(step.exported).toMatchObject({ HF_HUB_CACHE: second.hub, HF_HUB_OFFLINE: "1" });
  expect(step.summary).toContain("hf:org/m1");
});
