import { PreloadError } from "@preload/core";
import type { User } from "../doctor/user.ts";
import { type Flags, names, user } from "../flags.ts";
import { type Choices, defaults, type Flavor, type Source } from "./recipe.ts";

/** What the flags of `preload docker` choose. */
export interface ChoiceFlags extends Pick<Flags, "profile" | "only"> {
  readonly flavor?: Flavor;
  readonly source?: Source;
  readonly user?: User;
  readonly to?: string;
  readonly nodeImage?: string;
}

/** What a block was written with, as it stands in its first line, so that it can be written anew without saying it again. */
export function recorded({ profile, only, ...choices }: Choices): string {
  const { flavor, source, user, to, nodeImage } = choices;
  const words = [
    ["flavor", flavor],
    ["source", source],
    ["user", `${user.uid}:${user.gid}`],
    ["to", to],
    ...(nodeImage === defaults.nodeImage ? [] : [["node-image", nodeImage]]),
  ];
  return `preload docker${words.map(([name, value]) => ` --${name} ${value}`).join("")}${selection({ profile, only })}`;
}

/** The reverse of `recorded`. @throws PreloadError `BAD_CONFIG` for a line that was changed by hand and says nothing we know */
export function choicesIn(line: string, path: string): ChoiceFlags {
  const words = line.replace(/^preload docker\s*/, "").split(/\s+/);
  const choices: Record<string, unknown> = {};
  for (let at = 0; at < words.length; at += 2) {
    const [name = "", value = ""] = [words[at]?.replace(/^--/, ""), words[at + 1]];
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (!read || value === "") throw strange(path, `--${name}`);
    choices[name === "node-image" ? "nodeImage" : name] = read(value);
  }
  return choices as ChoiceFlags;
}

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  flavor,
  source,
  user,
  to,
  "node-image": nodeImage,
  profile: (text) => names(text),
  only: (text) => names(text),
};

/** The flags that choose models, for another command line. Their values go unquoted into a shell. */
export function selection({ profile, only }: Pick<Choices, "profile" | "only">): string {
  const odd = profile?.find((name) => !/^[\w.-]+$/.test(name));
  if (odd !== undefined) {
    throw new PreloadError("USAGE", `the profile ${JSON.stringify(odd)} cannot stand in a Dockerfile`, {
      hint: "Give it a name of letters, digits, `.`, `_` and `-`.",
    });
  }
  return `${profile ? ` --profile ${profile.join(",")}` : ""}${only ? ` --only ${only.join(",")}` : ""}`;
}

function flavor(text: string): Flavor {
  if (text === "buildkit" || text === "buildah") return text;
  throw new PreloadError("USAGE", `${JSON.stringify(text)} is no flavor of a Dockerfile`, {
    hint: "It is buildkit or buildah.",
  });
}

/** `fetch`, `context`, or an image by its digest. */
export function source(text: string): Source {
  if (text === "fetch" || text === "context") return text;
  if (/^[a-z0-9][\w./:-]*@sha256:[0-9a-f]{64}$/.test(text)) return text as Source;
  throw new PreloadError("USAGE", `${JSON.stringify(text)} is no source of models`, {
    hint: "It is fetch, context, or an image by its digest: registry.example/team/models@sha256:… of 64 digits.",
  });
}

/**
 * A folder of the image, which everything that is written into it shares. It is given to a user, so it is none that
 * belongs to the system; nor one that is mounted anew in each container, or by us.
 */
export function to(text: string): string {
  if (systemFolder.test(text)) {
    throw new PreloadError("USAGE", `${text} belongs to the system of an image, and the models to its user`, {
      hint: "Name a folder of their own, such as /models or /opt/models.",
    });
  }
  if (/^(?:\/[\w.-]+)+$/.test(text) && !/\/\.{1,2}(?:\/|$)/.test(text)) return text;
  throw new PreloadError("USAGE", `${JSON.stringify(text)} is no folder for models in an image`, {
    hint: "Name an absolute path of letters, digits, `.`, `_` and `-`, such as /models.",
  });
}

const systemFolder =
  /^\/(?:(?:bin|boot|etc|home|lib(?:32|64|x32)?|media|mnt|opt|root|sbin|srv|tmp|usr|var)$|(?:dev|proc|run|sys|\.preload)(?:\/|$))/;

/** An image with a tag or a digest: without either, every build may be another one. */
export function nodeImage(text: string): string {
  if (/^[a-z0-9][\w./:-]*(?::[\w.-]+|@sha256:[0-9a-f]{64})$/.test(text)) return text;
  throw new PreloadError("USAGE", `${JSON.stringify(text)} is no image with a tag or a digest`, {
    hint: `For example ${defaults.nodeImage}, or with @sha256:… of 64 digits after it.`,
  });
}

function strange(path: string, what: string): PreloadError {
  return new PreloadError("BAD_CONFIG", `${path}: the block of preload says ${what}, which means nothing`, {
    hint: "Run `preload docker --write` with the flags that are meant, after removing the block.",
  });
}
