import { entriesIn, filesUnder, type Holding, heldFile } from "@preload/core";
import { cacheName, encodings } from "./encodings.ts";

/** The encodings in a folder of tiktoken's, whoever fetched them. What is not in its table is named by its file. */
export function tiktokenInventory(dir: string): Holding[] {
  const held = new Map<string, Holding>();
  for (const { name: file } of entriesIn(dir)) {
    const cached = /^[0-9a-f]{40}/.exec(file)?.[0];
    if (cached === undefined) continue;
    const name = `tiktoken:${encodingNames.get(cached) ?? cached}`;
    held.set(name, { name, files: [...(held.get(name)?.files ?? []), ...heldFile(dir, file)] });
  }
  return [...held.values()].filter(({ files }) => files.length > 0);
}

/** The first name of each file; others may share it. */
const encodingNames = new Map(
  Object.entries(encodings)
    .reverse()
    .flatMap(([name, files]) => files.map(({ url }) => [cacheName(url), name] as const)),
);

/** The packages below a folder of NLTK's data, packed or not, whoever fetched them. */
export function nltkInventory(dir: string): Holding[] {
  const held = new Map<string, Holding>();
  for (const { name: subdir } of entriesIn(dir).filter((entry) => entry.isDirectory())) {
    for (const entry of entriesIn(`${dir}/${subdir}`)) {
      // A package that is being unpacked.
      if (entry.name.startsWith(".")) continue;
      const path = `${subdir}/${entry.name}`;
      const name = `nltk:${entry.name.replace(/\.zip(\..*)?$/, "")}`;
      const files = entry.isDirectory() ? filesUnder(dir, path) : heldFile(dir, path);
      held.set(name, { name, files: [...(held.get(name)?.files ?? []), ...files] });
    }
  }
  return [...held.values()].filter(({ files }) => files.length > 0);
}

/** The checkpoints of torch.hub, whoever fetched them. */
export function torchInventory(dir: string): Holding[] {
  return filesUnder(dir, "hub/checkpoints").map((file) => ({
    name: `torch:${wholeName(file.path.slice("hub/checkpoints/".length))}`,
    files: [file],
  }));
}

/** The models of whisper.cpp in a folder, whoever fetched them. */
export function ggmlInventory(dir: string): Holding[] {
  return entriesIn(dir).flatMap(({ name: file }) => {
    const [, name] = /^ggml-(.+)\.bin(\..*)?$/.exec(file) ?? [];
    const files = name === undefined ? [] : heldFile(dir, file);
    return files.length === 0 ? [] : [{ name: `ggml:${name}`, files }];
  });
}

/** Files of any address: where one has no target of its own, its place says which address it is. */
export function urlInventory(dir: string): Holding[] {
  return filesUnder(dir, "").map((file) => ({ name: `url:https://${wholeName(file.path)}`, files: [file] }));
}

// A partial belongs to the file it will become.
function wholeName(path: string): string {
  return path.replace(/\.[0-9a-f]{12}(\.[^/]*)?\.(part|lease)$/, "");
}
