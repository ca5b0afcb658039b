import { expect, expectTypeOf, type ProvidedContext, test } from "vitest";
import { isCi, refuseUnknown, type SetupOptions } from "../src/options.ts";
import type { Preloaded } from "../src/preloaded.ts";
import { describeSkips } from "../src/skips.ts";
import type { preload } from "../src/vitest.ts";
import { withVariables } from "../src/with-variables.ts";

test.each<[object, string]>([
  [{ offlin: true }, `there is no option "offlin"\n  Known are profile, refs, offline, require, network, config, cwd.`],
  [{ toString: 1 }, `there is no option "toString"`],
  [{ profile: 3 }, "profile cannot be 3"],
  [{ refs: [] }, "refs cannot be []"],
  [{ network: "closed" }, `network cannot be "closed"`],
  [{ refs: ["hf:a/b"], profile: "a" }, "there cannot be both"],
  [{ offline: "yes" }, `offline cannot be "yes"`],
])("%j is refused", (options, words) => {
  expect(() => refuseUnknown(options)).toThrow(words);
});

test.each<SetupOptions>([
  {},
  { profile: "a" },
  { refs: ["hf:a/b"] },
  { profile: ["a", "b"], refs: undefined, offline: true, require: false, network: "blocked", config: "x", cwd: "." },
])("%j is taken", (options) => {
  expect(() => refuseUnknown(options)).not.toThrow();
});

test.each([
  [{}, false],
  [{ CI: "" }, false],
  [{ CI: "false" }, false],
  [{ CI: "0" }, false],
  [{ CI: "1" }, true],
  [{ CI: "true" }, true],
])("CI as %j: %s", (env, expected) => {
  expect(isCi(env)).toBe(expected);
});

test("skips are counted by model, the most first", () => {
  const skip = (ref: string, test: string, reason: string) => ({ ref, test, reason });

  expect(
    describeSkips([
      skip("hf:a", "x", "hf:a is gone"),
      skip("hf:b", "y", "not locked"),
      skip("hf:b", "z", "not locked"),
    ]),
  ).toBe(`preload: 3 tests were skipped because a model is not there\n  2  hf:b: not locked\n  1  hf:a is gone\n`);
  expect(describeSkips([])).toBe("");
});

test("variables are put as they were, and those that were not there are taken away", () => {
  const env: NodeJS.ProcessEnv = { KEPT: "1", CHANGED: "before" };

  const restore = withVariables(env, { CHANGED: "now", NEW: "2" });
  const during = { ...env };
  restore();

  expect(during).toEqual({ KEPT: "1", CHANGED: "now", NEW: "2" });
  expect(env).toEqual({ KEPT: "1", CHANGED: "before" });
});

test("vitest's inject knows what it gives", () => {
  // Said by the compiler, which reads the tests as well.
  expectTypeOf<ProvidedContext["preload"]>().toEqualTypeOf<Preloaded>();
  expectTypeOf<typeof preload>().parameter(0).toEqualTypeOf<SetupOptions | undefined>();
});
