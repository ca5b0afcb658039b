import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PreloadError } from "@preload/core";
import type { Found } from "./python-project.ts";

/** The major version of Node that a workflow takes where the project says nothing. */
export const usualNode = "24";

/** Undefined where there is no `package.json`. */
export function nodeProject(dir: string): Found | undefined {
  const path = join(dir, "package.json");
  if (!existsSync(path)) return undefined;
  const { scripts, packageManager, dependencies, devDependencies } = read(path);
  const tool = toolOf(dir, packageManager);
  const needsInstall = [dependencies, devDependencies].some((list) => Object.keys(list ?? {}).length > 0);
  // What `npm init` writes there is no test.
  const hasTests = scripts?.test !== undefined && !scripts.test.includes("no test specified");
  return {
    version: versionFor(dir),
    setUp: needsInstall ? tool.setUp : [],
    tests: hasTests ? [`${tool.name} test`] : [],
  };
}

/** That of its encoding, which some editors put in front; Node and npm take it for nothing. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

interface PackageJson {
  readonly scripts?: { readonly test?: string };
  readonly packageManager?: string;
  readonly dependencies?: object;
  readonly devDependencies?: object;
}

function read(path: string): PackageJson {
  try {
    return JSON.parse(withoutMark(readFileSync(path, "utf8"))) as PackageJson;
  } catch (error) {
    throw new PreloadError("BAD_CONFIG", `${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function toolOf(dir: string, packageManager = ""): { name: string; setUp: string[] } {
  const has = (name: string) => existsSync(join(dir, name));
  const [named = "", version = ""] = packageManager.split("+", 1)[0]?.split("@") ?? [];
  const at = version === "" ? "" : `@${version}`;
  if (has("pnpm-lock.yaml") || named === "pnpm") {
    return { name: "pnpm", setUp: [`npm install --global pnpm${at}`, "pnpm install --frozen-lockfile"] };
  }
  if (has("yarn.lock") || named === "yarn") {
    return { name: "yarn", setUp: ["npm install --global corepack", "corepack enable", "yarn install --immutable"] };
  }
  return { name: "npm", setUp: [has("package-lock.json") ? "npm ci" : "npm install"] };
}

/** What the project names, unless our own command is older than that. */
function versionFor(dir: string): string {
  const texts = [".nvmrc", ".node-version"].filter((name) => existsSync(join(dir, name)));
  const [first] = texts.map((name) => /^v?(\d+)/.exec(readFileSync(join(dir, name), "utf8").trim())?.[1]);
  return first !== undefined && Number(first) >= 20 ? first : usualNode;
}
