import { resolve } from "node:path";
import { PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import type { Flags } from "../flags.ts";
import { sizeOf } from "../manifest-size.ts";
import { printResult } from "../output.ts";
import { gathered, packedModel } from "../pack/chosen.ts";
import { writeDraft } from "../pack/draft.ts";
import { writePack } from "../pack/write-pack.ts";
import { openSession } from "../session.ts";
import { bytes, count, plain, shortRevision } from "../words.ts";

/** Writes the models that the lock names into one file. Makes no request. */
export async function run({ io, flags, operands, signal }: Invocation<Flags>): Promise<number> {
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  try {
    const [file = "", ...refs] = operands;
    if (file === "") throw new PreloadError("USAGE", "an empty text names no file");
    const path = resolve(session.machine.cwd, file);
    const { models, skipped } = await gathered(session, refs);
    const size = models.reduce((sum, { model }) => sum + sizeOf(model.manifest).bytes, 0);
    session.display.doing(`packing ${count(models.length, "model")}, ${bytes(size)}`);
    const onRead = (ref: string, at: string, read: number) =>
      session.display.event({ type: "check", ref, path: at, bytes: read });
    const written = await writeDraft(path, size, (draft) =>
      writePack(draft, models, { signal: session.signal, onRead }),
    );
    session.display.end();
    const { files, manifestDigest } = written;
    printResult(
      io,
      flags,
      {
        command: "pack",
        ok: true,
        exitCode: 0,
        file: path,
        files,
        bytes: written.bytes,
        manifestDigest,
        models: models.map(packedModel),
        skipped,
      },
      () =>
        [
          ...models.map(({ model: { ref, manifest } }) => {
            const { files, bytes: size } = sizeOf(manifest);
            return `packed  ${plain(ref)} ${shortRevision(manifest.revision)} ${bytes(size)} in ${count(files, "file")}\n`;
          }),
          `${count(models.length, "model")}, ${count(files, "file")}, ${bytes(written.bytes)} in ${plain(path)}\n`,
          `${manifestDigest}\n`,
        ].join(""),
    );
    for (const ref of skipped) session.display.notice(`left out ${ref}, which is optional and not there`);
    return 0;
  } finally {
    session.close();
  }
}
