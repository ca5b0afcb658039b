import { existsSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { exportedLeaves, exportedPath, type Layout } from "../export/flat.ts";
import { folderOfModel, modelTrees } from "../export/model-trees.ts";
import { writeTree } from "../export/write-tree.ts";
import type { Flags } from "../flags.ts";
import { sizeOf } from "../manifest-size.ts";
import { printResult } from "../output.ts";
import { gathered, packedModel } from "../pack/chosen.ts";
import type { Gathered } from "../pack/sources.ts";
import { openSession } from "../session.ts";
import { bytes, count, plain, shortRevision } from "../words.ts";

interface ExportFlags extends Flags {
  readonly to?: string;
  readonly layout?: Layout;
  readonly perModel?: boolean;
  readonly owner?: { readonly uid: number; readonly gid: number };
  readonly mode?: number;
}

/** Writes the models that the lock names into a folder of their own. Makes no request. */
export async function run({ io, flags, operands, signal }: Invocation<ExportFlags>): Promise<number> {
  const { to, layout = "xdg", perModel = false, owner, mode = 0o644 } = flags;
  if (to === undefined) {
    throw new PreloadError("USAGE", "export needs a folder to write to", {
      hint: "For example preload export --to models.",
    });
  }
  if (owner && process.getuid?.() !== 0) {
    throw new PreloadError("NOT_WRITABLE", `--owner ${owner.uid}:${owner.gid}: only root may give files to others`, {
      hint: "Run it as root, or leave --owner out and name the owner where the files are copied: COPY --chown.",
    });
  }
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  try {
    const dir = resolve(session.machine.cwd, to);
    const { models: found, skipped } = await gathered(session, operands);
    const flat = found.map((one) => ({ ...one, leaves: exportedLeaves(one.model.manifest, layout) }));
    const models = perModel ? modelTrees(flat).map(inFolder) : flat;
    session.display.doing(`exporting ${count(models.length, "model")}`);
    const onRead = (ref: string, path: string, read: number) =>
      session.display.event({ type: "check", ref, path, bytes: read });
    const place = existsSync(dir) ? realpathSync(dir) : dir;
    const files = await writeTree(place, models, {
      layout,
      perModel,
      folders: perModel ? [...models.map(({ model }) => model.ref), ...skipped].map(folderOfModel) : [],
      mode,
      owner,
      signal: session.signal,
      onRead,
    });
    session.display.end();
    const pathOf = ({ ref, manifest }: Gathered["model"]) =>
      join(dir, perModel ? folderOfModel(ref) : "", exportedPath(manifest, layout));
    const documents = models.map((one) => ({ ...packedModel(one), path: pathOf(one.model) }));
    const told = { command: "export", ok: true, exitCode: 0, to: dir, layout, perModel };
    const document = { ...told, files, models: documents, skipped };
    printResult(io, flags, document, () =>
      models
        .map(({ model }) => {
          const { ref, manifest } = model;
          const size = bytes(sizeOf(manifest).bytes);
          return `exported ${plain(ref)} ${shortRevision(manifest.revision)} ${size}: ${plain(pathOf(model))}\n`;
        })
        .join(""),
    );
    for (const ref of skipped) session.display.notice(`left out ${ref}, which is optional and not there`);
    session.display.notice(`${count(models.length, "model")}, ${count(files, "file")} in ${plain(dir)}`);
    return 0;
  } finally {
    session.close();
  }
}

/** A model with its tree in a folder of its own. */
function inFolder({ folder, model, leaves }: ReturnType<typeof modelTrees<Gathered>>[number]): Gathered {
  return { ...model, leaves: leaves.map((leaf) => ({ ...leaf, path: `${folder}/${leaf.path}` })) };
}
