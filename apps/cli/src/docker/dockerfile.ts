import { blockIn, blockText, replaced } from "./marked.ts";
import { refuseClash } from "./refuse-clash.ts";
import { refuseForeign, refuseMoved } from "./refuse-moved.ts";
import { stageBefore, stageOf, stagesOf } from "./stages-of.ts";

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
  refuseForeign(text, path);
  const inFinal = withBlock(text, "models", blockText("models", head, models), path, placeOfModels);
  const old = blockIn(inFinal, "stages", path);
  if (stages === "") return old ? replaced(inFinal, old, "") : inFinal;
  const whole = withBlock(inFinal, "stages", blockText("stages", head, stages), path, placeOfStages);
  refuseMoved(whole, path);
  return whole;
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

/** Above the stage of the models and what is said of it: where that is the final one, `COPY --from=0` means what it did. */
function placeOfStages(text: string, path: string): number {
  const stages = stagesOf(text, path);
  const models = blockIn(text, "models", path);
  const stage = models ? stageOf(stages, text, models) : stages.at(-1);
  return aboveComments(text, stage?.[0]?.line ?? 0);
}

/** Behind what is installed, above what is run: a layer that changes then makes no other one anew. */
function placeOfModels(text: string, path: string): number {
  const stage = stagesOf(text, path).at(-1) ?? [];
  const running = new Set(["CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL"]);
  const lastOther = stage.findLastIndex(({ keyword }) => !running.has(keyword));
  const next = stage[lastOther + 1];
  return next ? aboveComments(text, next.line) : text.length;
}

/** Where a line begins, with the comments directly above it: they are about it. Directives stay the first of all. */
function aboveComments(text: string, line: number): number {
  const lines = text.split("\n");
  const directives = lines.findIndex((one) => !/^#(?:!|\s*(?:syntax|escape|check)\s*=)/i.test(one));
  let top = line;
  while (top > directives && /^\s*#/.test(lines[top - 1] ?? "")) top -= 1;
  return lines.slice(0, top).reduce((sum, one) => sum + one.length + 1, 0);
}
