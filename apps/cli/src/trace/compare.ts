import { PreloadError, reachable, understand } from "@preload/core";
import { aliases } from "@preload/whisper-fetcher";
import { schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";
import { type WantedModel, wantedModels, withoutRevision } from "../wanted-models.ts";
import { covers, filesOf } from "./files-of.ts";
import type { Use } from "./uses.ts";

/** What a run used, beside what the config has. */
export interface Comparison {
  readonly lacking: readonly { readonly use: Use; readonly why: string }[];
  readonly covered: readonly Use[];
  /** In the config, not asked for, and not seen to be alongWith. */
  readonly unused: readonly WantedModel[];
}

/** Lays the uses beside the config. Asks the network only what the lock does not say. */
export async function compare(uses: readonly Use[], session: Session): Promise<Comparison> {
  const wanted = wantedModels(session);
  const judged = await Promise.all(uses.map(async (use) => ({ use, why: await whyLacking(use, wanted, session) })));
  const used = new Set(uses.map(({ ref }) => nameOf(ref)));
  const alongWith = new Set(
    wanted.flatMap(({ ref, name }) => (used.has(nameOf(name)) ? requiredWith(ref, session) : [])),
  );
  return {
    lacking: judged.flatMap(({ use, why }) => (why === undefined ? [] : [{ use, why }])),
    covered: judged.flatMap(({ use, why }) => (why === undefined ? [use] : [])),
    unused: wanted.filter(({ name }) => !used.has(nameOf(name)) && !alongWith.has(nameOf(name))),
  };
}

/** Undefined when the config brings what was wanted. */
async function whyLacking(use: Use, wanted: readonly WantedModel[], session: Session): Promise<string | undefined> {
  const named = wanted.filter(({ name }) => nameOf(name) === nameOf(use.ref));
  if (named.length === 0) {
    const required = wanted.flatMap(({ ref }) => requiredWith(ref, session));
    return required.includes(nameOf(use.ref)) ? undefined : "not in the config";
  }
  const right = named.filter((model) => hasRevision(model, use));
  if (right.length === 0) {
    const there = named.map(({ revisions, locked }) => (schemeOf(use.ref) === "hf" ? revisions.join(", ") : locked));
    return `the config has ${there.join(" and ")}`;
  }
  const lacking = await Promise.all(right.map((model) => filesLacking(model, use, session)));
  return lacking.some((files) => files.length === 0) ? undefined : `the config leaves out ${listed(lacking[0] ?? [])}`;
}

function hasRevision({ revisions, locked, ref }: WantedModel, { ref: asked, revision }: Use): boolean {
  if (schemeOf(asked) === "hf") return [...revisions, locked].includes(revision ?? "main");
  return revision === undefined || locked === undefined || locked === revision || ref.endsWith(`@${revision}`);
}

async function filesLacking(model: WantedModel, { ref, files }: Use, session: Session): Promise<string[]> {
  if (schemeOf(ref) !== "hf" || files.size === 0) return [];
  const { fetcher, parsed, canonical } = understand(model.request, session.fetchers);
  try {
    const manifest = session.lock?.models.get(canonical) ?? (await fetcher.resolve(parsed, { signal: session.signal }));
    const brought = filesOf(manifest);
    return [...files.keys()].filter((file) => !covers(brought, [file])).sort();
  } catch (error) {
    if (!(error instanceof PreloadError) || error.code === "ABORTED") throw error;
    return []; // What it means cannot be found out now; that it is in the config is known.
  }
}

/** What a locked model opens by itself, and itself. */
function requiredWith(ref: string, { lock }: Session): string[] {
  return lock?.models.has(ref) ? [...reachable([ref], lock)].map((one) => nameOf(one)) : [];
}

/** Names that lead to one file are one. */
function nameOf(ref: string): string {
  const plain = withoutRevision(ref);
  const [scheme, name] = [schemeOf(plain), plain.slice(schemeOf(plain).length + 1)];
  return scheme === "whisper" && Object.hasOwn(aliases, name) ? `whisper:${aliases[name]}` : plain;
}

function listed(files: readonly string[]): string {
  return files.length > 3 ? `${files.slice(0, 3).join(", ")} and ${files.length - 3} more` : files.join(", ");
}
