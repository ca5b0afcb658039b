import { isUtf8 } from "node:buffer";
import { chmod, lstat, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { codeOf, draftOf, isMissing, PreloadError } from "@preload/core";

/** A text file as it was read and as it is to be. */
export interface Rewrite {
  readonly path: string;
  /** Undefined for a file that is not there. */
  readonly before: string | undefined;
  readonly after: string;
}

/**
 * Writes all of these files or none: each is whole at any moment, and what another file could not take is put back.
 * A crash between two of them leaves config and lock apart, which `preload lock` mends.
 *
 * @throws PreloadError `USAGE` when somebody else has changed one meanwhile, `NOT_WRITABLE`
 */
export async function writeTogether(rewrites: readonly Rewrite[]): Promise<void> {
  const todo = rewrites.filter(({ before, after }) => before !== after);
  const drafts = await Promise.all(todo.map(draftFor));
  const done: (Rewrite & { target: string })[] = [];
  try {
    for (const { draft, mode, rewrite } of drafts) {
      await onDisk(rewrite.path, async () => {
        await writeFile(draft, rewrite.after, { mode, flush: true });
        // A umask takes nothing from a file that is there.
        if (rewrite.before !== undefined) await chmod(draft, mode);
      });
    }
    for (const { path, before } of todo) {
      if ((await textAt(path)) !== before) throw changedMeanwhile(path);
    }
    for (const { target, draft, rewrite } of drafts) {
      await onDisk(rewrite.path, () => rename(draft, target));
      done.push({ ...rewrite, target });
    }
  } catch (error) {
    for (const { target, before } of done) await (before === undefined ? rm(target) : writeFile(target, before));
    throw error;
  } finally {
    await Promise.all(drafts.map(({ draft }) => rm(draft, { force: true })));
  }
}

/**
 * Undefined when there is no such file.
 * @throws PreloadError `BAD_CONFIG` also for bytes that are no UTF-8: written again as text, they would be others
 */
export async function textAt(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw new PreloadError("BAD_CONFIG", `${path} cannot be read (${codeOf(error)})`);
  });
  if (bytes === undefined) return undefined;
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new PreloadError("BAD_CONFIG", `${path} is no text in UTF-8`, { hint: "Save it as UTF-8." });
}

/** A link stays one: what it leads to is replaced. @throws PreloadError `BAD_CONFIG` for one that leads nowhere */
async function draftFor(rewrite: Rewrite): Promise<{ target: string; draft: string; mode: number; rewrite: Rewrite }> {
  const { path, before } = rewrite;
  if (before === undefined && (await isLink(path))) {
    throw new PreloadError("BAD_CONFIG", `${path} is a link that leads to nothing`, {
      hint: "Remove it, or make what it leads to.",
    });
  }
  const target = before === undefined ? path : await realpath(path);
  const mode = before === undefined ? 0o666 : (await stat(target)).mode;
  return { target, draft: draftOf(target), mode, rewrite };
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

async function onDisk(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new PreloadError(code === "ENOSPC" ? "DISK_FULL" : "NOT_WRITABLE", `${path} cannot be written (${code})`, {
      cause: error,
    });
  }
}

function changedMeanwhile(path: string): PreloadError {
  return new PreloadError("USAGE", `${path} was changed by somebody else meanwhile`, {
    hint: "Nothing was written. Run the same command again.",
  });
}
