import { PreloadError } from "@preload/core";
import { indented } from "./job.ts";

/** What a person said when the part was written, so that it is written the same way the next time. */
export interface Settings {
  /** The folder of the project, where that is not the root of the repository. */
  readonly in?: string;
  readonly config?: string;
  readonly profile?: readonly string[];
  readonly only?: readonly string[];
  readonly setUp?: readonly string[];
  readonly test?: readonly string[];
}

/** A generated part as it stands in a file. */
export interface Marked {
  /** What is before and behind it, to the byte. */
  readonly before: string;
  readonly after: string;
  /** What the first mark stands behind, on its line. */
  readonly margin: string;
  readonly newline: string;
  /** All of it, marks included. */
  readonly text: string;
  readonly settings: Settings;
}

/** A part between its marks, at no depth. */
export function marked(part: string, { comment, ci, settings }: MarkOptions): string {
  const said = Object.keys(settings).length === 0 ? [] : [`${comment} With ${JSON.stringify(settings)}`];
  const lines = [
    `${comment} ${begin(ci)}`,
    `${comment} \`preload init --ci ${ci}\` writes this part anew, and with --check looks whether it is still right.`,
    `${comment} What stands before and behind the marks is yours.`,
    ...said,
  ];
  return `${lines.join("\n")}\n${part.replace(/\n*$/, "\n")}${comment} ${end(ci)}`;
}

export interface MarkOptions {
  readonly comment: string;
  readonly ci: string;
  readonly settings: Settings;
}

/** The text of a file with another part in it: as deep as the old one, with line ends as they are in the file. */
export function replaced({ before, after, margin, newline }: Marked, part: string): string {
  return `${before}${indented(part, margin).replaceAll("\n", newline)}${after}`;
}

/**
 * Finds the generated part. Undefined when there are no marks of this CI.
 *
 * @throws PreloadError `BAD_CONFIG` for marks that are no pair
 */
export function findMarked(text: string, path: string, ci: string): Marked | undefined {
  const begins = lines(text, begin(ci));
  const ends = lines(text, end(ci));
  if (begins.length === 0 && ends.length === 0) return undefined;
  const [first] = begins;
  const [last] = ends;
  if (!first || !last || begins.length > 1 || ends.length > 1 || last.index < first.index) {
    throw new PreloadError("BAD_CONFIG", `${path}: the marks around the part for ${ci} are no pair`, {
      hint: `It goes from one line "${begin(ci)}" to one "${end(ci)}" below it. Put them right; \`preload init --ci ${ci} --stdout\` prints the part.`,
    });
  }
  const stop = last.index + last[0].length;
  const inside = text.slice(first.index, stop);
  return {
    before: text.slice(0, first.index),
    after: text.slice(stop),
    margin: first[1] ?? "",
    newline: inside.includes("\r\n") ? "\r\n" : "\n",
    text: inside,
    settings: settingsIn(inside, path),
  };
}

function lines(text: string, mark: string): RegExpExecArray[] {
  return [...text.matchAll(new RegExp(`^([ \\t]*)(?:#|//) ${mark}(?=[ \\t]*\\r?$)`, "gm"))];
}

/** As in the other files that hold a part of ours. */
function begin(ci: string): string {
  return `>>> preload: ci ${ci}`;
}

function end(ci: string): string {
  return `<<< preload: ci ${ci}`;
}

function settingsIn(part: string, path: string): Settings {
  const [, json] = /^[ \t]*(?:#|\/\/) With (.*?)\r?$/m.exec(part) ?? [];
  if (json === undefined) return {};
  try {
    return JSON.parse(json) as Settings;
  } catch {
    throw new PreloadError("BAD_CONFIG", `${path}: the line "With …" below the first mark is no JSON`, {
      hint: "Take the line out, and give the flags once more.",
    });
  }
}
