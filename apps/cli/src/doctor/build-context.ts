import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PreloadError } from "@preload/core";
import { cachesIn } from "../docker/caches-in-context.ts";
import { ignoredBy } from "../docker/dockerignore.ts";
import { ignoreFileOf } from "../docker/ignore-file.ts";
import type { Session } from "../session.ts";
import { type Finding, on } from "./finding.ts";

const { warning } = on("directories");

/** Models that lie where an image is built, and would be sent to the builder with everything else. */
export function buildContextFindings({ machine, config, fetchers }: Session): Finding[] {
  const contexts = [...new Set([config.dir, machine.cwd])];
  return contexts.flatMap((context) =>
    (["Dockerfile", "Containerfile"] as const).flatMap((name) => {
      const file = join(context, name);
      if (!existsSync(file)) return [];
      const ignoreFile = ignoreFileOf(context, file, name === "Dockerfile" ? "buildkit" : "buildah");
      const isIgnored = rulesOf(ignoreFile);
      if (typeof isIgnored !== "function") return [isIgnored];
      return cachesIn(context, fetchers, isIgnored).map(({ path, what }) =>
        warning(
          `${join(context, path)}: a${what === "export" ? "n" : ""} ${what} of models in the build context of ${file}`,
          {
            why: "Every build sends it to the builder, needed or not.",
            fix: `Add /${path} to ${ignoreFile}, or run \`preload docker --write ${name}\`.`,
          },
        ),
      );
    }),
  );
}

/** What a file leaves out of the context, or what is wrong with it. */
function rulesOf(file: string): ((path: string) => boolean) | Finding {
  try {
    return ignoredBy(existsSync(file) ? readFileSync(file, "utf8") : "", file);
  } catch (cause) {
    const { message, hint } = cause as PreloadError;
    return warning(message, { why: "No image can be built there.", fix: hint ?? "Make it a file of patterns." });
  }
}
