import type { Machine } from "@preload/core";
import { clientVariables, type Variable } from "../environment/client-variables.ts";
import { createFetchers } from "../fetchers.ts";
import type { Session } from "../session.ts";

/** What a process in the image needs to find the models, and to stay offline. The image is a machine of its own. */
export function imageVariables(session: Session, to: string): readonly Variable[] {
  const { config, flags, fetchers } = session;
  const machine: Machine = { ...session.machine, platform: "linux", home: "/nonexistent", cwd: "/", env: {} };
  const { python: _, into: __, ...spacy } = config.sections.spacy ?? {};
  const inImage = { ...config, sections: { ...config.sections, spacy } };
  const rooted = { ...flags, cacheRoot: to, profile: flags.profile ?? config.default };
  const http = fetchers.hf?.http;
  if (!http) return [];
  const there = { ...session, machine, flags: rooted, config: inImage };
  const { variables } = clientVariables(
    { ...there, fetchers: createFetchers({ flags: rooted, config: inImage, machine, http }) },
    { offline: true, forImage: true },
  );
  return variables.map((variable) => ({ ...variable, value: posixPath(variable) }));
}

// On Windows, paths are joined as its own.
function posixPath({ value, kind }: Variable): string {
  return kind === "directory" || kind === "path" ? value.replace(/^[A-Za-z]:/, "").replaceAll("\\", "/") : value;
}
