import { PreloadError } from "@preload/core";
import { DockerfileParser } from "dockerfile-ast";
import type { Block } from "./marked.ts";

/** An instruction of a Dockerfile. */
interface Step {
  readonly keyword: string;
  readonly rest: string;
  /** The first one, from 0. */
  readonly line: number;
}

/** A stage: its `FROM` first. */
export type Stage = readonly Step[];

/** The instructions of each stage, its `FROM` first; at least one stage. @throws PreloadError `BAD_CONFIG` */
export function stagesOf(text: string, path: string): Stage[] {
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

/** The stage in which a block lies. */
export function stageOf(stages: readonly Stage[], text: string, block: Block): Stage | undefined {
  const line = lineAt(text, block.start);
  return stages.findLast(([from]) => from !== undefined && from.line < line);
}

/** The line in which a position is, from 0. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length - 1;
}

/** The stage of the same file that this one begins with. */
export function stageBefore(stages: readonly Stage[], stage: Stage): Stage | undefined {
  const image = wordsOf(stage[0])[0];
  return stages.slice(0, stages.indexOf(stage)).findLast(([from]) => image !== undefined && wordsOf(from)[2] === image);
}

/** Of a `FROM`, in small letters: its image, `as`, its name. */
function wordsOf(from: Step | undefined): string[] {
  const words = from?.rest.toLowerCase().split(/\s+/) ?? [];
  return words.filter((word) => !word.startsWith("--"));
}
