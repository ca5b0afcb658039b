import { PreloadError } from "@preload/core";
import { DockerfileParser } from "dockerfile-ast";
import { type Block, blockIn } from "./marked.ts";

/**
 * Refuses blocks that hold something of somebody else's, which would be lost as they are written anew: a marker was moved
 * too far, or one block lies in the other.
 */
export function refuseForeign(text: string, path: string): void {
  const [stages, models] = [blockIn(text, "stages", path), blockIn(text, "models", path)];
  if (stages && models && stages.start < models.end && models.start < stages.end) {
    throw new PreloadError("BAD_CONFIG", `${path}: the blocks "preload: stages" and "preload: models" overlap`, {
      hint: "Remove both; `--write` puts them there anew.",
    });
  }
  const foreign = [...(stages ? foreignInStages(stages) : []), ...(models ? foreignInModels(models) : [])];
  if (foreign[0] === undefined) return;
  throw new PreloadError("BAD_CONFIG", `${path}: a block of preload holds ${foreign[0]}, which is not preload's`, {
    hint: "Move it out, or the marker that went too far: what is between the markers is written anew.",
  });
}

function foreignInStages({ body }: Block): string[] {
  const names = DockerfileParser.parse(body)
    .getFROMs()
    .map((from) => ({ name: from.getBuildStage(), line: from.getTextContent() }));
  return names.filter(({ name }) => !/^preload(?:-models|-image)?$/.test(name ?? "")).map(({ line }) => line);
}

function foreignInModels({ body }: Block): string[] {
  const ours = /^(?:COPY .*--from=preload-models |ENV |LABEL |USER |ARG |RUN .*\bfrom=preload,)/;
  const steps = DockerfileParser.parse(body).getInstructions();
  return steps.map((step) => step.getTextContent()).filter((text) => !ours.test(text));
}

/** Refuses blocks of which the first does not come before the stage that has the second: nothing could be copied from it. */
export function refuseMoved(text: string, path: string): void {
  const [stages, models] = [blockIn(text, "stages", path), blockIn(text, "models", path)];
  if (!stages || !models) return;
  const between = stages.end <= models.start ? text.slice(stages.end, models.start) : "";
  if (DockerfileParser.parse(between).getFROMs().length > 0) return;
  throw new PreloadError(
    "BAD_CONFIG",
    `${path}: the block "preload: stages" is not above the stage that has the block "preload: models"`,
    { hint: "Move it there, or remove both; `--write` puts them there anew." },
  );
}
