import { readdirSync, writeFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { cacheDir, interopDir } from "./environments.ts";
import { type Cell, matrixPage, matrixText } from "./matrix.ts";

const page = join(interopDir, "../docs/clients.md");

/** Prints which client in which version did what; a whole run that succeeds also writes it into the documentation. */
export class MatrixReporter implements Reporter {
  private vitest: Vitest | undefined;
  private start = 0;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
    this.start = performance.now();
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const cells = tests.flatMap(cellOf);
    const seconds = (performance.now() - this.start) / 1000;
    const gigabytes = (await bytesUnder(cacheDir())) / 1e9;
    const log = (text: string) => this.vitest?.logger.log(text);
    log(`\n${matrixText(cells)}`);
    log(`${seconds.toFixed(0)} s; ${gigabytes.toFixed(1)} GB in ${cacheDir()}\n`);
    const files = readdirSync(join(interopDir, "test")).filter((name) => name.endsWith(".test.ts"));
    const isWhole = modules.length === files.length && this.vitest?.config.testNamePattern === undefined;
    if (isWhole && cells.every(({ state }) => state !== "failed")) writeFileSync(page, matrixPage(cells));
  }
}

function cellOf(test: TestCase): readonly Cell[] {
  const { proof } = test.meta();
  if (proof === undefined) return [];
  const result = test.result();
  switch (result.state) {
    case "passed":
    case "failed":
      return [{ ...proof, state: result.state }];
    case "skipped":
      return [{ ...proof, state: "skipped", why: result.note }];
    case "pending":
      return [];
  }
}

async function bytesUnder(dir: string): Promise<number> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return bytesUnder(path);
    return entry.isFile() ? (await stat(path).catch(() => ({ size: 0 }))).size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
