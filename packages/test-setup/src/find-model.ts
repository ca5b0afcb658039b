import { existsSync } from "node:fs";
import { findCli, runCliSync } from "./cli.ts";
import { type ModelDocument, modelsIn } from "./document.ts";
import { NotReady, whyNotReady } from "./not-ready.ts";
import { type RunFacts, runFacts } from "./run-folder.ts";

/** Where a model is, or why it is not there. */
export type Found = { readonly path: string } | { readonly reason: string };

const asked = new Map<string, Found>();

/**
 * Whether a model is there, complete. One that the set-up has not made ready is looked for without the network.
 * @throws NotReady when that cannot be said, or when a model that was there at the start is gone
 */
export function findModel(ref: string): Found {
  const facts = runFacts();
  const ready = facts?.models[ref];
  if (ready && existsSync(ready.path)) return { path: ready.path };
  if (ready) {
    throw new NotReady(
      `${ref} was there when the tests began, and is gone: ${ready.path}\n  A test that ran before has removed it.`,
    );
  }
  const absent = facts?.absent[ref];
  if (absent !== undefined) return { reason: absent };
  const found = asked.get(ref) ?? ask(ref, facts);
  asked.set(ref, found);
  return found;
}

function ask(ref: string, facts: RunFacts | undefined): Found {
  const { cwd, program, configArgs } = facts ?? { cwd: process.cwd(), program: findCli(process.cwd()), configArgs: [] };
  const args = ["install", ref, "--offline", "--json", ...configArgs];
  const said = runCliSync(program, args, { cwd, env: process.env });
  const models = modelsIn(said.document);
  const missing = models.find(({ status }) => status !== "ready");
  if (models.length > 0 && missing === undefined && said.exit === 0) return { path: models[0]?.path ?? "" };
  if (missing?.error && said.exit === 3) return { reason: reasonOf(missing) };
  // An unknown name, a broken file, a bug of ours: none of it is a reason to skip a test.
  throw whyNotReady(`preload ${args.slice(0, 2).join(" ")} --offline`, said, [ref]);
}

/** In one line; the hint of the command line is for somebody who runs it. An optional model of the config needs no more than a run. */
export function reasonOf({ ref, error }: ModelDocument): string {
  const [first = ref] = (error?.message ?? "").split("\n", 1);
  const command = (error?.fetch ?? "preload").replace(/\bpreload(?= |$)/g, "npx preload");
  return `${first.startsWith(ref) ? first : `${ref}: ${first}`}; \`${command}\` brings it`;
}
