import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
      const rules = existsSync(ignoreFile) ? readFileSync(ignoreFile, "utf8") : "";
      return cachesIn(context, fetchers, ignoredBy(rules)).map(({ path, what }) =>
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
