import { type Config, type Fetchers, PreloadError, understand } from "@preload/core";
import type { ConfigFile } from "../edit/config-file.ts";
import { byHand, type Edit, isText, writtenConfig } from "../edit/edit-config.ts";
import type { Path } from "../edit/layout.ts";
import { placeOf, type WrittenModel } from "../edit/place.ts";

/** A revision that the config names, and the one that it is to name. */
export interface Repin {
  /** In canonical form, with the old revision. */
  readonly ref: string;
  readonly from: string;
  readonly to: string;
}

/** The edits that write new revisions wherever the config pins these models. @throws PreloadError `USAGE` with what to write by hand */
export function repinEdits(repins: readonly Repin[], file: ConfigFile, fetchers: Fetchers): Edit[] {
  const { path, text, config } = file;
  if (repins.length > 0 && !isText(path)) throw byHand(path, repins.map(byName));
  return repins.flatMap((repin) => {
    const edits = spotsOf(config, text, path).flatMap((spot) => editAt(spot, repin, config, fetchers) ?? []);
    if (edits.length === 0) throw byHand(path, [byName(repin)]);
    return edits;
  });
}

interface Spot {
  readonly path: Path;
  readonly model: WrittenModel;
}

/** Every place where the config writes a model: in the lists, and under its short names. */
function spotsOf({ profiles }: Config, text: string, path: string): Spot[] {
  const written = writtenConfig(text, path);
  const listed = Object.keys(profiles).flatMap((profile) => {
    const place = placeOf(written, profile);
    const models = place.type === "list" ? (at(written, place.path) as readonly WrittenModel[]) : [];
    return models.map((model, index) => ({ path: [...place.path, index], model }));
  });
  const named = Object.entries(written.aliases ?? {}).map(([name, model]) => ({ path: ["aliases", name], model }));
  return [...listed, ...named];
}

function editAt({ path, model }: Spot, { ref, from, to }: Repin, config: Config, fetchers: Fetchers): Edit | undefined {
  const { ref: text, ...rest } = typeof model === "string" ? { ref: model } : model;
  const { optional: _, ...said } = rest as { optional?: unknown; revision?: string };
  const alias = Object.hasOwn(config.aliases, text) ? config.aliases[text] : undefined;
  const request = { ref: alias?.ref ?? text, options: { ...alias?.options, ...said }, optional: false };
  if (understand(request, fetchers).canonical !== ref) return undefined;
  if (said.revision === from) return { type: "replace", path: [...path, "revision"], from, to };
  if (!text.endsWith(`@${from}`)) return undefined;
  const place = typeof model === "string" ? path : [...path, "ref"];
  return { type: "replace", path: place, from: `@${from}`, to: `@${to}` };
}

function byName({ ref, from, to }: Repin): Edit {
  return { type: "replace", path: [ref], from, to };
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);
}

/** The ref with another revision: a pin's new name in the lock. @throws PreloadError `BAD_REF` when it pins nothing */
export function repinned({ ref, from, to }: Repin): string {
  if (ref.endsWith(`@${from}`)) return `${ref.slice(0, -from.length)}${to}`;
  throw new PreloadError("BAD_REF", `${ref} does not name ${from}`);
}
