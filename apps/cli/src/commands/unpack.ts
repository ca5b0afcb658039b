import { resolve } from "node:path";
import { installAll, PreloadError, type Resolution, type Result } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { modelDocument } from "../documents.ts";
import { failuresOf } from "../failures.ts";
import type { Flags } from "../flags.ts";
import { writeImportPath } from "../import-path.ts";
import { sizeOf } from "../manifest-size.ts";
import { printResult } from "../output.ts";
import { openPack, type Pack } from "../pack/open-pack.ts";
import { packHttp, packMembers } from "../pack/pack-origin.ts";
import type { Resolved } from "../pack/sources.ts";
import { leavesOf } from "../pack/tree.ts";
import { chosenOf, isLockedAs, modelsOf, refuseOtherLock } from "../pack/unpacking.ts";
import { shared } from "../pack/write-pack.ts";
import { isLocked, noteProject } from "../projects/registry.ts";
import { seenOf } from "../runs/record.ts";
import { type Run, type RunFlags, recorded } from "../runs/recorded.ts";
import { openSession, type Session, transferOptions } from "../session.ts";
import { bytes, count, duration, plain, shortRevision } from "../words.ts";

/** Puts the models of a pack where their clients look. Makes no request. */
export async function run(invocation: Invocation<RunFlags>): Promise<number> {
  return recorded("unpack", invocation, (run) => unpackIn(invocation, run));
}

async function unpackIn({ io, flags, operands, signal }: Invocation<Flags>, run: Run): Promise<number> {
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  run.at(session);
  const start = performance.now();
  try {
    const [file = "", ...refs] = operands;
    if (file === "") throw new PreloadError("USAGE", "an empty text names no file");
    const pack = await openPack(resolve(session.machine.cwd, file));
    try {
      const models = await modelsOf(pack, session);
      const chosen = chosenOf(models, pack, session, refs);
      if (chosen.length === 0) throw new PreloadError("MISSING", `${pack.name} holds nothing that is meant here`);
      refuseOtherLock(chosen, pack, session, refs);
      run.wants(chosen);
      const results = await place(pack, models, chosen, session, run);
      const pth = await writeImportPath(session, results);
      session.display.end();
      const exitCode = report(session, pack, results, { pth, took: performance.now() - start });
      await run.end(exitCode);
      return exitCode;
    } finally {
      await pack.close();
    }
  } finally {
    session.close();
  }
}

/** Nothing is placed before all of the pack was read and found right, and each file is verified once more on its way. */
async function place(
  pack: Pack,
  models: readonly Resolved[],
  chosen: readonly Resolved[],
  session: Session,
  run: Run,
): Promise<Result[]> {
  const { display, lock, signal } = session;
  display.doing(`reading ${pack.name}`);
  const all = shared(models.map((model) => ({ model, leaves: leavesOf(model.manifest) })));
  const refs = new Map(all.flatMap(({ model, own }) => own.map(({ path }) => [path, model.model.ref] as const)));
  const leaves = all.flatMap(({ own }) => own);
  const places = await pack.verify(leaves, {
    signal,
    onRead: (path, read) => display.event({ type: "check", ref: refs.get(path) ?? "", path, bytes: read }),
  });
  const resolutions = chosen.map((model): Resolution => {
    const fetcher = { ...model.fetcher, http: packHttp(pack, places, model.manifest), mirrors: [] };
    // What no lock names is remembered, so that it can be verified.
    return { ...model, fetcher, from: isLockedAs(model.ref, lock, pack.lock) ? "lock" : "network" };
  });
  if (resolutions.some(isLocked)) await noteProject(session, lock);
  display.doing(`unpacking ${count(chosen.length, "model")}`);
  const members = packMembers(
    pack,
    places,
    chosen.map(({ manifest }) => manifest),
  );
  const onResult = (result: Result) => run.saw(seenOf(result, "pack"));
  const results = await installAll(resolutions, { ...transferOptions(session), onResult, members });
  if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
  return results;
}

interface Facts {
  readonly pth: string | undefined;
  /** Milliseconds. */
  readonly took: number;
}

function report(session: Session, pack: Pack, results: readonly Result[], { pth, took }: Facts): number {
  const { io, flags, display } = session;
  const failures = failuresOf(results, session);
  const { exitCode } = failures;
  const document = {
    command: "unpack",
    ok: exitCode === 0,
    exitCode,
    file: pack.name,
    manifestDigest: pack.manifestDigest,
    models: results.map(unpackedModel),
    milliseconds: Math.round(took),
    pth: pth ?? null,
  };
  printResult(io, flags, document, () => results.map(describe).join(""));
  const ready = results.filter(({ status }) => status === "resolved").length;
  const placed = results.reduce((sum, result) => sum + placedBytes(result), 0);
  const what = placed > 0 ? `${bytes(placed)} placed in ${duration(took)}` : "nothing to place";
  display.notice(`${ready} of ${count(results.length, "model")} ready; ${what}`);
  failures.tell();
  return exitCode;
}

function describe(result: Result): string {
  const { ref, manifest } = result;
  if (result.status !== "resolved" || !manifest) return `failed  ${plain(ref)}\n`;
  const { files, bytes: size } = sizeOf(manifest);
  const there = result.outcome?.mended.length === 0 ? ", already there" : "";
  return `ready   ${plain(ref)} ${shortRevision(manifest.revision)} ${bytes(size)} in ${count(files, "file")}${there}\n`;
}

function unpackedModel(result: Result) {
  const { fetchedBytes: _, from: __, milliseconds: ___, optional: ____, ...model } = modelDocument(result);
  return { ...model, placedBytes: placedBytes(result) };
}

function placedBytes({ outcome }: Result): number {
  return outcome?.fetched.bytes ?? 0;
}
