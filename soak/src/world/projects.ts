import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pattern } from "@preload/core/testing";
import { type Catalog, type DemoOrigin, demoCatalog, hubRepo, whisperModel } from "@preload/demo-origin";
import type { Random } from "../random.ts";
import { fixtures } from "./user.ts";

/** Several projects of one user want models that share blobs, packages and folders, and change their minds. */
export interface Project {
  readonly name: string;
  readonly folder: string;
  /** The refs its config names now. */
  models: readonly string[];
  /** Its last install went to its end, so that its lock says what its config says. */
  isInstalled: boolean;
}

const revisions = 4;

/** Two repositories of four revisions, each with a file of its own and one that they share; two checkpoints, two wheels. */
export async function projectsCatalog(): Promise<{
  catalog: Catalog;
  push(demo: DemoOrigin): void;
  commits: string[];
}> {
  const demo = await demoCatalog({ fixtures });
  const shared = pattern(600_000, 41);
  const repo = (id: string, revision: number) =>
    hubRepo({
      id,
      files: {
        "config.json": JSON.stringify({ model_type: "bart", revision }),
        "model.safetensors": pattern(300_000 + revision, 50 + revision),
        "tokenizer.json": shared,
        "vocab.txt": `${id} ${revision}`,
      },
    });
  const all = ["soak/one", "soak/two"].map((id) => Array.from({ length: revisions }, (_, index) => repo(id, index)));
  const commits = all.flatMap((repos) =>
    repos.map(({ id, revisions: named }) => `hf:${id}@${named.get("main")?.sha ?? ""}`),
  );
  const whisper = ["small-one", "small-two"].map((name, index) =>
    whisperModel({ name, bytes: pattern(400_000, 60 + index) }),
  );
  return {
    catalog: { ...demo, repos: [], whisper },
    push: (origin) => {
      for (const one of all.flat()) origin.push(one);
    },
    commits,
  };
}

/** What a project may want: of each kind nothing or one, since a cache has room for one version of a package. */
export function wish(random: Random, commits: readonly string[], hasPackage: boolean): string[] {
  const [one = "", two = ""] = ["soak/one", "soak/two"].map((id) => {
    const known = commits.filter((ref) => ref.startsWith(`hf:${id}@`));
    return known[random.between(0, known.length - 1)];
  });
  const choices = [one, two, "whisper:small-one", "whisper:small-two"].filter(() => random.next() < 0.6);
  const version = random.oneOf(["3.7.1", "3.8.0", ""]);
  const wanted = hasPackage && version !== "" ? [...choices, `spacy:en_demo_core@${version}`] : choices;
  return wanted.length > 0 ? wanted : [one];
}

/** Writes what the project wants now. */
export async function write(project: Project, { catalog, endpoints }: DemoOrigin): Promise<void> {
  const digests = new Map(catalog.whisper.map(({ name, sha256 }) => [`whisper:${name}`, sha256]));
  const lines = project.models.map((ref) => {
    const digest = digests.get(ref);
    return digest === undefined ? `  - ${ref}` : `  - { ref: ${ref}, sha256: ${digest} }`;
  });
  await mkdir(join(project.folder, ".git"), { recursive: true });
  await writeFile(
    join(project.folder, "preload.yaml"),
    `models:\n${lines.join("\n")}\nendpoints:\n  hf: ${endpoints.hf}\n  whisper: ${endpoints.whisper}\n  spacy: ${endpoints.spacy}\n`,
  );
}

/** The project is gone from the disk; it may come back. */
export async function vanish(project: Project): Promise<void> {
  await rm(project.folder, { recursive: true, force: true });
  project.isInstalled = false;
}
