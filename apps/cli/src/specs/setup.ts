import { Option } from "commander";
import { ciNames } from "../ci-files/names.ts";
import type { CommandSpec } from "../command-spec.ts";
import { file, user } from "../flags.ts";

const several = (text: string, before: readonly string[] = []) => [...before, text];

/** What helps to begin, and when something is wrong. */
export const setup: readonly CommandSpec[] = [
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
    load: () => import("../commands/doctor.ts"),
  },
  {
    usage: "init [paths...]",
    summary: "write a config to start with",
    details:
      "Writes preload.yaml, with the models that the code under the paths loads (by default all of this folder), and marks preload.lock in .gitattributes as generated, and as nothing to be merged line by line. At a terminal it asks first; elsewhere, with --yes or with --from-code, what each question has as its default is done. A config that is there already is left alone.\nWith --ci it writes the file of that CI, and a config only where there is none: restore, `preload ci` whatever was restored, save what is complete, and the tests through `preload exec --offline`. How the tests are run and what they need is found in pyproject.toml, requirements and package.json, or said with --test and --setup; what was said is kept in the file. Only what stands between the marks is written; a file without them is somebody's own, and refused. With --check, a part that is not what would be written today ends with exit 8 and the difference.",
    examples: [
      { line: "preload init", does: "asks what to do" },
      { line: "preload init --from-code src", does: "the models that src loads, without a question" },
      { line: "preload init --pyproject --yes", does: "as [tool.preload] in pyproject.toml" },
      { line: "preload init --ci github", does: "also a workflow that keeps the models and runs the tests" },
      { line: "preload init --ci gitlab --test 'pytest tests/integration'", does: "for another CI, with other tests" },
      { line: "preload init --ci github --check", does: "in CI: exit 8 if the workflow is not what it would be" },
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
      new Option("--ci <ci>", "write the file of this CI, too").choices(ciNames),
      new Option("--ci-file <file>", "where it is").argParser(file).default(undefined, "where the CI looks for it"),
      new Option("--setup <command>", "what installs the tests' needs; repeat; '' for nothing")
        .argParser(several)
        .default(undefined, "found in the project"),
      new Option("--test <command>", "how the tests are run; repeat")
        .argParser(several)
        .default(undefined, "found in the project"),
      new Option("--check", "write nothing; a CI's file that would change is an error").conflicts("stdout"),
      new Option("--stdout", "print the part for the CI's file, and write nothing"),
    ],
    load: () => import("../commands/init.ts"),
  },
  {
    usage: "completion [shell]",
    summary: "print the script with which a shell completes preload's command lines",
    details:
      "For bash, zsh, fish and pwsh; without a name for the shell that $SHELL names. Completes commands, options and their values, profiles, and the models of the config and of earlier installs. The script asks preload itself at each press of the tab key: nothing of it grows old. That reads the config, but runs none that is a program, and makes no request.",
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
    load: () => import("../commands/completion.ts"),
  },
  {
    usage: "demo",
    summary: "show a whole round of work, without internet",
    details:
      "Starts a server on this machine that serves small models, and runs lock, plan, install, ci, verify and list against\nit, in a folder that is removed again. Exits with 0 only if every step did what it says.",
    examples: [{ line: "preload demo", does: "takes a few seconds" }],
    load: () => import("../commands/demo.ts"),
  },
];
