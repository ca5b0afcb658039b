import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { hfHubCacheDir } from "@preload/hf-fetcher";
import type { Session } from "../session.ts";
import { type Finding, on } from "./finding.ts";
import type { Installed } from "./installed.ts";

const { ok, note, warning, error } = on("variables");

/** Variables that contradict each other, or do not do what they look like. */
export function variableFindings(session: Session, installed: Installed): Finding[] {
  const found = [
    ...emptyOnes(session),
    ...homes(session),
    ...detours(session, installed),
    ...switches(session, installed),
    ...literalTilde(session),
    ...spacyCaches(session),
  ];
  return found.length > 0 ? found : [ok("nothing contradicts itself")];
}

// Python takes a variable that is set to nothing at its word, and gets a relative path.
function emptyOnes({ machine }: Session): Finding[] {
  return ["XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"]
    .filter((name) => machine.env[name] === "")
    .map((name) =>
      error(`${name} is set, but empty`, {
        why: "The clients take that for a relative path: their cache is wherever the program happens to run.",
        fix: `unset ${name}`,
      }),
    );
}

function homes({ machine }: Session): Finding[] {
  const { env } = machine;
  const { dir, rule } = hfHubCacheDir(machine);
  const chosenBy = (name: string) => {
    const others = { ...env, HF_HUB_CACHE: undefined, HUGGINGFACE_HUB_CACHE: undefined };
    return hfHubCacheDir({ ...machine, env: name === "HF_HOME" ? others : { ...others, [name]: env[name] } }).dir;
  };
  return ["HUGGINGFACE_HUB_CACHE", "HF_HOME"]
    .filter((name) => env[name] && rule !== name && rule.startsWith("H") && chosenBy(name) !== dir)
    .map((name) =>
      warning(`${rule} and ${name} lead to different caches: ${dir} and ${chosenBy(name)}`, {
        why: `${rule} wins; what was fetched while only ${name} was set is not found.`,
        fix: `Unset ${name === "HF_HOME" ? rule : name}, or let both mean one place.`,
      }),
    );
}

function detours({ machine, fetchers }: Session, installed: Installed): Finding[] {
  const dir = fetchers.hf?.dir ?? "";
  const readers = [
    {
      name: "TRANSFORMERS_CACHE",
      reader: "transformers 4",
      has: installed.transformers?.startsWith("4."),
      not: installed.transformers && !installed.transformers.startsWith("4."),
    },
    {
      name: "SENTENCE_TRANSFORMERS_HOME",
      reader: "sentence-transformers",
      has: installed["sentence-transformers"] !== undefined,
      not: installed.venv && installed["sentence-transformers"] === undefined,
    },
    {
      name: "PYANNOTE_CACHE",
      reader: "pyannote.audio 3",
      has: installed["pyannote.audio"]?.startsWith("3."),
      not: installed.venv && !installed["pyannote.audio"]?.startsWith("3."),
    },
  ];
  return readers.flatMap(({ name, reader, has, not }) => {
    const value = machine.env[name];
    if (value === undefined || resolve(machine.cwd, value) === dir) return [];
    const level = has ? error : not ? note : warning;
    return [
      level(`${name} is ${JSON.stringify(value)}`, {
        why: `${reader} looks there and nowhere else; other libraries look in ${dir}.`,
        fix: `unset ${name}, or start the program with \`preload exec\`, which corrects it.`,
      }),
    ];
  });
}

function switches({ machine: { env } }: Session, installed: Installed): Finding[] {
  const found: Finding[] = [];
  for (const name of [
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN",
    "HF_HUB_DISABLE_TELEMETRY",
    "HF_HUB_DISABLE_SYMLINKS",
    "HF_HUB_DISABLE_XET",
  ]) {
    const value = env[name];
    if (!value || /^(1|on|yes|true|0|off|no|false)$/i.test(value)) continue;
    found.push(
      warning(`${name}=${value} does nothing`, {
        why: "huggingface_hub takes only 1, ON, YES and TRUE for yes.",
        fix: `${name}=1`,
      }),
    );
  }
  if (env.HF_HUB_OFFLINE && !isOn(env.HF_HUB_OFFLINE) && isOn(env.TRANSFORMERS_OFFLINE)) {
    found.push(
      warning(`HF_HUB_OFFLINE=${env.HF_HUB_OFFLINE} switches TRANSFORMERS_OFFLINE=${env.TRANSFORMERS_OFFLINE} off`, {
        why: "The second is read only when the first is unset or empty: the clients are online.",
        fix: "HF_HUB_OFFLINE=1",
      }),
    );
  }
  const hub = installed["huggingface-hub"];
  if (isOn(env.HF_HUB_ENABLE_HF_TRANSFER) && !hub?.startsWith("0.")) {
    found.push(
      note(
        `HF_HUB_ENABLE_HF_TRANSFER does nothing${hub ? ` for huggingface_hub ${hub}` : " for huggingface_hub 1 and later"}`,
        {
          why: "It belongs to versions before 1.",
          fix: "unset HF_HUB_ENABLE_HF_TRANSFER",
        },
      ),
    );
  }
  if (isOn(env.HF_HUB_OFFLINE) || (!env.HF_HUB_OFFLINE && isOn(env.TRANSFORMERS_OFFLINE))) {
    found.push(
      note("the environment says offline", {
        why: "`preload install` refuses to fetch then (exit 9), unless --online is said.",
      }),
    );
  }
  return found;
}

function literalTilde({ machine: { env } }: Session): Finding[] {
  const value = env.XDG_CACHE_HOME;
  if (!value || !/^~|\$/.test(value)) return [];
  return [
    warning(`XDG_CACHE_HOME is ${JSON.stringify(value)}, as it is written`, {
      why: "huggingface_hub expands it, whisper makes a folder of that name.",
      fix: "Write the directory in full.",
    }),
  ];
}

function spacyCaches({ machine }: Session): Finding[] {
  const cache = join(machine.env.XDG_CACHE_HOME || join(machine.home, ".cache"), "spacy");
  if (!existsSync(cache)) return [];
  return [
    note(`${cache} is read by no version of spaCy`, {
      why: "Keeping it in a CI cache saves nothing.",
      fix: "Cache the directory of `spacy` above instead.",
    }),
  ];
}

/** As huggingface_hub reads a switch. */
function isOn(value: string | undefined): boolean {
  return ["1", "ON", "YES", "TRUE"].includes(value?.toUpperCase() ?? "");
}
