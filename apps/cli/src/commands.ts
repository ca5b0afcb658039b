import { Option } from "commander";
import type { CommandSpec } from "./command-spec.ts";
import { dir, file, fileMode, ports, user } from "./flags.ts";
import { age, size } from "./prune/limits.ts";

/** What may stand in the place of a command, aliases among it. */
export function commandNames(): string[] {
  return commands.flatMap(({ usage, aliases = [] }) => [usage.split(" ", 1)[0] ?? usage, ...aliases]);
}

/** The command of a line that was perhaps not understood, by its name and not by an alias. */
export function commandIn(argv: readonly string[]): string {
  const names = commands.map(({ usage, aliases = [] }) => [usage.split(" ", 1)[0] ?? usage, ...aliases]);
  for (const word of argv) {
    const [name] = names.find((known) => known.includes(word)) ?? [];
    if (name !== undefined) return name;
  }
  return "install";
}

/** Every command, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  {
    usage: "install [refs...]",
    aliases: ["i", "fetch"],
    isDefault: true,
    summary: "fetch what is missing and verify everything",
    details:
      "Without refs: the models of the config's default profiles, or of the built-in profiles `test` and `production`\nwhen there is no config. With a config, the lock is written or completed.",
    examples: [
      { line: "preload", does: "the models of preload.yaml" },
      { line: "preload hf:facebook/bart-base whisper:tiny.en", does: "just these two, without a config" },
      { line: "preload install -p test --only spacy", does: "the spaCy pipelines of one profile" },
    ],
    options: [new Option("--frozen", "take only what the lock says; drift is an error")],
    load: () => import("./commands/install.ts"),
  },
  {
    usage: "ci",
    summary: "install exactly what the lock says",
    details:
      "The lock is the truth: a config that says something else ends with exit 8. Makes no request when all is there.",
    examples: [{ line: "preload ci", does: "in a CI job or a Dockerfile" }],
    load: () => import("./commands/ci.ts"),
  },
  {
    usage: "plan [refs...]",
    summary: "show what an install would do",
    details:
      "Each model with its size, what is left out of it, what is there already, and what the disk needs.\nDownloads nothing; asks the network only what the lock does not say.",
    examples: [
      { line: "preload plan", does: "of the models of preload.yaml" },
      { line: "preload plan hf:facebook/bart-large-cnn --json", does: "of one model, for a program" },
    ],
    options: [new Option("--frozen", "take only what the lock says; drift is an error")],
    load: () => import("./commands/plan.ts"),
  },
  {
    usage: "lock [refs...]",
    summary: "write down what the config means today",
    details:
      "Writes preload.lock beside the config (for one of another name that --config names, like ci.yaml, ci.preload.lock): for every profile the exact revision, files, sizes and digests. What is\nlocked already keeps its revision, unless it is named or --upgrade is given. If a model cannot be resolved, the\nlock stays as it was.",
    examples: [
      { line: "preload lock", does: "lock what is new, drop what is gone" },
      { line: "preload lock hf:facebook/bart-base", does: "move this one to what its branch holds today" },
      { line: "preload lock --check", does: "exit with 8 if the lock would change" },
    ],
    options: [
      new Option("--upgrade", "resolve everything anew"),
      new Option("--check", "write nothing; a lock that would change is an error"),
    ],
    load: () => import("./commands/lock.ts"),
  },
  {
    usage: "outdated [refs...]",
    summary: "show what moved upstream since the lock was written",
    details:
      "For each model the revision that is locked and the one that its ref means today, with dates where the source tells them, bytes, what would be fetched, files that changed, and a license or gating that is another one now. What the config pins to a commit or a version stands still: what its branch holds is told, and counts only with --pinned. Says also when a model is gone, closed or renamed, and when a pipeline is not made for the spaCy that is here. Writes nothing. Exits with 0 whatever it finds; with --check, with 8 when something moved.",
    examples: [
      { line: "preload outdated", does: "every model of the config" },
      { line: "preload outdated hf:facebook/bart-base --json", does: "one model, for a program" },
      { line: "preload outdated --pinned --check", does: "in a nightly job: 8 when something moved" },
    ],
    options: [
      new Option("--pinned", "what the config pins counts as outdated, too"),
      new Option("--check", "exit with 8 unless everything is as its source has it today"),
    ],
    load: () => import("./commands/outdated.ts"),
  },
  {
    usage: "update [refs...]",
    summary: "move pins of the lock to what their refs mean today",
    details:
      "All of them, or the named ones with what they require; every other entry of the lock stays as it is, byte for byte. Shows what changes in the words of `preload outdated`. The config's policy holds. If one model cannot be resolved, the lock stays as it was. What the config itself pins moves only with --pins, which writes the new revisions into the config, too. Fetches nothing: `preload` does.",
    examples: [
      { line: "preload update --dry-run", does: "shows what would change" },
      { line: "preload update hf:facebook/bart-base", does: "one model" },
      { line: "preload update --pins", does: "also the commits and versions that the config names" },
    ],
    options: [
      new Option("--pins", "also move revisions that the config names, in the config and the lock"),
      new Option("--dry-run", "show what would change, and write nothing"),
    ],
    load: () => import("./commands/update.ts"),
  },
  {
    usage: "add <refs...>",
    summary: "put models into the config and the lock",
    details:
      "Writes them at the end of a profile's list, and leaves every other line, comments too, as it is. The profile is the\none of --profile, or the only one that is meant by default. Without a config, preload.yaml is made. Fetches nothing:\n`preload` does. If a model cannot be resolved, or the policy refuses it, config and lock stay as they were. A\npreload.config.ts or .js is a program: what to write into it is printed, with exit 2.",
    examples: [
      { line: "preload add hf:facebook/bart-base", does: "and lock what its main branch holds today" },
      { line: "preload add whisper:tiny.en spacy:en_core_web_sm -p test", does: "to one of several profiles" },
      { line: "preload add hf:org/model --set revision=v1.0 --set weights=bin", does: "with options" },
      { line: "preload add hf:org/model --set optional=true --dry-run", does: "shows what would change" },
    ],
    options: [
      new Option(
        "--set <name=value>",
        "an option of the models: weights=bin, code=true, size:=100 for JSON; repeat for several, or for a list",
      ).argParser((text: string, before: readonly string[] = []) => [...before, text]),
      new Option("--dry-run", "show what would change, and write nothing"),
    ],
    load: () => import("./commands/add.ts"),
  },
  {
    usage: "remove <refs...>",
    aliases: ["rm"],
    summary: "take models out of the config and the lock",
    details:
      "From every profile that lists them, or only from those of --profile. A comment on the same line goes along; all other\nlines stay as they are. The lock keeps what another profile or model needs. Makes no request, and leaves the files in\nthe caches.",
    examples: [
      { line: "preload remove hf:facebook/bart-base", does: "from all profiles" },
      { line: "preload remove whisper:base.en -p production", does: "from one, and those that extend it" },
    ],
    options: [new Option("--dry-run", "show what would change, and write nothing")],
    load: () => import("./commands/remove.ts"),
  },
  {
    usage: "scan [paths...]",
    summary: "find the models that the code uses",
    details:
      "Reads Python, notebooks, JavaScript and TypeScript, and what YAML, TOML, JSON and .env files name, without running\nanything. Names are followed through constants, defaults, attributes and imports; where they end, it says so. With a\nconfig: what it lacks, what it has that nothing uses, and where a revision differs. What .gitignore names, installed\npackages, environments and built files are skipped, unless they are named or included.",
    examples: [
      { line: "preload scan", does: "everything below this folder" },
      { line: "preload scan src notebooks/talk.ipynb", does: "a folder and a file" },
      { line: "preload scan --check --exclude tests/", does: "in CI: exit 8 if the config lacks a model" },
      { line: "preload scan --include build/generated/", does: "also what would be skipped" },
    ],
    options: [
      new Option("--check", "a model that the config lacks, or a revision that differs, is an error"),
      new Option(
        "--include <pattern>",
        "look at this although it would be skipped, as in a .gitignore; repeat",
      ).argParser((text: string, before: readonly string[] = []) => [...before, text]),
      new Option("--exclude <pattern>", "leave this out; repeat").argParser(
        (text: string, before: readonly string[] = []) => [...before, text],
      ),
    ],
    load: () => import("./commands/scan.ts"),
  },
  {
    usage: "verify [refs...]",
    summary: "check that the models are there and as promised",
    details:
      "Makes no request, unless --fix is given. Against the lock, or what was installed without one. Quick by default: files\nthat still look as they did when they were last read are trusted. Exits with 3 if something is missing, 4 if\nsomething is not as promised.",
    examples: [
      { line: "preload verify", does: "the models of preload.yaml" },
      { line: "preload verify --deep", does: "read every byte" },
      { line: "preload verify --fix", does: "and fetch what is broken" },
      { line: "preload verify whisper:tiny.en", does: "one model, also without a config" },
    ],
    options: [
      new Option("--deep", "read every file and compare digests"),
      new Option("--fix", "fetch what is broken or missing, and only that"),
    ],
    load: () => import("./commands/verify.ts"),
  },
  {
    usage: "list [refs...]",
    aliases: ["ls"],
    summary: "show the models that are known, their size and state",
    details:
      "Across all caches: what this project's lock and config, other projects' locks and earlier installs name, what Preload\nput there and nothing names any more (unused), and, a line for each, what others keep in the same caches. A project is\nknown once it was installed. Last used is the latest of: an install or ci of a project that names it (noted once a\nday), the download, and the last time its largest file was read, as far as the file system notes that. Makes no\nrequest. Exits with 0 whatever the state; `preload verify` is the one that judges.",
    examples: [
      { line: "preload list", does: "every known model" },
      { line: "preload list -v", does: "with each directory, the rule that chose it, and the locks that name it" },
      { line: "preload list -p test --json", does: "one profile, for a program" },
    ],
    load: () => import("./commands/list.ts"),
  },
  {
    usage: "du [refs...]",
    summary: "show what fills the caches, the largest first",
    details:
      "Cache by cache with its total: known models, unused ones, and what others put there. What models share counts once in\nthe totals. Makes no request, and changes nothing: `preload prune` and `preload clean` do.",
    examples: [
      { line: "preload du", does: "everything, in every directory that was installed to" },
      { line: "preload du --only hf --json", does: "one source, for a program" },
    ],
    load: () => import("./commands/du.ts"),
  },
  {
    usage: "env",
    summary: "print the variables with which a process finds the models",
    details:
      "Pins each directory in use explicitly, whatever rule chose it. With --offline, also what tells the clients to stay offline. The form is that of the shell it is called from, unless --shell names another.",
    examples: [
      { line: 'eval "$(preload env)"', does: "in this shell" },
      { line: "preload env --shell fish | source", does: "in fish" },
      {
        line: 'preload env --offline --shell github >> "$GITHUB_ENV"',
        does: "for the steps that follow in a workflow",
      },
      { line: "preload env --shell docker --cache-root /models", does: "lines for a Dockerfile" },
      { line: "preload env --json", does: "with each directory and the rule that chose it" },
    ],
    options: [
      new Option("--shell <shell>", "the form of the lines").choices([
        "bash",
        "fish",
        "pwsh",
        "dotenv",
        "docker",
        "github",
      ]),
    ],
    load: () => import("./commands/env.ts"),
  },
  {
    usage: "exec <command...>",
    summary: "run a command that finds the models",
    details:
      "Sets what `preload env` prints, for the command only, and exits as the command did (128 plus the number for a signal). First looks whether the models of the config's profiles are there; if not, the command is not started (exit 3 or 4). With --offline the network is cut below the command: on Linux it gets a network of its own with nothing but loopback, no capabilities, and everything it started ends with it. Where the kernel refuses that, and on macOS and Windows, --offline is advisory and says so: clients are told to stay offline, and guards in Python and Node refuse. --offline=strict does not start the command then (exit 9). At the end every attempt to reach the network is reported, by test and model, with the next step, and the run ends with 9 if the command itself was content; --tolerate only reports. Without --offline a model that is not preloaded is downloaded as ever, and the end of the run says so. What is printed is what the command prints, so there is no --json (exit 2): `preload verify --json` says what is missing.",
    examples: [
      { line: "preload exec -- pytest -q", does: "tests that find the models" },
      { line: "preload exec --offline -- pytest -q", does: "and nothing leaves this machine" },
      {
        line: "preload exec --offline=strict --allow-port 5432 -- pytest",
        does: "or it does not start; with the database of this machine",
      },
      { line: "preload exec -m whisper:tiny.en -- python transcribe.py", does: "looks for just this model first" },
    ],
    options: [
      new Option("-m, --model <ref>", "look for this model instead of the profiles'; repeat for several").argParser(
        (text: string, before: readonly string[] = []) => [...before, text],
      ),
      new Option("--no-verify", "start the command whatever is missing"),
      new Option("--offline=strict", "as --offline, and do not start the command where that cannot be enforced")
        .conflicts("online")
        .implies({ offline: true }),
      new Option(
        "--allow-port <port>",
        "with --offline: a port of this machine's loopback that the command may reach; repeat for several",
      ).argParser(ports),
      new Option("--tolerate", "with --offline: report attempts to reach the network, and do not fail the run"),
      new Option("--assert-no-download", "exit with 9 if a model was added to a cache, or removed from one"),
      new Option("--report <file>", "write the attempts, and what became of the caches, as a JSON document").argParser(
        file,
      ),
    ],
    passThrough: true,
    load: () => import("./commands/exec.ts"),
  },
  {
    usage: "pytest-plugin [refs...]",
    summary: "make Preload's plugin available to pytest",
    details:
      "Prints the variables with which pytest finds it, in the form of the shell it is called from; `preload exec -- pytest` sets them by itself. The plugin knows which models a test needs (`requires_model`): it skips the test if one is not here, or with --require-models, the default in CI, fails it. It fails tests that delete models, names those that download one, puts variables back, and with --guard-network refuses what leaves the machine. With refs, --json also says of each model whether it is ready; the plugin asks that way. Makes no request. Where plugins are not looked for (PYTEST_DISABLE_PLUGIN_AUTOLOAD), `-p preload_pytest` names it.",
    examples: [
      { line: 'eval "$(preload pytest-plugin)"', does: "for every pytest of this shell" },
      {
        line: 'preload pytest-plugin --shell github >> "$GITHUB_ENV"',
        does: "for the steps that follow in a workflow",
      },
      { line: "preload pytest-plugin --write tests", does: "as a file to commit, beside conftest.py" },
      { line: "preload pytest-plugin --check tests", does: "in CI: exit 8 if that file is not of this version" },
      { line: "preload pytest-plugin --json hf:facebook/bart-base", does: "whether a model is ready, for a program" },
    ],
    options: [
      // No `docker`: an image has no folder of this machine. There the plugin is a file that --write has written.
      new Option("--shell <shell>", "the form of the lines")
        .choices(["bash", "fish", "pwsh", "dotenv", "github"])
        .default(undefined, "that of the shell it is called from"),
      new Option("--write <dir>", "write the plugin as a file of this folder").argParser(dir).conflicts("check"),
      new Option("--check <dir>", "exit with 8 if the file of this folder is not what --write would write").argParser(
        dir,
      ),
    ],
    load: () => import("./commands/pytest-plugin.ts"),
  },
  {
    usage: "trace <command...>",
    summary: "run a command online, and show which models it used",
    details:
      "The inverse of exec: records every request of the command for a model, and prints the lines of preload.yaml that bring what it used, with the revisions and, where need be, the files that were asked for. With a config, the command finds the models as under exec, and what is printed is what the config lacks, and what of it was never used. The command's streams, signals and exit code are its own, so the result goes to stderr when the command has ended, or to --output. Requests of HTTPS are seen where the client honours HF_ENDPOINT, or is a Python or Node program; of others only the host is, and it is told. Changes no config: the line for `preload add` is printed.",
    examples: [
      { line: "preload trace -- pytest -q", does: "what the tests use, on stderr" },
      { line: "preload trace --output preload.yaml -- python app.py", does: "as a config to start with" },
      { line: "preload trace --json --output trace.json -- npm test", does: "for a program" },
    ],
    options: [new Option("--output <file>", "write the result there, and not to stderr")],
    passThrough: true,
    load: () => import("./commands/trace.ts"),
  },
  {
    usage: "pack <file> [refs...]",
    summary: "write the models that the lock names into one file",
    details:
      "For another job, another machine, or a registry: the file is an OCI image layout in a tar, with the lock in its first layer and one layer for each model, laid out as --cache-root does. Without refs: the models of the config's profiles, as the lock has them; with refs just those. Every byte is verified on its way; nothing else of the cache goes along, and no token. The same models give the same bytes. Makes no request. Exits with 3 if something is missing, 4 if something is not what the lock says; then no file is written.",
    examples: [
      { line: "preload pack models.tar", does: "the models of preload.yaml" },
      {
        line: "preload pack models.tar -p test --json",
        does: "one profile; with the digest of the image, for a program",
      },
      { line: "skopeo copy oci-archive:models.tar docker://registry.example/models:1", does: "and on to a registry" },
    ],
    load: () => import("./commands/pack.ts"),
  },
  {
    usage: "unpack <file> [refs...]",
    summary: "put the models of a pack where their clients look",
    details:
      "Needs no network, no config and no lock: the pack brings its own. Where the project has a lock, both have to say the same of the models that are unpacked (else exit 8); with refs just those are unpacked, whatever the lock says. All of the file is read and verified before anything is written, and each file again before it gets its name. What is there already stays; a kill leaves every model as it was, or whole. A file that is damaged, cut off or not a pack ends with exit 4.",
    examples: [
      { line: "preload unpack models.tar && preload verify", does: "in the next job, or without internet" },
      { line: "preload unpack models.tar --cache-root /models", does: "to a folder of its own" },
      { line: "preload unpack models.tar hf:facebook/bart-base", does: "one model" },
    ],
    load: () => import("./commands/unpack.ts"),
  },
  {
    usage: "export [refs...]",
    summary: "write the models that the lock names into a folder of their own",
    details:
      "For COPY in a Dockerfile, or a mount that nobody writes to. Only these models, every byte verified on its way, files of no time and of one mode. With --layout xdg as --cache-root lays them out, links relative: what finds them there is `preload env --cache-root`. With --layout flat regular files in plain folders, to be opened by path: facebook/bart-base, spacy/en_core_web_sm, whisper/tiny.en.pt. The folder is replaced if it is an earlier export, and refused if it holds anything else (exit 2). Files are copies, since a hard link would share its mode and its bytes with the cache. Makes no request.",
    examples: [
      { line: "preload export --to models", does: "the models of preload.yaml" },
      {
        line: "preload export --to models --layout flat hf:facebook/bart-base",
        does: 'for from_pretrained("models/facebook/bart-base")',
      },
      {
        line: "preload export --to /srv/models --owner 1000:1000 --mode 0444",
        does: "for another user, and nobody writes",
      },
    ],
    options: [
      new Option("--to <dir>", "the folder; made, or replaced if it is an earlier export").argParser(dir),
      new Option("--layout <layout>", "xdg: as the caches are; flat: plain folders and files")
        .choices(["xdg", "flat"])
        .default(undefined, "xdg"),
      new Option("--owner <uid[:gid]>", "whom the files belong to; for root only")
        .argParser(user)
        .default(undefined, "who runs it"),
      new Option("--mode <mode>", "of files, in octal; whoever may read a file may enter its folder")
        .argParser(fileMode)
        .default(undefined, "0644"),
    ],
    load: () => import("./commands/export.ts"),
  },
  {
    usage: "prune",
    summary: "remove what no lock names any more",
    details:
      "Old revisions, models of projects that are gone, what interrupted runs have left, and blobs that nothing leads to.\nShows it first and asks; where nobody can answer, --yes is needed. Never goes: what the lock of any project names that\nwas installed on this machine (a project whose lock is gone counts no more), what a process is fetching, and what\nPreload did not put there. What was installed by hand stays without --older-than, --max-size or --all. Last used is\nexplained in `preload list --help`. A lock that cannot be read stops it.",
    examples: [
      { line: "preload prune --dry-run", does: "shows what would go, and how much space it frees" },
      {
        line: "preload prune --older-than 30d --yes",
        does: "what was not used for a month, also what was installed by hand",
      },
      { line: "preload prune --max-size 10GB", does: "the least recently used, until the rest needs at most 10 GB" },
    ],
    options: [
      new Option("-y, --yes", "do not ask"),
      new Option("--dry-run", "show what would be removed, and remove nothing"),
      new Option("--older-than <age>", "only models last used longer ago: 12h, 30d, 8w").argParser(age),
      new Option("--max-size <size>", "only as many as it takes for the rest to fit: 500MB, 10GB").argParser(size),
      new Option("--all", "also what was installed by hand"),
    ],
    load: () => import("./commands/prune.ts"),
  },
  {
    usage: "clean [refs...]",
    summary: "remove models from the caches",
    details:
      "Removes what the named models own, by default those of the lock, or without a lock what was installed. Shows it first and asks; where nobody can answer, --yes is needed. What another model or snapshot needs stays, and so does everything that others put there. The config and the lock are not changed: `preload install` brings the models back.",
    examples: [
      { line: "preload clean --dry-run", does: "shows what would go, and how much space it frees" },
      { line: "preload clean hf:facebook/bart-base", does: "one model" },
      { line: "preload clean --yes", does: "without a question" },
    ],
    options: [
      new Option("-y, --yes", "do not ask"),
      new Option("--dry-run", "show what would be removed, and remove nothing"),
      new Option("--all-known", "also what was installed elsewhere or without this lock"),
    ],
    load: () => import("./commands/clean.ts"),
  },
  {
    usage: "doctor",
    summary: "look for what keeps models from being found",
    details:
      "Directories and the rule behind each, variables that contradict each other, the token's source (never its value), proxies, certificates and mirrors, library versions with known traps. Asks the network only with --net: then also each host's name, connection, certificate and answer with the time they take, this machine's clock, and whether the Hub knows the token. Exits with 3 when something is wrong enough that models are not found; warnings leave it at 0.",
    examples: [
      { line: "preload doctor", does: "looks at this machine and this environment" },
      {
        line: "preload doctor --net",
        does: "also asks each source for one byte, and the Hub whether it knows the token",
      },
      { line: "preload doctor --python .venv", does: "also looks at the libraries of an environment" },
      { line: "preload doctor --uid 1000:1000", does: "also whether that user could read the models" },
    ],
    options: [
      new Option("--net", "ask each source for one byte"),
      new Option("--uid <uid[:gid]>", "also whether this user could read the models, as a container would")
        .argParser(user)
        .default(undefined, "only who runs it"),
    ],
    load: () => import("./commands/doctor.ts"),
  },
  {
    usage: "init [paths...]",
    summary: "write a config to start with",
    details:
      "Writes preload.yaml, with the models that the code under the paths loads (by default all of this folder), and marks preload.lock in .gitattributes as generated, and as nothing to be merged line by line. At a terminal it asks first; elsewhere, with --yes or with --from-code, what each question has as its default is done. A config that is there already is left alone.",
    examples: [
      { line: "preload init", does: "asks what to do" },
      { line: "preload init --from-code src", does: "the models that src loads, without a question" },
      { line: "preload init --pyproject --yes", does: "as [tool.preload] in pyproject.toml" },
    ],
    options: [
      new Option("--from-code", "list the models that the code loads, and ask nothing"),
      new Option("--no-from-code", "do not look at the code").default(undefined, "ask, or list them"),
      new Option("--pyproject", "write [tool.preload] into pyproject.toml"),
      new Option("--no-pyproject", "write preload.yaml").default(undefined, "ask, or preload.yaml"),
      new Option("--gitattributes", "write the line for preload.lock into .gitattributes"),
      new Option("--no-gitattributes", "leave .gitattributes alone").default(undefined, "ask, or write it"),
      new Option("-y, --yes", "ask nothing, and do what is proposed"),
      new Option("--force", "write a new preload.yaml although there is a config"),
    ],
    load: () => import("./commands/init.ts"),
  },
  {
    usage: "completion <shell>",
    summary: "print the script with which a shell completes preload's command lines",
    details:
      "For bash, zsh, fish and pwsh. Completes commands, options and their values, profiles, and the models of the config and of earlier installs. The script asks preload itself at each press of the tab key: nothing of it grows old. That reads the config, but runs none that is a program, and makes no request.",
    examples: [
      { line: "source <(preload completion bash)", does: "for this bash; or for good, as a line of ~/.bashrc" },
      {
        line: "preload completion bash > ~/.local/share/bash-completion/completions/preload",
        does: "for every bash, loaded when it is needed",
      },
      { line: 'preload completion zsh > "$fpath[1]/_preload"', does: "for every zsh" },
      { line: "preload completion fish > ~/.config/fish/completions/preload.fish", does: "for every fish" },
      { line: "preload completion pwsh | Out-String | Invoke-Expression", does: "for this PowerShell, or in $PROFILE" },
    ],
    load: () => import("./commands/completion.ts"),
  },
  {
    usage: "demo",
    summary: "show a whole round of work, without internet",
    details:
      "Starts a server on this machine that serves small models, and runs lock, plan, install, ci, verify and list against\nit, in a folder that is removed again. Exits with 0 only if every step did what it says.",
    examples: [{ line: "preload demo", does: "takes a few seconds" }],
    load: () => import("./commands/demo.ts"),
  },
];
