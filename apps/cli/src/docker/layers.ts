import { createHash } from "node:crypto";
import { checkedManifest, formatLock, PreloadError, type Resolution, requestsOf, resolveAll } from "@preload/core";
import { Failures } from "../exit-code.ts";
import { modelTrees } from "../export/model-trees.ts";
import { block, ending, headerOf } from "../pack/tar.ts";
import { foldersAbove, type Leaf, leavesOf } from "../pack/tree.ts";
import { lockOf } from "../pack/write-pack.ts";
import { refuseEmpty } from "../refuse-empty.ts";
import { requestsFor, type Session } from "../session.ts";
import type { Layer } from "./recipe.ts";

export interface LockedLayers {
  /** One for each model, in the order in which they are copied. */
  readonly layers: readonly Layer[];
  /** Of the part of the lock that names them. */
  readonly lockDigest: string;
}

type Resolved = Extract<Resolution, { status: "resolved" }>;

/**
 * The layers of an image with the models of the profiles, from a lock that says what the config does. A profile that is named may have no model:
 * that is an image without models, which says so.
 */
export async function lockedLayers(session: Session): Promise<LockedLayers> {
  const { config, flags, fetchers, lock, stateDir, signal } = session;
  if (flags.profile === undefined || requestsOf(config, flags.profile).length > 0) refuseEmpty(session, []);
  const requests = requestsFor(session, []);
  if (requests.length === 0) refuseNoneOf(session);
  const found = await resolveAll(requests, { fetchers, lock, stateDir, signal, ask: "locked" });
  const failed = found.flatMap((one) => (one.status === "failed" ? [one.error] : []));
  if (failed.length > 0) throw new Failures(failed);
  const models = found.filter((one): one is Resolved => one.status === "resolved");
  const text = formatLock(lockOf(models.map((model) => ({ model }))));
  return { layers: layersOf(models), lockDigest: `sha256:${createHash("sha256").update(text).digest("hex")}` };
}

/** @throws PreloadError `USAGE` where `--only` leaves nothing of what the profiles have: no image is meant to have no models by that */
function refuseNoneOf({ config, flags }: Session): void {
  const { only = [], profile } = flags;
  const sources = [...new Set(requestsOf(config, profile).map(({ ref }) => ref.slice(0, ref.indexOf(":"))))].sort();
  if (sources.length === 0) return;
  throw new PreloadError("USAGE", `--only ${only.join(",")}: the profiles name no model of that`, {
    hint: `They have models of ${sources.join(", ")}.`,
  });
}

/** A layer for each model, in the order in which they are copied. */
export function layersOf(models: readonly Resolved[]): Layer[] {
  return treesOf(models).map(({ folder, model: { model }, leaves }) => ({
    ref: model.ref,
    folder,
    files: leaves.filter(({ type }) => type === "file").length,
    bytes: sizeAsTar(leaves),
  }));
}

/** What each model brings that none before it has, in the order in which they are copied. */
export function treesOf(models: readonly Resolved[]) {
  return modelTrees(models.map((model) => ({ model, leaves: leavesOf(checkedManifest(model.manifest)) })));
}

function sizeAsTar(leaves: readonly Leaf[]): number {
  const folders = new Set(leaves.flatMap(({ path }) => foldersAbove(path)));
  const heads = [...folders].reduce(
    (sum, path) => sum + headerOf({ path, type: "directory", size: 0 }).byteLength,
    ending.byteLength,
  );
  return leaves.reduce((sum, leaf) => sum + sizeOfLeaf(leaf), heads);
}

function sizeOfLeaf(leaf: Leaf): number {
  const { path } = leaf;
  if (leaf.type === "link") return headerOf({ path, type: "link", size: 0, target: leaf.target }).byteLength;
  const size = leaf.type === "file" ? leaf.content.size : Buffer.byteLength(leaf.text);
  return headerOf({ path, type: "file", size }).byteLength + Math.ceil(size / block) * block;
}
