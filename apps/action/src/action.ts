import { tmpdir } from "node:os";
import { freeSpace } from "@preload/core";
import type { Cache } from "./cache.ts";
import type { CiDocument, EnvDocument, ModelDocument, ModelsDocument } from "./documents.ts";
import { type Entry, type Found, lookUp } from "./entries.ts";
import { Failure, reasonOf, refuseUnless } from "./failure.ts";
import { InputError, type Inputs, readInputs } from "./inputs.ts";
import { type Job, openJob } from "./job.ts";
import { type EntryRun, isHit } from "./outcome.ts";
import { report } from "./report.ts";
import { restore } from "./restore.ts";
import type { Runner } from "./runner.ts";
import { save } from "./save.ts";
import { secretsOf } from "./secrets.ts";
import { sideBySide } from "./side-by-side.ts";
import { openStage, type Stage } from "./stage.ts";
import type { Stop } from "./stop.ts";
import { recordIn, summarize } from "./summarize.ts";
import { foundSummary } from "./summarize-found.ts";
import { tellFound, tellSaved } from "./tell.ts";

/** What the edge of the process hands in. */
export interface World {
  readonly env: NodeJS.ProcessEnv;
  readonly runner: Runner;
  readonly cache: Cache;
  readonly stop: Stop;
}

/** Makes the models of a lock be there, by way of the cache, and gives back the exit code. Never throws. */
export async function action(world: World): Promise<number> {
  const { runner, stop, env } = world;
  try {
    // First of all, since whatever is wrong is told of.
    for (const secret of secretsOf(runner.input("token"), env)) runner.mask(secret);
    const inputs = readInputs(runner.input, env.GITHUB_WORKSPACE || process.cwd());
    // What is started from here (tar, zstd) has no use for it.
    delete env.INPUT_TOKEN;
    const job = await openJob(inputs, env, runner);
    if (job.budget.verdict === "near") {
      const share = Math.round(job.budget.share * 100);
      runner.annotate("warning", `The models take ${share} % of the cache's budget; above 100 % they are refused.`);
    }
    const stage = openStage(env.RUNNER_TEMP || tmpdir(), env);
    try {
      return await (inputs.lookupOnly ? lookOnly : ensure)({ ...world, inputs, job, stage });
    } finally {
      stage.close();
    }
  } catch (error) {
    if (stop.exitCode !== undefined) {
      runner.info("Cancelled: nothing was saved, and what was fetched is kept where it lies.");
      return stop.exitCode;
    }
    const reasons = error instanceof Failure ? error.reasons : [error instanceof Error ? error.message : String(error)];
    for (const reason of reasons) runner.annotate("error", reason);
    if (error instanceof Failure) return error.exitCode;
    return error instanceof InputError ? 2 : 1;
  }
}

interface Work extends World {
  readonly inputs: Inputs;
  readonly job: Job;
  readonly stage: Stage;
}

async function lookOnly(work: Work): Promise<number> {
  const { cache, job, runner, inputs, stage, stop } = work;
  const find = async (entry: Entry) => (cache.away === undefined ? lookUp(entry, cache) : missed(cache.away));
  const runs = await stop.atOnce(() => stage.within(() => sideBySide(job.entries, 4, timed(find))));
  tellFound(runs, runner);
  report({ ...work, runs, complete: job.models.every(isThere) });
  if (inputs.summary) runner.summary(foundSummary(runs, job));
  if (inputs.failOnMiss) refuseMisses(runs);
  return 0;
}

async function ensure(work: Work): Promise<number> {
  const { job, runner, inputs } = work;
  const runs = await restored(work);
  tellFound(runs, runner);
  if (inputs.failOnMiss && runs.some(isMissed)) {
    report({ ...work, runs, complete: false });
    if (inputs.summary) runner.summary(foundSummary(runs, job));
    refuseMisses(runs);
  }
  const ci = await fetched(work);
  const verified = ci.error ? new Set<string>() : await verify(work);
  // Optional models that this run may not have are not there, and nothing is wrong with that.
  const complete = ci.ok && ci.models.every(({ ref, status }) => status === "skipped" || verified.has(ref));
  const all = await saved(work, runs, verified);
  tellSaved(all, runner);
  report({ ...work, runs: all, complete, ci });
  if (inputs.summary) await summarize(all, work);
  refuseUnless(ci, "ci");
  tellSkipped(ci.models, runner);
  if (!complete) throw new Failure(reasonsOf(ci.models), ci.exitCode);
  if (inputs.offlineAfter) await exportOffline(job, runner);
  return 0;
}

/** What of the models is not here yet, as far as the cache has it. */
async function restored({ cache, job, stage, stop }: Work): Promise<EntryRun[]> {
  const lacking = new Set(job.models.filter((model) => !isThere(model)).map(({ ref }) => ref));
  const find = async (entry: Entry): Promise<Found> => {
    if (!entry.models.some(({ ref }) => lacking.has(ref))) return { state: "present" };
    if (cache.away !== undefined) return missed(cache.away);
    return restore(entry, { cache, stage, stateDir: job.stateDir, signal: stop.signal });
  };
  const most = await atOnceIn(stage.dir, job.entries, 4);
  return stop.atOnce(() => stage.within(() => sideBySide(job.entries, most, timed(find))));
}

/** Verifies and fetches the gap, whatever the cache said. */
async function fetched({ job, stage, stop }: Work) {
  // `ci` is this for all models of the profiles.
  const [command, words] = job.refs.length === 0 ? ["ci", []] : ["install", ["--frozen"]];
  const to = ["--report", "json", recordIn(stage)];
  const ci = await job.preload.document<CiDocument>(command, [...words, ...to, ...job.refs]);
  refuseIfStopped(stop);
  return ci;
}

/** Which models are as the lock says, when all is done. */
async function verify({ job, stop }: Work): Promise<ReadonlySet<string>> {
  const verified = await job.preload.document<ModelsDocument>("verify", job.refs);
  refuseIfStopped(stop);
  refuseUnless(verified, "verify");
  return new Set(verified.models.flatMap(({ ref, status }) => (status === "ok" ? [ref] : [])));
}

/** Saves each entry that has just been found complete, if the cache lacks it and this run may. */
async function saved(work: Work, runs: readonly EntryRun[], ready: ReadonlySet<string>): Promise<EntryRun[]> {
  const { cache, inputs, env, job, stage, stop } = work;
  const isPullRequest = env.GITHUB_EVENT_NAME?.startsWith("pull_request") === true;
  if (cache.away !== undefined || inputs.save === "false" || (inputs.save === "auto" && isPullRequest))
    return [...runs];
  const most = await atOnceIn(stage.dir, job.entries, 2);
  const keep = async (run: EntryRun): Promise<EntryRun> => {
    const { entry, found } = run;
    const isWhole = entry.models.length === entry.refs.length && entry.refs.every((ref) => ready.has(ref));
    if (found.state === "exact" || !isWhole || entry.bytes === 0) return run;
    return { ...run, saved: await save(entry, found, { cache, stage, signal: stop.signal }) };
  };
  return stop.atOnce(() => stage.within(() => sideBySide(runs, most, keep)));
}

/** Each lies on the disk twice for a while, packed and unpacked: where that is too much for several, one comes after another. */
async function atOnceIn(dir: string, entries: readonly Entry[], most: number): Promise<number> {
  const largest = entries.map(({ bytes }) => bytes).sort((one, other) => other - one);
  const needed = largest.slice(0, most).reduce((sum, bytes) => sum + 2 * bytes, 0);
  const free = await freeSpace(dir);
  return free === undefined || needed < free ? most : 1;
}

async function exportOffline(job: Job, runner: Runner): Promise<void> {
  const env = await job.preload.document<EnvDocument>("env", ["--offline"]);
  refuseUnless(env, "env");
  for (const [name, value] of Object.entries(env.environment)) runner.exportVariable(name, value);
}

function missed(trouble: string): Found {
  return { state: "miss", trouble };
}

function timed(find: (entry: Entry) => Promise<Found>): (entry: Entry) => Promise<EntryRun> {
  return async (entry) => {
    const start = performance.now();
    const found = await find(entry);
    return { entry, found, took: Math.round(performance.now() - start) };
  };
}

function isThere({ problems }: ModelDocument): boolean {
  return problems === 0;
}

function isMissed({ entry, found }: EntryRun): boolean {
  return !entry.optional && !isHit(found);
}

function refuseMisses(runs: readonly EntryRun[]): void {
  const missed = runs.filter(isMissed);
  if (missed.length === 0) return;
  const lines = missed.map(({ entry: { key, refs } }) => `\n  ${refs.join(", ")}  ${key}`);
  throw new Failure([`fail-on-miss: the cache does not have all of it${lines.join("")}`], 3);
}

function refuseIfStopped({ exitCode }: Stop): void {
  if (exitCode !== undefined) throw new Failure(["cancelled"], exitCode);
}

function tellSkipped(models: readonly ModelDocument[], runner: Runner): void {
  for (const { ref, status, error } of models) {
    if (status === "skipped") runner.annotate("notice", `Skipped ${ref}, which is optional: ${error?.message ?? ""}`);
  }
}

function reasonsOf(models: readonly ModelDocument[]): string[] {
  const reasons = models.flatMap(({ error, status }) => (status === "failed" && error ? [reasonOf(error)] : []));
  return reasons.length > 0 ? reasons : ["not all of the models are as the lock says; see the log"];
}
