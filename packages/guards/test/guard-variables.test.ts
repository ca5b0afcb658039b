import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { guardVariables } from "../src/index.ts";

const files = { node: "/guards/node-guard.cjs", python: "/guards/python" };

test("what a process needs to be guarded", () => {
  expect(
    guardVariables({ env: {}, mode: "block", attempts: "/tmp/attempts", allow: ["a.example", "b:1"], files }),
  ).toEqual({
    PRELOAD_GUARD: "block",
    PRELOAD_ATTEMPTS: "/tmp/attempts",
    PRELOAD_ALLOW: "a.example,b:1",
    NODE_OPTIONS: "--require=/guards/node-guard.cjs",
    PYTHONPATH: "/guards/python",
  });
});

test("what the user has there is kept, behind ours", () => {
  const env = { NODE_OPTIONS: "--max-old-space-size=99", PYTHONPATH: ["/mine", "/yours"].join(delimiter) };

  expect(guardVariables({ env, mode: "record", files })).toEqual({
    PRELOAD_GUARD: "record",
    NODE_OPTIONS: "--require=/guards/node-guard.cjs --max-old-space-size=99",
    PYTHONPATH: ["/guards/python", "/mine", "/yours"].join(delimiter),
  });
});

test("a guarded program that starts another one adds nothing", () => {
  const spaced = { node: "/my guards/node-guard.cjs", python: "/my guards/python" };
  const once = guardVariables({ env: { NODE_OPTIONS: "--no-warnings" }, mode: "block", files: spaced });

  expect(once.NODE_OPTIONS).toBe('--require="/my guards/node-guard.cjs" --no-warnings');
  expect(guardVariables({ env: once, mode: "block", files: spaced })).toEqual(once);
});
