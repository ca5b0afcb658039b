import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import type { Fetchers } from "@preload/core";
import type { Variable } from "../environment/client-variables.ts";
import { fetchersInUse } from "../in-use.ts";
import type { Session } from "../session.ts";

/** The folder from which Python imports the plugin. What says that it is a plugin lies beside it, so pytest finds it by itself. */
export const pluginDir: string = fileURLToPath(new URL("./python", import.meta.url));

/** What makes the plugin available to a pytest, and is nothing to any other program. */
export function pytestVariables(session: Session): Variable[] {
  const { env } = session.machine;
  const ask = { name: "PRELOAD_PYTEST", value: JSON.stringify(commandToAsk(session)), kind: "setting" } as const;
  return [{ name: "PYTHONPATH", value: pluginDir, kind: "path" }, ask, ...named(env.PYTEST_PLUGINS, env)];
}

/** The same variables with the plugin's, where each name stands once. */
export function withPytest(variables: readonly Variable[], session: Session): Variable[] {
  const added = [...pytestVariables(session), rulesBefore(session)];
  const merged = variables.map((variable) => {
    const more = added.find(({ name, kind }) => name === variable.name && kind === "path");
    return more === undefined ? variable : { ...variable, value: [variable.value, more.value].join(delimiter) };
  });
  return [...merged, ...added.filter(({ name }) => !variables.some((variable) => variable.name === name))];
}

/** The rules by which the directories were chosen, which from then on are chosen by the variables that name them. */
function rulesBefore(session: Session): Variable {
  const rules = fetchersInUse(session).map(({ name, dir, dirRule }) => [name, { dir, rule: dirRule }]);
  return { name: "PRELOAD_RULES", value: JSON.stringify(Object.fromEntries(rules)), kind: "setting" };
}

/** The same fetchers; where a directory is what `preload exec` chose, with the rule by which it did. */
export function asChosen(fetchers: Fetchers, env: Session["machine"]["env"]): Fetchers {
  const chosen = chosenIn(env.PRELOAD_RULES);
  return Object.fromEntries(
    Object.entries(fetchers).map(([name, fetcher]) => {
      const { dir, rule } = chosen[name] ?? {};
      return [name, rule !== undefined && dir === fetcher.dir ? { ...fetcher, dirRule: rule } : fetcher];
    }),
  );
}

type Chosen = Readonly<Record<string, { readonly dir?: string; readonly rule?: string } | undefined>>;

/** A text that somebody else has put there says nothing. */
function chosenIn(text: string | undefined): Chosen {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? (value as Chosen) : {};
  } catch {
    return {};
  }
}

/** A pytest that is told to look for no plugins has to be told of this one. */
function named(before: string | undefined, env: Session["machine"]["env"]): Variable[] {
  if (!env.PYTEST_DISABLE_PLUGIN_AUTOLOAD) return [];
  const others = (before ?? "").split(",").filter((name) => name !== "" && name !== plugin);
  return [{ name: "PYTEST_PLUGINS", value: [...others, plugin].join(","), kind: "setting" }];
}

const plugin = "preload_pytest";

/** The command line that says of models whether they are ready; their refs are put behind it. */
function commandToAsk({ config, flags, machine }: Session): string[] {
  const bin = fileURLToPath(new URL("./bin.cjs", import.meta.url));
  return [
    process.execPath,
    bin,
    "pytest-plugin",
    "--json",
    ...["--cwd", machine.cwd],
    ...(config.path === undefined ? [] : ["--config", config.path]),
    ...(flags.cacheRoot === undefined ? [] : ["--cache-root", flags.cacheRoot]),
    ...(flags.python === undefined ? [] : ["--python", flags.python]),
  ];
}
