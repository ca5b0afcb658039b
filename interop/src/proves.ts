import { inject, type TestContext, test } from "vitest";
import { type EnvironmentName, pinned } from "./environments.ts";

/** One cell of the matrix. */
export interface Proof {
  readonly client: string;
  readonly version: string;
  readonly check: string;
}

declare module "vitest" {
  interface TaskMeta {
    proof?: Proof;
  }
}

export interface Client {
  /** As its makers write it. */
  readonly name: string;
  readonly version: string;
  /** Where it is installed: an environment, the clients from npm, or this workspace. */
  readonly place: EnvironmentName | "node" | "workspace";
}

/** A client from PyPI, in the version that an environment pins. */
export function pythonClient(place: EnvironmentName, name: string, distribution: string = name): Client {
  return { name, version: pinned(place, distribution), place };
}

/** A test that is a cell of the matrix: this client in this version does what the sentence says. */
export function proves(client: Client, check: string, body: (context: TestContext) => Promise<void>): void {
  const { name, version, place } = client;
  test(`${name} ${version} ${check}`, async (context) => {
    context.task.meta.proof = { client: name, version, check };
    const why = inject("prepared").missing[place];
    if (why !== undefined) context.skip(why);
    await body(context);
  });
}
