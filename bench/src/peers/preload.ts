import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FixtureRepo } from "../fixture.ts";
import type { Command } from "../measure.ts";
import type { Origin } from "../origin/origin.ts";
import type { Side } from "../row.ts";
import { checkCache, place, type Stage } from "../stage.ts";
import { nodeTrust } from "./clients.ts";

/** Our command line in a project whose config names one model, with every file of it. */
export class Project {
  readonly #dir: string;

  constructor(
    private readonly stage: Stage,
    readonly side: string,
    private readonly line: string,
    private readonly origin: Origin,
  ) {
    this.#dir = place(side, "project");
  }

  get cache(): string {
    return place(this.side, "cache");
  }

  /** A command line of ours. */
  command(...args: readonly string[]): Command {
    const { hub, cdn } = this.origin;
    return {
      argv: [process.execPath, this.stage.cli, ...args, "--cache-root", this.cache, "-C", this.#dir],
      env: {
        HF_ENDPOINT: hub,
        PRELOAD_SPACY_ENDPOINT: cdn,
        XDG_STATE_HOME: place(this.side, "state"),
        ...nodeTrust(this.stage.ca, this.origin),
      },
    };
  }

  /** An install with nothing there: no cache, no memory of earlier runs, no lock. */
  get cold(): Command {
    return {
      ...this.command("install"),
      deletes: [this.cache, place(this.side, "state"), join(this.#dir, "preload.lock")],
    };
  }

  async write(): Promise<void> {
    await rm(place(this.side), { recursive: true, force: true });
    await mkdir(this.#dir, { recursive: true });
    await writeFile(join(this.#dir, "preload.yaml"), `profiles:\n  bench:\n    - ${this.line}\ndefault: [bench]\n`);
  }
}

/** A project for a repository of the Hub. */
export function hubProject(stage: Stage, repo: FixtureRepo, origin: Origin): Project {
  const side = `ours-${repo.id.split("/").at(-1)}`;
  return new Project(stage, side, `{ ref: "hf:${repo.id}", for: all }`, origin);
}

/** A cold install of a whole repository. */
export function coldInstall(stage: Stage, repo: FixtureRepo, origin: Origin): Side {
  const project = hubProject(stage, repo, origin);
  const check = () => checkCache(join(project.cache, "huggingface/hub"), repo);
  return { prepare: () => project.write(), command: project.cold, check };
}
