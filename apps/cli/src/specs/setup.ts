import { Option } from "commander";
import type { CommandSpec } from "../command-spec.ts";
import { user } from "../flags.ts";

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
    load: () => import("../commands/init.ts"),
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
