/** Their tests start processes: none of them is cut short because a machine is busy. */
const patience = "60000";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

/** What the tests have to know of a runner. */
export interface Runner {
  readonly name: string;
  /** Its project in `examples`. */
  readonly example: string;
  /** As projects install it, and as this package does, which needs several versions of some. */
  readonly package: string;
  readonly from: string;
  readonly bin: string;
  readonly args: readonly string[];
  /** The example's file of tests, and what stands above them. */
  readonly testFile: string;
  readonly header: string;
  /** Why it does not start on this Node. */
  readonly whyNot?: string;
  /** The files of a config whose set-up has these options. */
  options(options: object): Readonly<Record<string, string>>;
}

const vitest = {
  example: "vitest-suite",
  package: "vitest",
  bin: "vitest/vitest.mjs",
  args: ["run", `--testTimeout=${patience}`, `--hookTimeout=${patience}`],
  testFile: "test/models.test.ts",
  header: `import { execFile } from "node:child_process";
import { preloaded, requireModel } from "@preload/test-setup/vitest";
import { beforeEach, describe, expect, inject, test } from "vitest";`,
  options: (options: object) => ({
    "test/preload.ts": setUp("vitest", options),
    "vitest.config.ts": `export default { test: { globalSetup: ["test/preload.ts"] } };`,
  }),
};

const mocha = {
  example: "mocha-suite",
  package: "mocha",
  bin: "mocha/bin/mocha.js",
  args: [`--timeout=${patience}`],
  testFile: "test/models.spec.js",
  header: `import { execFile } from "node:child_process";
import { preloaded, requireModel } from "@preload/test-setup/mocha";
const test = it;`,
  options: (options: object) => ({
    "test/preload.js": `import { preload } from "@preload/test-setup/mocha";
export const { mochaGlobalSetup, mochaGlobalTeardown, mochaHooks } = preload(${JSON.stringify(options)});`,
    ".mocharc.json": JSON.stringify({ require: "./test/preload.js", spec: "test/*.spec.js" }),
  }),
};

const vitest3: Runner = { ...vitest, name: "vitest 3", from: "vitest-3" };
export const vitest4: Runner = { ...vitest, name: "vitest 4", from: "vitest" };
const vitest5: Runner = {
  ...vitest,
  name: "vitest 5",
  from: "../vitest-5/node_modules/vitest",
  ...(major < 22 || (major === 22 && minor < 12) ? { whyNot: "vitest 5 needs Node 22.12" } : {}),
};
const mocha11: Runner = { ...mocha, name: "mocha 11", from: "mocha-11" };
export const mocha12: Runner = { ...mocha, name: "mocha 12", from: "mocha" };
export const jest: Runner = {
  name: "jest",
  example: "jest-suite",
  package: "jest",
  from: "jest",
  bin: "jest/bin/jest.js",
  args: [`--testTimeout=${patience}`],
  testFile: "test/models.test.js",
  header: `const { execFile } = require("node:child_process");
const { preloaded, requireModel, testWithModel } = require("@preload/test-setup/jest");`,
  // A module of its own in a project of CommonJS.
  options: (options) => ({
    "test/preload.mjs": setUp("jest", options),
    "jest.config.js": `module.exports = { preset: "@preload/test-setup/jest", globalSetup: "./test/preload.mjs" };`,
  }),
};

export const playwright: Runner = {
  name: "playwright",
  example: "playwright-suite",
  package: "@playwright/test",
  from: "@playwright/test",
  bin: "@playwright/test/cli.js",
  args: ["test", `--timeout=${patience}`],
  testFile: "test/models.spec.ts",
  header: `import { execFile } from "node:child_process";
import { expect } from "@playwright/test";
import { preloaded, requireModel, test } from "@preload/test-setup/playwright";
const { beforeEach, describe } = test;`,
  options: (options) => ({
    "test/preload.ts": setUp("playwright", options),
    "playwright.config.ts": `export default { testDir: "test", globalSetup: "./test/preload.ts" };`,
  }),
};

export const runners = [vitest3, vitest4, vitest5, jest, playwright, mocha11, mocha12];
/** Those that start on this Node. */
export const startable = runners.filter(({ whyNot }) => whyNot === undefined);
export const vitests = startable.filter(({ package: name }) => name === "vitest");

function setUp(entry: string, options: object): string {
  return `import { preload } from "@preload/test-setup/${entry}";\nexport default preload(${JSON.stringify(options)});\n`;
}
