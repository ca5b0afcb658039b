import { readLock, stateDirOf, thisMachine } from "@preload/core";
import type { KeyDocument, ModelDocument, PlanDocument } from "./documents.ts";
import type { Entry } from "./entries.ts";
import { Failure, reasonOf, refuseUnless } from "./failure.ts";
import type { Inputs } from "./inputs.ts";
import { type Model, piecesOf } from "./pieces.ts";
import { type Preload, preloadIn } from "./preload.ts";

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

/** Works out what is to be done. Makes no request, and changes nothing. @throws Failure */
export async function openJob(inputs: Inputs, env: NodeJS.ProcessEnv): Promise<Job> {
  const { workingDirectory: cwd, config, profiles, only, token, granularity, budget } = inputs;
  const commandEnv = { ...env, ...(token === "" ? {} : { HF_TOKEN: token }) };
  const args = [
    ...flag("--config", config),
    ...profiles.flatMap((name) => flag("--profile", name)),
    ...only.flatMap((name) => flag("--only", name)),
  ];
  const preload = preloadIn({ cwd, env: commandEnv, args });
  const refs = inputs.refs.length === 0 ? [] : ["--", ...inputs.refs];

  const keys = await preload.document<KeyDocument>("ci-key", [
    ...flag("--granularity", granularity),
    ...flag("--budget", budget),
    ...refs,
  ]);
  refuseUnless(keys, "ci-key");
  const plan = await preload.document<PlanDocument>("plan", ["--frozen", ...refs]);
  refuseUnless(plan, "plan");
  if (!plan.ok) {
    const errors = plan.models.flatMap(({ error, status }) => (error && status === "failed" ? [reasonOf(error)] : []));
    throw new Failure(errors.length > 0 ? errors : ["there is no room for the models; see the log"], plan.exitCode);
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
