import { describe, expect, test } from "vitest";
import { readInputs } from "../src/inputs.ts";
import { modelRepo, models, world } from "./support/world.ts";

/** What the inputs that decide what is done mean together, as the README has it. */
const rows = [
  { cache: "has it", lookup: false, fail: false, does: { code: 0, hit: "exact", complete: true, asks: false } },
  { cache: "has it", lookup: false, fail: true, does: { code: 0, hit: "exact", complete: true, asks: false } },
  { cache: "has it", lookup: true, fail: false, does: { code: 0, hit: "exact", complete: false, asks: false } },
  { cache: "has it", lookup: true, fail: true, does: { code: 0, hit: "exact", complete: false, asks: false } },
  { cache: "lacks it", lookup: false, fail: false, does: { code: 0, hit: "miss", complete: true, asks: true } },
  { cache: "lacks it", lookup: false, fail: true, does: { code: 3, hit: "miss", complete: false, asks: false } },
  { cache: "lacks it", lookup: true, fail: false, does: { code: 0, hit: "miss", complete: false, asks: false } },
  { cache: "lacks it", lookup: true, fail: true, does: { code: 3, hit: "miss", complete: false, asks: false } },
] as const;

/** What changes none of it: every two values that there are, together once. */
const sames = [
  { granularity: "model", save: "auto", offline: false },
  { granularity: "model", save: "true", offline: true },
  { granularity: "model", save: "false", offline: false },
  { granularity: "set", save: "auto", offline: true },
  { granularity: "set", save: "true", offline: false },
  { granularity: "set", save: "false", offline: true },
];

for (const { cache, lookup, fail, does } of rows) {
  const name = `where the cache ${cache}, lookup-only: ${lookup} and fail-on-miss: ${fail}`;
  test(`${name} end with ${does.code}, whatever else is said`, async () => {
    const { machine, service } = await world(models(1));
    if (cache === "has it") {
      for (const granularity of ["model", "set"]) await (await machine()).run({ granularity });
    }
    for (const { granularity, save, offline } of sames) {
      // Nothing would be there: refused before anything is done; see below.
      if (lookup && offline) continue;
      if (cache === "lacks it") service.entries.length = 0;
      const inputs = { granularity, save, "lookup-only": `${lookup}`, "fail-on-miss": `${fail}` };

      const step = await (await machine()).run({ ...inputs, "offline-after": `${offline}` });

      const what = JSON.stringify(inputs);
      expect(step, what).toMatchObject({
        code: does.code,
        outputs: { hit: does.hit, complete: `${does.complete}` },
        uploads: does.asks && save !== "false" ? 1 : 0,
      });
      expect(step.asked > 0, what).toBe(does.asks);
      expect(step.exported.HF_HUB_OFFLINE, what).toBe(offline && does.code === 0 ? "1" : undefined);
    }
  });
}

describe("inputs that contradict each other are refused, and both named:", () => {
  for (const [one, other] of [
    [{ "lookup-only": "true" }, { "offline-after": "true" }],
    [{ refs: "hf:org/m1" }, { profiles: "test" }],
  ]) {
    const said: Record<string, string> = { ...one, ...other };
    test(Object.keys(said).join(" and "), () => {
      const read = () => readInputs((name) => said[name] ?? "", "/w");
      for (const name of Object.keys(said)) expect(read).toThrow(name);
    });
  }
});

test("an older set is not all of it", async () => {
  const { machine, update, demo } = await world(models(2));
  await (await machine()).run({ granularity: "set" });
  demo.push(modelRepo("org/m2", 20));
  await update("hf:org/m2");

  const step = await (await machine()).run({ granularity: "set", "fail-on-miss": "true" });

  expect(step).toMatchObject({ code: 3, asked: 0, uploads: 0 });
});
