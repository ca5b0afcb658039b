import { createRequire } from "node:module";
import { relative } from "node:path";
import { nameTest } from "./name-test.ts";

interface Globals {
  beforeEach(run: () => void): void;
  afterEach(run: () => void): void;
  expect: { getState(): { readonly testPath?: string; readonly currentTestName?: string } };
}

// A set-up file of Jest's: says which test is running to whoever notes what is asked of the network.
if (process.env.PRELOAD_ATTEMPTS) {
  const { beforeEach, afterEach, expect } = createRequire(import.meta.url)("@jest/globals") as Globals;
  beforeEach(() => {
    const { testPath = "", currentTestName = "" } = expect.getState();
    nameTest(`${relative(process.cwd(), testPath)} > ${currentTestName}`);
  });
  afterEach(() => nameTest(undefined));
}
