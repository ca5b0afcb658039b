import { type Asked, asked } from "../asked/asked.ts";
import { mirrorsAsked } from "../asked/public-addresses.ts";
import type { Session } from "../session.ts";
import { type Cause, causeOfMiss } from "./cause.ts";
import type { Tried } from "./merge.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** What one test, or one program, asked of one host for one model, and why it had to. */
export interface Finding {
  readonly test: string | undefined;
  readonly program: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  /** Undefined where no model is meant, or the address was not seen. */
  readonly model: AskedModel | undefined;
  /** Whose address it is, when it names no model: `the Hub`. */
  readonly what: string | undefined;
  /** Paths that were seen. */
  readonly paths: readonly string[];
  readonly times: number;
  readonly stack: readonly string[];
  readonly by: Tried["by"];
  readonly cause: Cause;
}

export interface AskedModel {
  /** Without a revision. */
  readonly ref: string;
  readonly revision: string | undefined;
  readonly files: readonly string[];
}

/** What was tried, by test, host and model, each compared with the config, the lock and the disk. Asks nobody. */
export async function findingsOf(all: readonly Tried[], session: Session): Promise<Finding[]> {
  const mirrors = mirrorsAsked(session.fetchers, session.machine);
  const groups = new Map<string, { one: Tried; meaning: Asked | undefined; others: Tried[]; files: Set<string> }>();
  for (const one of all) {
    const host = one.port === undefined || isUsual(one.port) ? one.host : `${one.host}:${one.port}`;
    const meaning = one.path === undefined ? undefined : asked(host, one.path, mirrors);
    const ref = meaning && meaning.kind !== "place" ? [meaning.ref, meaning.revision] : [];
    const key = JSON.stringify([one.test ?? one.program, one.host, ...ref]);
    const group = groups.get(key) ?? { one, meaning, others: [], files: new Set() };
    group.others.push(one);
    if (meaning && meaning.kind !== "place" && meaning.file !== undefined) group.files.add(meaning.file);
    groups.set(key, group);
  }
  return Promise.all(
    [...groups.values()].map(async ({ one, meaning, others, files }) => {
      const isModel = meaning !== undefined && meaning.kind !== "place";
      const model = isModel ? { ref: meaning.ref, revision: meaning.revision, files: [...files] } : undefined;
      return {
        test: one.test,
        program: one.program === undefined ? undefined : withoutSecrets(one.program),
        host: one.host,
        port: one.port,
        model,
        what: meaning?.kind === "place" ? meaning.what : undefined,
        paths: [...new Set(others.flatMap(({ path }) => path ?? []))],
        times: others.reduce((sum, { times }) => sum + times, 0),
        stack: one.stack ?? [],
        by: [...new Set(others.flatMap(({ by }) => by))],
        cause: model === undefined ? { reason: "NO_MODEL" } : await causeOfMiss(model, session),
      };
    }),
  );
}

/** A port that a URL leaves out. */
export function isUsual(port: number): boolean {
  return port === 80 || port === 443;
}
