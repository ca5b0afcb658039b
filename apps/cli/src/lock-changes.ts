import { formatLock, type Lock, type Manifest } from "@preload/core";
import { sizeOf } from "./manifest-size.ts";
import { bytes, count, shortRevision } from "./words.ts";

/** What is different between two locks, for one model. */
export interface LockChange {
  readonly ref: string;
  readonly change: "added" | "changed" | "removed";
  readonly before: LockedModel | null;
  readonly after: LockedModel | null;
}

/** What a lock says of a model, in short. */
export interface LockedModel {
  readonly revision: string;
  readonly files: number;
  readonly bytes: number;
  readonly license: string | null;
  readonly gated: "auto" | "manual" | false;
  readonly leftOut: { readonly files: number; readonly bytes: number };
}

/** In the order of the refs. */
export function changesBetween(before: Lock, after: Lock): LockChange[] {
  const refs = [...new Set([...before.models.keys(), ...after.models.keys()])].sort();
  return refs.flatMap((ref): LockChange[] => {
    const [old, now] = [before.models.get(ref), after.models.get(ref)];
    if (!old && now) return [{ ref, change: "added", before: null, after: factsOf(now) }];
    if (old && !now) return [{ ref, change: "removed", before: factsOf(old), after: null }];
    if (!old || !now || isSameManifest(old, now)) return [];
    return [{ ref, change: "changed", before: factsOf(old), after: factsOf(now) }];
  });
}

export function factsOf(manifest: Manifest): LockedModel {
  const { revision, license = null, gated = false, leftOut } = manifest;
  return { revision, ...sizeOf(manifest), license, gated, leftOut };
}

/** True when a lock would say the same of both. */
export function isSameManifest(one: Manifest, other: Manifest): boolean {
  return textOf(one) === textOf(other);
}

function textOf(manifest: Manifest): string {
  return formatLock({ lockfileVersion: 1, models: new Map([[manifest.ref, manifest]]) });
}

/** `added    hf:facebook/bart-base  3833578  558 MB in 8 files, leaves out 4.9 GB in 12 files, apache-2.0` */
export function describeChange({ ref, change, before, after }: LockChange): string {
  const word = change.padEnd(7);
  if (!after) return `${word}  ${ref}  ${before ? bytes(before.bytes) : ""}`;
  const remarks = [
    `${bytes(after.bytes)} in ${count(after.files, "file")}`,
    ...(after.leftOut.files > 0
      ? [`leaves out ${bytes(after.leftOut.bytes)} in ${count(after.leftOut.files, "file")}`]
      : []),
    ...(after.license === null ? [] : [after.license]),
    ...(after.gated === false ? [] : ["gated"]),
  ].join(", ");
  if (!before) return `${word}  ${ref}  ${shortRevision(after.revision)}  ${remarks}`;
  const [from, to] = [shortRevision(before.revision), shortRevision(after.revision)];
  const moved = from === to ? `${to}, other files or options` : `${from} → ${to}`;
  return `${word}  ${ref}  ${moved}  ${before.bytes === after.bytes ? "" : `was ${bytes(before.bytes)}, now `}${remarks}`;
}
