import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { dir, file, ports, repeated } from "../flags.ts";

/** What gives the models to a process. */
export const processes: readonly CommandSpec[] = [
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
    load: () => import("../commands/env.ts"),
  },
  {
    usage: "exec <command...>",
    summary: "run a command that finds the models",
    details:
      "Sets what `preload env` prints, for the command only, and exits as the command did (128 plus the number for a signal). If preload itself is killed, the command is told to end (SIGTERM; on Linux with setpriv, and what it started is for it to end). First looks whether the models of the config's profiles are there, and as promised; if not, the command is not started (exit 3 or 4). Without a config, --profile or --model it looks for none. With --offline the network is cut below the command: on Linux it gets a network of its own with nothing but loopback, no capabilities, and everything it started ends with it. Where the kernel refuses that, and on macOS and Windows, --offline is advisory and says so: clients are told to stay offline, and guards in Python and Node refuse. --offline=strict does not start the command then (exit 9). At the end every attempt to reach the network is reported, by test and model, with the next step, and the run ends with 9 if the command itself was content; --tolerate only reports. Without --offline a model that is not preloaded is downloaded as ever, and the end of the run says so. What is printed is what the command prints, so there is no --json (exit 2): `preload verify --json` says what is missing.",
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
        repeated,
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
    load: () => import("../commands/exec.ts"),
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
    load: () => import("../commands/pytest-plugin.ts"),
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
    load: () => import("../commands/trace.ts"),
  },
];
