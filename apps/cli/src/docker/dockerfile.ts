import { PreloadError } from "@preload/core";
import { DockerfileParser } from "dockerfile-ast";
import { blockIn, blockText, replaced } from "./marked.ts";
import { refuseClash } from "./refuse-clash.ts";

/** What we keep in a Dockerfile: stages in front of the final one, and a part of that one. */
export interface Parts {
  /** Empty for an image without models. */
  readonly stages: string;
  readonly models: string;
  /** What the parts were made with. */
  readonly head: string;
}

/** The Dockerfile with our parts where they were, or, the first time, where they do most: every other byte as it was. */
export function withParts(text: string, { stages, models, head }: Parts, path: string): string {
  if (text.startsWith(mark)) return mark + withParts(text.slice(mark.length), { stages, models, head }, path);
  const own = blockIn(text, "stages", path);
  refuseClash(own ? replaced(text, own, "") : text, { stages, models }, path);
  const inFinal = withBlock(text, "models", blockText("models", head, models), path, placeOfModels);
  const old = blockIn(inFinal, "stages", path);
  if (stages === "") return old ? replaced(inFinal, old, "") : inFinal;
  return withBlock(inFinal, "stages", blockText("stages", head, stages), path, placeOfStages);
}

/** That of its encoding, which some editors put in front: it stays the first. */
const mark = "\uFEFF";

/** What the blocks of a Dockerfile were made with; undefined when there is none. */
export function headIn(marked: string, path: string): string | undefined {
  const text = marked.replace(mark, "");
  return (blockIn(text, "models", path) ?? blockIn(text, "stages", path))?.head;
}

/** The user of the final stage as it is written, there or in a stage it begins with; undefined when nothing says so. */
export function userIn(text: string, path: string): string | undefined {
  const stages = stagesOf(text, path);
  for (let stage = stages.at(-1); stage; stage = stageBefore(stages, stage)) {
    const user = stage.findLast(({ keyword }) => keyword === "USER");
    if (user) return user.rest;
  }
  return undefined;
}

/** The stage of the same file that this one begins with. */
function stageBefore(stages: readonly Step[][], stage: readonly Step[]): Step[] | undefined {
  const image = wordsOf(stage[0])[0];
  return stages
    .slice(0, stages.indexOf(stage as Step[]))
    .findLast(([from]) => image !== undefined && wordsOf(from)[2] === image);
}

/** Of a `FROM`, in small letters: its image, `as`, its name. */
function wordsOf(from: Step | undefined): string[] {
  const words = from?.rest.toLowerCase().split(/\s+/) ?? [];
  return words.filter((word) => !word.startsWith("--"));
}

function withBlock(
  text: string,
  name: string,
  block: string,
  path: string,
  placeOf: (text: string, path: string) => number,
): string {
  const old = blockIn(text, name, path);
  if (old) return replaced(text, old, block);
  const at = placeOf(text, path);
  const isWhole = at === 0 || text[at - 1] === "\n";
  return replaced(text, { start: at, end: at }, `${isWhole ? "" : "\n"}${block}${at < text.length ? "\n" : ""}`);
}

/** Above the final stage and what is said of it, so that `COPY --from=0` means what it did. */
function placeOfStages(text: string, path: string): number {
  return aboveComments(text, finalStage(text, path)[0]?.line ?? 0);
}

/** Behind what is installed, above what is run: a layer that changes then makes no other one anew. */
function placeOfModels(text: string, path: string): number {
  const stage = finalStage(text, path);
  const running = new Set(["CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL"]);
  const lastOther = stage.findLastIndex(({ keyword }) => !running.has(keyword));
  const next = stage[lastOther + 1];
  return next ? aboveComments(text, next.line) : text.length;
}

interface Step {
  readonly keyword: string;
  readonly rest: string;
  /** The first one, from 0. */
  readonly line: number;
}

function finalStage(text: string, path: string): Step[] {
  return stagesOf(text, path).at(-1) ?? [];
}

/** The instructions of each stage, its `FROM` first; at least one stage. @throws PreloadError `BAD_CONFIG` */
function stagesOf(text: string, path: string): Step[][] {
  const file = DockerfileParser.parse(text);
  if (file.getEscapeCharacter() !== "\\") {
    throw new PreloadError("BAD_CONFIG", `${path}: its lines are continued with ${file.getEscapeCharacter()}`, {
      hint: "Remove the `# escape` directive: what preload writes is for images of Linux.",
    });
  }
  const steps = file.getInstructions().map((instruction) => ({
    keyword: instruction.getKeyword(),
    rest: instruction.getArgumentsContent() ?? "",
    line: instruction.getRange().start.line,
  }));
  const starts = steps.flatMap(({ keyword }, index) => (keyword === "FROM" ? [index] : []));
  if (starts.length > 0) return starts.map((start, index) => steps.slice(start, starts[index + 1]));
  throw new PreloadError("BAD_CONFIG", `${path}: it has no FROM, and so no stage for the models`, {
    hint: "Begin with the image that your program needs, such as FROM docker.io/library/python:3.13-slim.",
  });
}

/** Where a line begins, with the comments directly above it: they are about it. Directives stay the first of all. */
function aboveComments(text: string, line: number): number {
  const lines = text.split("\n");
  const directives = lines.findIndex((one) => !/^#\s*(?:syntax|escape|check)\s*=/i.test(one));
  let top = line;
  while (top > directives && /^\s*#/.test(lines[top - 1] ?? "")) top -= 1;
  return lines.slice(0, top).reduce((sum, one) => sum + one.length + 1, 0);
}
