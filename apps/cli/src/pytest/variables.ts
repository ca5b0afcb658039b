import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import type { Variable } from "../environment/client-variables.ts";
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
  const added = pytestVariables(session);
  const merged = variables.map((variable) => {
    const more = added.find(({ name, kind }) => name === variable.name && kind === "path");
    return more === undefined ? variable : { ...variable, value: [variable.value, more.value].join(delimiter) };
  });
  return [...merged, ...added.filter(({ name }) => !variables.some((variable) => variable.name === name))];
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
