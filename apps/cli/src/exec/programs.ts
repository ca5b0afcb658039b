import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { codeOf } from "@preload/core";

export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** The file that a name means to a shell; a name with a slash is a path. Undefined when there is none that can be run. */
export function findProgram(name: string, place: Place, more: readonly string[] = []): string | undefined {
  return candidates(name, place, more).find((path) => whyNot(path) === undefined);
}

/** Why a command cannot be started: `ENOENT`, `EACCES`; undefined when nothing is known against it. */
export function whyNotStarted(name: string, place: Place): string | undefined {
  // In a folder that is closed to us there is nothing, as far as we know.
  const reasons = candidates(name, place, []).map((path) =>
    isThere(path) || name.includes("/") ? whyNot(path) : "ENOENT",
  );
  if (reasons.includes(undefined)) return undefined;
  return reasons.find((reason) => reason !== "ENOENT") ?? "ENOENT";
}

function candidates(name: string, { env, cwd }: Place, more: readonly string[]): string[] {
  if (name.includes("/")) return [isAbsolute(name) ? name : resolve(cwd, name)];
  const dirs = (env.PATH ?? "/usr/local/bin:/usr/bin:/bin").split(delimiter);
  return [...dirs, ...more].map((dir) => join(resolve(cwd, dir), name));
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function whyNot(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? undefined : "EACCES";
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOTDIR" ? "ENOENT" : code;
  }
}

/** Where tools for the system lie, which not everybody has in the PATH. */
export const systemDirs: readonly string[] = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];
