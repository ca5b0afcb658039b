import { statSync } from "node:fs";
import { readLock, stateDirOf, thisMachine } from "@preload/core";
import { bytes } from "../../cli/src/words.ts";
import type { KeyDocument, ModelDocument, PlanDocument } from "./documents.ts";
import type { Entry } from "./entries.ts";
import { Failure, reasonOf, refuseUnless } from "./failure.ts";
import { InputError, type Inputs } from "./inputs.ts";
import { type Model, piecesOf } from "./pieces.ts";
import { type Preload, preloadIn } from "./preload.ts";
import type { Runner } from "./runner.ts";

/** What is to be had: the models that are meant, and the entries that hold them. */
export interface Job {
  readonly preload: Preload;
  /** Refs, as the last words of a command line. */
  readonly refs: readonly string[];
  readonly entries: readonly Entry[];
  /** As they were before anything was done. */
  readonly models: readonly ModelDocument[];
  readonly budget: KeyDocument["budget"];
  readonly lockPath: string;
  readonly stateDir: string;
}

/** Works out what is to be done. Makes no request, and changes nothing. @throws Failure, InputError */
export async function openJob(inputs: Inputs, env: NodeJS.ProcessEnv, runner: Runner): Promise<Job> {
  const { workingDirectory: cwd, config, profiles, only, token, granularity, budget } = inputs;
  refuseUnlessFolder(cwd);
  const commandEnv = { ...env, ...(token === "" ? {} : { HF_TOKEN: token }) };
  const args = [
    ...flag("--config", config),
    ...profiles.flatMap((name) => flag("--profile", name)),
    ...only.flatMap((name) => flag("--only", name)),
  ];
  const preload = preloadIn({ cwd, env: commandEnv, args, runner });
  const refs = inputs.refs.length === 0 ? [] : ["--", ...inputs.refs];

  const keys = await preload.document<KeyDocument>("ci-key", [
    ...flag("--granularity", granularity),
    ...flag("--budget", budget),
    ...refs,
  ]);
  // It speaks of flags, which nobody wrote here.
  if (keys.error) throw new Failure([`${reasonOf(keys.error)}${inputsSaid(inputs)}`], keys.exitCode);
  refuseUnless(keys, "ci-key");
  const plan = await preload.document<PlanDocument>("plan", ["--frozen", ...refs]);
  refuseUnless(plan, "plan");
  if (!plan.ok) {
    const errors = plan.models.flatMap(({ error, status }) => (error && status === "failed" ? [reasonOf(error)] : []));
    throw new Failure(errors.length > 0 ? errors : plan.disks.flatMap(tooSmall), plan.exitCode);
  }
  return {
    preload,
    refs,
    entries: await entriesOf(keys, plan.models),
    models: plan.models,
    budget: keys.budget,
    lockPath: keys.lock,
    stateDir: stateDirOf({ ...thisMachine(), env: commandEnv }),
  };
}

/** A config is looked for from there on upwards, and so another one might be found. @throws InputError */
function refuseUnlessFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new InputError(
    `input working-directory: there is no folder ${path}; is the repository checked out before this step?`,
  );
}

function tooSmall({ dir, needed, free }: PlanDocument["disks"][number]): string[] {
  if (free === null || needed <= free) return [];
  return [
    `${dir} needs ${bytes(needed)} more for the models and has ${bytes(free)} free\nFree some space there before this step, name fewer models (profiles, only), or have them elsewhere (cacheRoot in the config).`,
  ];
}

/** What the workflow said that a command may complain of. */
function inputsSaid({ config, profiles, refs, only, budget, granularity }: Inputs): string {
  const said = Object.entries({ config, profiles, refs, only, budget, granularity })
    .map(([name, value]) => [name, typeof value === "string" ? value : value.join(", ")])
    .filter(([, value]) => value !== "");
  return said.length === 0 ? "" : `\nInputs of this step: ${said.map((pair) => pair.join(": ")).join("; ")}`;
}

function flag(name: string, value: string): string[] {
  return value === "" ? [] : [name, value];
}

async function entriesOf(
  { entries, granularity, lock: path, budget }: KeyDocument,
  models: readonly ModelDocument[],
): Promise<Entry[]> {
  const lock = await readLock(path);
  const dirs = new Map(models.map(({ ref, dir }) => [ref, dir]));
  return entries.map((entry) => {
    const models = entry.refs.flatMap((ref) => {
      const manifest = lock?.models.get(ref);
      const dir = dirs.get(ref);
      return manifest && dir ? [{ ref, manifest, dir }] : [];
    });
    // An older set may hold what this one does not.
    const [folder, bytes] =
      granularity === "set" ? ["preload-set", Math.max(entry.bytes, budget.limit)] : [entry.key, entry.bytes];
    return { ...entry, folder, models, most: bytes + roomBeside(models) };
  });
}

/** Names, times and padding that tar puts around files, generously. */
function roomBeside(models: readonly Model[]): number {
  const files = models.reduce((count, { manifest }) => count + piecesOf(manifest).length, 0);
  return (1 + files) * 4096 + 2 ** 20;
}
