import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty folder, which is gone when the test ends. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "preload-guards-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}
