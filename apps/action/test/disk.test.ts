import { readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { smallDisk, whyNoSmallDisk } from "../../../packages/core/test/support/small-disk.ts";
import { models, world } from "./support/world.ts";

const size = 8_000_000;

describe.skipIf(whyNoSmallDisk)("where the disk of the runner's temp is full", () => {
  test("while an entry is unpacked, the entry is not taken for damaged, and none is put in its place", async () => {
    const { machine, service } = await world(models(2, size));
    await (await machine()).run();
    const { dir: temp } = await smallDisk(6_000_000);

    const step = await (await machine()).run({}, { RUNNER_TEMP: temp });

    expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" }, uploads: 0 });
    expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("No space left on device") }]);
    expect(step.annotations[0]?.text).toContain(temp);
    expect(step.annotations[0]?.text).toContain("Free some space there");
    expect(service.keys).toHaveLength(2);
    expect(readdirSync(temp)).toEqual([]);
  });

  test("while an entry is put together, nothing is saved, and the job goes on", async () => {
    const { machine, service } = await world(models(2, size));
    const { dir: temp } = await smallDisk(4_000_000);

    const step = await (await machine()).run({}, { RUNNER_TEMP: temp });

    expect(step).toMatchObject({ code: 0, outputs: { hit: "miss", complete: "true" }, uploads: 0 });
    expect(step.annotations).toEqual([{ level: "notice", text: expect.stringContaining("ENOSPC") }]);
    expect(step.annotations[0]?.text).toContain(temp);
    expect(step.annotations[0]?.text).toContain("Free some space there");
    expect(service.keys).toEqual([]);
    expect(readdirSync(temp)).toEqual([]);
  });
});

test.skipIf(whyNoSmallDisk)(
  "a full disk of a client's cache is an error that names its folder and what to do",
  async () => {
    const { machine } = await world(models(2, size));
    const { dir } = await smallDisk(6_000_000);
    const hub = join(dir, "hub");

    const step = await (await machine()).run({}, { HF_HUB_CACHE: hub });

    expect(step).toMatchObject({ code: 7, asked: 0, uploads: 0 });
    expect(step.annotations).toEqual([{ level: "error", text: expect.stringContaining(`${hub} needs 16 MB more`) }]);
    expect(step.annotations[0]?.text).toContain("Free some space there");
  },
);

test("a runner's temp in which no folder can be made is an error that names it", async () => {
  const { machine } = await world(models(1));
  const own = await machine();
  const file = join(own.home, "temp");
  writeFileSync(file, "");

  const step = await own.run({}, { RUNNER_TEMP: file });

  expect(step).toMatchObject({ code: 7, asked: 0 });
  expect(step.annotations).toMatchObject([{ level: "error", text: expect.stringContaining(`in ${file}`) }]);
});

test("a runner's temp that is a link, or is not there yet, is as good as any other", async () => {
  const { machine } = await world(models(1));
  const own = await machine();
  const link = join(own.home, "temp");
  symlinkSync(own.temp, link);

  expect(await own.run({}, { RUNNER_TEMP: link })).toMatchObject({ code: 0, uploads: 1 });
  const step = await (await machine()).run({}, { RUNNER_TEMP: join(own.temp, "not/there") });
  expect(step).toMatchObject({ code: 0, outputs: { hit: "exact" }, asked: 0, annotations: [] });
});

test("a summary that cannot be written is a notice, and no failed job", async () => {
  const { machine } = await world(models(1));
  const own = await machine();

  const step = await own.run({}, { GITHUB_STEP_SUMMARY: own.home });

  expect(step).toMatchObject({ code: 0, outputs: { complete: "true" }, uploads: 1 });
  expect(step.annotations).toMatchObject([{ level: "notice", text: expect.stringContaining("EISDIR") }]);
});
