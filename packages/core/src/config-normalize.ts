import { dirname } from "node:path";
import type { CiSettings, Config, Profile } from "./config.ts";
import { configSchema, type WrittenConfig, type WrittenModel, type WrittenProfile } from "./config-schema.ts";
import { PreloadError } from "./errors.ts";
import type { Request } from "./resolve-all.ts";
import { didYouMean } from "./suggest.ts";
import type { RefOptions } from "./types.ts";

/** Where something stands in a file, by its path in the data: `:12:5`, or nothing when the format does not tell. */
export type PositionOf = (path: readonly PropertyKey[], what?: "key" | "value") => string;

/** Checks what was written and writes its short forms out. @throws PreloadError `BAD_CONFIG` with the place */
export function normalizeConfig(
  written: unknown,
  path: string,
  schemes: readonly string[],
  positionOf: PositionOf,
): Config {
  const parsed = configSchema(schemes).safeParse(written ?? {});
  if (!parsed.success)
    throw firstIssue(parsed.error.issues, path, Object.keys(configSchema(schemes).shape), positionOf);
  const config: WrittenConfig = parsed.data;
  const aliases = Object.fromEntries(
    Object.entries(config.aliases ?? {}).map(([name, model]) => [name, requestOf(model, {})]),
  );
  const listed = config.models ? { default: config.models, ...config.profiles } : (config.profiles ?? {});
  const profiles = Object.fromEntries(
    Object.entries(listed).map(([name, profile]) => [name, profileOf(profile, aliases)]),
  );
  return {
    path,
    dir: dirname(path),
    profiles,
    default: config.default === undefined ? Object.keys(profiles) : list(config.default),
    aliases,
    endpoints: Object.fromEntries(Object.entries(config.endpoints ?? {}).map(([name, urls]) => [name, list(urls)])),
    sections: Object.fromEntries(
      schemes.map((scheme) => [scheme, ((config as Record<string, unknown>)[scheme] ?? {}) as RefOptions]),
    ),
    ...(config.concurrency === undefined ? {} : { concurrency: config.concurrency }),
    ...(config.cacheRoot === undefined ? {} : { cacheRoot: config.cacheRoot }),
    ...(config.runLog === undefined ? {} : { runLog: config.runLog }),
    policy: { requireCommit: config.policy?.requireCommit ?? false, licenses: config.policy?.licenses ?? [] },
    ...(config.ci === undefined ? {} : { ci: config.ci as CiSettings }),
  };
}

function profileOf(profile: WrittenProfile, aliases: Readonly<Record<string, Request>>): Profile {
  const { extends: parents = [], models = [] } = Array.isArray(profile) ? { models: profile } : profile;
  return { extends: list(parents), models: models.map((model) => requestOf(model, aliases)) };
}

function requestOf(model: WrittenModel, aliases: Readonly<Record<string, Request>>): Request {
  const { ref, optional, ...options } = typeof model === "string" ? { ref: model } : model;
  const alias = Object.hasOwn(aliases, ref) ? aliases[ref] : undefined;
  return {
    ref: alias?.ref ?? ref,
    options: { ...alias?.options, ...options } as RefOptions,
    optional: (optional as boolean | undefined) ?? alias?.optional ?? false,
  };
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
}

function firstIssue(
  issues: readonly unknown[],
  path: string,
  known: readonly string[],
  positionOf: PositionOf,
): PreloadError {
  const issue = deepest(issues[0] as Issue, []);
  const [key] = issue.keys ?? [];
  if (key !== undefined) {
    const place = [...issue.path, key];
    return new PreloadError(
      "BAD_CONFIG",
      `${path}${positionOf(place, "key")}: there is no setting ${JSON.stringify(key)}`,
      {
        hint:
          issue.path.length === 0
            ? didYouMean(
                key,
                known.filter((name) => name !== "$schema"),
              )
            : "Look at its spelling and indentation.",
      },
    );
  }
  const name = issue.path.length > 0 ? `${issue.path.map(String).join(".")}: ` : "";
  return new PreloadError(
    "BAD_CONFIG",
    `${path}${positionOf(issue.path)}: ${name}${issue.message.replace(/^Invalid input: /, "")}`,
  );
}

/** Of the alternatives of a union, the complaint of the one that got furthest. */
function deepest(issue: Issue, above: readonly PropertyKey[]): Issue {
  const here = { ...issue, path: [...above, ...issue.path] };
  const inner = (issue.errors ?? []).flatMap((branch) => branch.slice(0, 1).map((first) => deepest(first, here.path)));
  return inner.reduce(
    (best, next) => (next.path.length > best.path.length || (next.keys && !best.keys) ? next : best),
    here,
  );
}
