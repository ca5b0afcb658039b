import { type Body, sha256 } from "@preload/core/testing";
import type { HubRepo } from "./hub/repo.ts";

/** Everything a demo origin has to offer, as values. */
export interface Catalog {
  repos: HubRepo[];
  whisper: WhisperModel[];
  spacy: SpacyRelease[];
  /** Plain files, each by its public address without the scheme: `download.pytorch.org/models/x.pth`. @default {} */
  files?: Record<string, Body | Uint8Array>;
  /** What each token of the Hub opens. */
  tokens: Record<string, Token>;
}

export interface Token {
  /** @default "demo" */
  user?: string;
  /** Gated repositories whose terms were accepted. */
  accepted?: string[];
  /** Private repositories the user may see. */
  owned?: string[];
}

export interface WhisperModel {
  name: string;
  /** The last part of the URL, and the name in the cache. */
  file: string;
  sha256: string;
  body: Body | Uint8Array;
}

/** A checkpoint as whisper's CDN has it. */
export function whisperModel(model: { name: string; bytes: Body | Uint8Array }): WhisperModel {
  const { name, bytes } = model;
  return { name, file: `${name}.pt`, sha256: sha256(bytes), body: bytes };
}

export interface SpacyRelease {
  name: string;
  version: string;
  wheel: Body | Uint8Array;
  /** The lines of the compatibility table that name it: `3.8`. */
  spacyKeys: string[];
  /** What `meta/<name>-<version>.json` says. */
  meta: Record<string, unknown>;
}

/** A pipeline as spaCy's releases have it. What `meta` leaves out is worked out from the rest. */
export function spacyRelease(release: Omit<SpacyRelease, "meta"> & { meta?: Record<string, unknown> }): SpacyRelease {
  const { name, version, wheel } = release;
  const [lang = "", ...rest] = name.split("_");
  const known = { lang, name: rest.join("_"), version, checksum_whl: sha256(wheel) };
  return { ...release, meta: { ...known, ...release.meta } };
}
