import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DemoOrigin } from "@preload/demo-origin";
import { digestOnDisk } from "./digest-on-disk.ts";
import { membersOf } from "./models.ts";
import type { User } from "./user.ts";

export interface State {
  /** What must never be, at any moment. */
  readonly wrong: readonly string[];
  /** Every file of every model is there and right. */
  readonly isComplete: boolean;
}

/** Looks at the three caches as their clients do, without any code of the product. */
export async function inspect(user: User, demo: DemoOrigin): Promise<State> {
  const states = await Promise.all([whisperState(user, demo), hubState(user, demo), spacyState(user, demo)]);
  return { wrong: states.flatMap(({ wrong }) => wrong), isComplete: states.every(({ isComplete }) => isComplete) };
}

async function whisperState({ whisper }: User, { catalog }: DemoOrigin): Promise<State> {
  const [model] = catalog.whisper;
  const digest = await digestOnDisk(join(whisper, model?.file ?? ""));
  const isRight = digest === model?.sha256;
  return { wrong: digest !== undefined && !isRight ? ["the whisper file has other bytes"] : [], isComplete: isRight };
}

async function hubState({ hub }: User, { catalog }: DemoOrigin): Promise<State> {
  const wrong: string[] = [];
  const repo = join(hub, "models--soak--sharded");
  for (const name of await namesIn(join(repo, "blobs"))) {
    if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name)) continue;
    if ((await nameFor(join(repo, "blobs", name), name.length)) !== name) wrong.push(`blob ${name} has other bytes`);
  }
  const snapshots = await namesIn(join(repo, "snapshots"));
  for (const ref of (await namesIn(join(repo, "refs"))).filter((name) => !name.endsWith(".tmp"))) {
    const commit = await readFile(join(repo, "refs", ref), "utf8");
    if (!snapshots.includes(commit)) wrong.push(`the ref ${ref} names ${JSON.stringify(commit)}, which is not there`);
  }
  for (const commit of snapshots) {
    for (const name of await namesIn(join(repo, "snapshots", commit))) {
      const path = join(repo, "snapshots", commit, name);
      if (
        await stat(path).then(
          () => false,
          () => true,
        )
      )
        wrong.push(`${name} of the snapshot leads nowhere`);
    }
  }
  const [commit] = catalog.repos[0]?.revisions.values() ?? [];
  const folder = join(repo, "snapshots", commit?.sha ?? "");
  const there = await namesIn(folder);
  const hasRef = (await namesIn(join(repo, "refs"))).includes("main");
  const isComplete = hasRef && [...(commit?.files.keys() ?? [])].every((path) => there.includes(path));
  return { wrong, isComplete };
}

async function spacyState({ spacy }: User, { catalog }: DemoOrigin): Promise<State> {
  const wrong: string[] = [];
  let missing = 0;
  for (const [path, content] of membersOf(catalog.spacy[0]?.wheel as Uint8Array)) {
    // These two are the installer's to write.
    if (/\.dist-info\/(RECORD|INSTALLER)$/.test(path)) continue;
    const found = await readFile(join(spacy, path)).catch(() => undefined);
    if (found === undefined) missing += 1;
    else if (!found.equals(content)) wrong.push(`${path} of the pipeline has other bytes`);
  }
  return { wrong, isComplete: missing === 0 && wrong.length === 0 };
}

async function nameFor(path: string, length: number): Promise<string> {
  const hash = createHash(length === 64 ? "sha256" : "sha1");
  if (length === 40) hash.update(`blob ${(await lstat(path)).size}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest("hex");
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
