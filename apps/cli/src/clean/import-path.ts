import { clearPth } from "@preload/spacy-fetcher";
import { pythonOf } from "../python.ts";
import type { Session } from "../session.ts";

/**
 * Takes the `.pth` line out of the environment that was named, once it leads to no pipeline any more, or at all when
 * pipelines go into the site-packages of that environment. Gives back the path of what was removed.
 */
export async function clearImportPath({ config, flags, machine }: Session): Promise<string | undefined> {
  const venv = pythonOf(flags, config, machine);
  if (!venv) return undefined;
  return clearPth(venv, { isNeedless: config.sections.spacy?.into === "site-packages", machine });
}
