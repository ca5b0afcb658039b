import type { Result } from "@preload/core";
import { writePth } from "@preload/spacy-fetcher";
import { pythonOf } from "./python.ts";
import type { Session } from "./session.ts";

/**
 * Lets the environment that was named import the pipelines: one `.pth` line in its site-packages, whose path comes back.
 * Nothing is written unless `--python` or the config names one, or when the pipelines are in there themselves.
 */
export async function writeImportPath(session: Session, results: readonly Result[]): Promise<string | undefined> {
  const { config, flags, machine, fetchers, display } = session;
  const venv = pythonOf(flags, config, machine);
  const dir = fetchers.spacy?.dir;
  const isThere = results.some(({ ref, status }) => ref.startsWith("spacy:") && status === "resolved");
  if (!venv || !dir || !isThere || config.sections.spacy?.into === "site-packages") return undefined;
  const path = await writePth(venv, dir, machine);
  display.detail(`${venv} imports from ${dir}: ${path}`);
  return path;
}
