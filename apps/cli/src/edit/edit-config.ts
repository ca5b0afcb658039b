import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { PreloadError } from "@preload/core";
import type { Group, Layout, Path } from "./layout.ts";
import { placeOf, type WrittenConfig, type WrittenModel } from "./place.ts";
import { spliced, withItem, withoutItem } from "./splice.ts";
import { tomlLayout } from "./toml-layout.ts";
import { yamlLayout } from "./yaml-layout.ts";

/** One thing to do to the text of a config. */
export type Edit =
  | { readonly type: "add"; readonly profile: string; readonly model: WrittenModel }
  /** The model at this place of the profile's own list. */
  | { readonly type: "remove"; readonly profile: string; readonly index: number }
  /** A piece of a single text, by its path below the config's root. */
  | { readonly type: "replace"; readonly path: Path; readonly from: string; readonly to: string };

/**
 * The text with these edits, and every other byte as it was. What came out is read again:
 * unless it says exactly what it should, nothing is given back.
 *
 * @throws PreloadError `USAGE` with what to write by hand
 */
export function editConfig(text: string, path: string, edits: readonly Edit[]): string {
  return edits.reduce((before, wanted) => {
    const edit = fitted(wanted, before, path);
    const after = applied(before, path, edit);
    if (after === undefined || !saysWhatItShould(before, after, path, edit)) throw byHand(path, [edit]);
    return after;
  }, text);
}

/** What to say of a file that is not edited: the lines that a person has to write. */
export function byHand(path: string, edits: readonly Edit[]): PreloadError {
  const isProgram = !isText(path);
  const why = isProgram
    ? "it is a program, which is not edited"
    : "it cannot be edited without touching the rest of it";
  const lines = edits.flatMap((edit) => linesOf(edit, path).map((line) => `\n  ${line}`));
  return new PreloadError("USAGE", `${path}: ${why}${lines.join("")}`, {
    hint: "Do so by hand, then run `preload lock`.",
  });
}

/** True for a format that can be edited. */
export function isText(path: string): boolean {
  return /\.(ya?ml|json|toml)$/.test(path);
}

/** Where each model is a table of its own, one without options is a table, too. */
function fitted(edit: Edit, text: string, path: string): Edit {
  if (edit.type !== "add" || typeof edit.model !== "string" || !path.endsWith(".toml")) return edit;
  const { value, listAt } = layoutOf(text, path);
  const root = rootOf(path);
  const place = placeOf(writtenIn(value, root), edit.profile);
  const hasTables = place.type === "list" && listAt([...root, ...place.path])?.style === "lines";
  return hasTables ? { ...edit, model: { ref: edit.model } } : edit;
}

function applied(text: string, path: string, edit: Edit): string | undefined {
  const layout = layoutOf(text, path);
  const root = rootOf(path);
  switch (edit.type) {
    case "add": {
      const place = placeOf(writtenIn(layout.value, root), edit.profile);
      const at = [...root, ...place.path];
      if (place.type === "list") return grown(text, layout.listAt(at), (list) => layout.item(edit.model, list));
      const entry = place.value(edit.model);
      return grown(text, layout.tableAt(at), (table) => layout.entry(place.name, entry, table));
    }
    case "remove": {
      const place = placeOf(writtenIn(layout.value, root), edit.profile);
      const list = place.type === "list" ? layout.listAt([...root, ...place.path]) : undefined;
      return list?.items[edit.index] && withoutItem(text, list, edit.index);
    }
    case "replace": {
      const span = layout.scalarAt([...root, ...edit.path]);
      const written = span && text.slice(span.start, span.end);
      if (span === undefined || !written?.includes(edit.from)) return undefined;
      return spliced(text, { ...span, text: written.replace(edit.from, edit.to) });
    }
  }
}

function grown(text: string, group: Group | undefined, write: (group: Group) => string): string | undefined {
  return group && withItem(text, group, write(group));
}

function saysWhatItShould(before: string, after: string, path: string, edit: Edit): boolean {
  const expected = structuredClone(layoutOf(before, path).value ?? {});
  const root = rootOf(path);
  change(expected, root, edit);
  return isDeepStrictEqual(structuredClone(whatItSays(after, path)), expected);
}

/** Undefined for what is not even read any more. */
function whatItSays(text: string, path: string): unknown {
  try {
    return layoutOf(text, path).value;
  } catch {
    return undefined;
  }
}

/** Does to plain data what was done to the text. */
function change(value: unknown, root: Path, edit: Edit): void {
  const written = writtenIn(value, root);
  if (edit.type === "replace") {
    const holder = at(written, edit.path.slice(0, -1)) as Record<string, string>;
    const name = String(edit.path.at(-1));
    holder[name] = String(holder[name]).replace(edit.from, edit.to);
    return;
  }
  const place = placeOf(written, edit.profile);
  if (place.type === "list") {
    const list = at(written, place.path) as unknown[];
    if (edit.type === "add") list.push(edit.model);
    else list.splice(edit.index, 1);
  } else if (edit.type === "add") {
    (at(written, place.path) as Record<string, unknown>)[place.name] = place.value(edit.model);
  }
}

/** What the text of a config says, without its short forms written out. */
export function writtenConfig(text: string, path: string): WrittenConfig {
  return writtenIn(layoutOf(text, path).value, rootOf(path));
}

function writtenIn(value: unknown, root: Path): WrittenConfig {
  return (at(value, root) ?? {}) as WrittenConfig;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);
}

/** Where the config stands in files that belong to others. */
function rootOf(path: string): Path {
  const name = basename(path);
  return name === "package.json" ? ["preload"] : name === "pyproject.toml" ? ["tool", "preload"] : [];
}

function layoutOf(text: string, path: string): Layout {
  return path.endsWith(".toml") ? tomlLayout(text) : yamlLayout(text, { isJson: path.endsWith(".json") });
}

function linesOf(edit: Edit, path: string): string[] {
  switch (edit.type) {
    case "add":
      return [`to the models of ${edit.profile}, add`, ...modelLines(edit.model, path).map((line) => `  ${line}`)];
    case "remove":
      return [`from the models of ${edit.profile}, take the ${edit.index + 1}. away`];
    case "replace":
      return [`in ${edit.path.join(".")}, write ${edit.to} in place of ${edit.from}`];
  }
}

function modelLines(model: WrittenModel, path: string): string[] {
  const list: Group = { style: "lines", items: [], open: 0 };
  if (/\.ya?ml$/.test(path)) return yamlLayout("", { isJson: false }).item(model, list).split("\n");
  const brackets: Group = { style: "brackets", items: [], open: 0, close: 0 };
  const layout = path.endsWith(".toml") ? tomlLayout("") : yamlLayout("", { isJson: true });
  return [`${layout.item(model, brackets)},`];
}
