import type { Resolution } from "@preload/core";
import { bytes, count, plain } from "../words.ts";
import { layersOf, treesOf } from "./layers.ts";
import { type Layer, mostLayers } from "./recipe.ts";

/** What an image with models takes, all in bytes. What a registry makes of it by compressing is not guessed. */
interface BuildSize {
  readonly layers: readonly Layer[];
  /** All layers of models, as they lie in the builder. */
  readonly image: number;
  /** What is on the builder's disk at once, at most. */
  readonly peak: {
    /** The cache mount: the models, and the archives that some are unpacked from. */
    readonly download: number;
    /** What is copied out of it, a folder for each layer. */
    readonly copy: number;
    readonly layers: number;
    /** The sum: what `--source fetch` needs. */
    readonly fetch: number;
    /** Without the download: what the other sources need. */
    readonly context: number;
  };
}

export function buildSize(models: readonly Extract<Resolution, { status: "resolved" }>[]): BuildSize {
  const layers = layersOf(models);
  const image = sum(layers.map((layer) => layer.bytes));
  // What two models share is fetched once, and copied with the first of them.
  const own = treesOf(models).flatMap(({ leaves }) => leaves);
  const copy = sum(own.map((leaf) => (leaf.type === "file" ? leaf.content.size : 0)));
  const archives = models.flatMap(({ manifest }) =>
    manifest.entries.flatMap((entry) => (entry.type === "archive" ? [[entry.url, entry.size] as const] : [])),
  );
  const download = copy + sum([...new Map(archives).values()]);
  const context = copy + image;
  return { layers, image, peak: { download, copy, layers: image, fetch: download + context, context } };
}

/** For people, a line for each layer. */
export function describeBuild({ layers, image, peak }: BuildSize): string[] {
  return [
    ...layers.map(
      ({ ref, files, bytes: size }) => `layer     ${plain(ref)}  ${bytes(size)} in ${count(files, "file")}`,
    ),
    `image     ${bytes(image)} in ${count(Math.min(layers.length, mostLayers), "layer")} of models, before compression`,
    `build     ${bytes(peak.fetch)} of disk at most: ${bytes(peak.download)} downloaded, ${bytes(peak.copy)} copied out, ${bytes(peak.layers)} in layers; from a context or an image ${bytes(peak.context)}`,
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
