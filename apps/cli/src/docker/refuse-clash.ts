import { PreloadError } from "@preload/core";
import { DockerfileParser } from "dockerfile-ast";
import type { Parts } from "./dockerfile.ts";

/** Refuses a Dockerfile in which our parts would mean something else, or nothing. */
export function refuseClash(others: string, parts: Pick<Parts, "stages" | "models">, path: string): void {
  refuseOldSyntax(others, parts, path);
  const ours = [...parts.stages.matchAll(/(?:^FROM .* AS |\bfrom=)([\w-]+)/gm)].map(([, name]) => name);
  for (const from of DockerfileParser.parse(others).getFROMs()) {
    const name = from.getBuildStage()?.toLowerCase();
    if (name === undefined || !ours.includes(name)) continue;
    throw new PreloadError("BAD_CONFIG", `${path}: it has a stage that is called ${name}, as one of preload's is`, {
      hint: "Give it another name there, and where it is copied from.",
    });
  }
}

/** `RUN --network` came with 1.3, `COPY --link` and contexts with a name with 1.4. */
function refuseOldSyntax(others: string, { stages, models }: Pick<Parts, "stages" | "models">, path: string): void {
  const syntax = DockerfileParser.parse(others)
    .getDirectives()
    .find((directive) => directive.getName().toLowerCase() === "syntax")
    ?.getValue();
  const isOld = /(?:^|\/)docker\/dockerfile(?:-upstream)?:1\.[0-3](?:[.@-]|$)/.test(syntax ?? "");
  if (!isOld || !/ --(?:link|network)[ =]/.test(stages + models)) return;
  throw new PreloadError("BAD_CONFIG", `${path}: # syntax=${syntax} does not know COPY --link`, {
    hint: "Say # syntax=docker/dockerfile:1, which is its newest, or leave the line out.",
  });
}
