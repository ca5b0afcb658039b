import { Option } from "commander";
import type { CommandSpec } from "./command-spec.ts";
import { count, dir, endpoint, file, names, rate, seconds } from "./flags.ts";

/** What a command understands. Its own options stand in place of common ones of the same name. */
export function optionsOf({ options = [] }: Pick<CommandSpec, "options">): Option[] {
  const own = new Set(options.map(({ long }) => long));
  return [...options, ...commonOptions().filter(({ long }) => !own.has(long))];
}

/**
 * What every command understands. A default is only told here, not set: what a flag leaves open is for the variable,
 * then for the config to say.
 */
export function commonOptions(): Option[] {
  return [
    new Option("-c, --config <file>", "use this config")
      .argParser(file)
      .default(undefined, "the first one, here and upwards"),
    new Option("-C, --cwd <dir>", "run as if started there").argParser(dir).default(undefined, "the working directory"),
    new Option("-p, --profile <name>", "a profile of the config; repeat for several")
      .argParser(names)
      .default(undefined, "the profiles that the config names as `default`"),
    new Option("--only <sources>", "only these: whisper, spacy, hf, tiktoken, nltk, torch, ggml, url")
      .argParser(names)
      .default(undefined, "all"),
    new Option("--cache-root <dir>", "one folder for all caches")
      .argParser(dir)
      .default(undefined, "for each source where its client looks"),
    new Option("--endpoint <name=url>", "a mirror for a source; repeat, or separate with commas, for several")
      .argParser((text, before: ReturnType<typeof endpoint>[] = []) => [...before, endpoint(text)])
      .default(undefined, "the public ones"),
    new Option(
      "--python <venv>",
      "the environment whose spaCy the pipelines are for, and which is to find them",
    ).default(undefined, "for the version, the active one"),
    new Option("--offline", "use no network; what is missing is an error").conflicts("online"),
    new Option("--online", "fetch although the environment says offline"),
    new Option("-j, --concurrency <n>", "files at once").argParser(count).default(undefined, "8"),
    new Option("--timeout <time>", "give up after this long, keeping what came: 90, 10m")
      .argParser(seconds)
      .default(undefined, "never"),
    new Option("--stall-timeout <time>", "give up a connection that is silent for this long")
      .argParser(seconds)
      .default(undefined, "30s"),
    new Option("--max-rate <rate>", "bytes per second over all transfers: 20M")
      .argParser(rate)
      .default(undefined, "no limit"),
    new Option("--json", "print the result as JSON").conflicts("format"),
    new Option("--format <form>", "form of the result").choices(["text", "json", "ndjson"]).default(undefined, "text"),
    new Option("-q, --quiet", "print errors only").conflicts("verbose"),
    new Option("-v, --verbose", "print each file, retry and directory"),
    new Option("--no-progress", "print no bars and no signs of life"),
  ];
}
