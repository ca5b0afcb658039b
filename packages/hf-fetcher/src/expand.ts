import { posix, win32 } from "node:path";
import { type Machine, PreloadError } from "@preload/core";

/** The path rules of the machine's platform, which need not be the one we run on. */
export function pathsOf(machine: Pick<Machine, "platform">): typeof posix {
  return machine.platform === "win32" ? win32 : posix;
}

/** `os.path.expandvars(os.path.expanduser(path))`, in this order, as huggingface_hub calls them. */
export function expand(path: string, machine: Machine): string {
  return expandVariables(expandUser(path, machine), machine);
}

/**
 * Python's `os.path.expanduser`.
 *
 * @throws PreloadError `BAD_CONFIG` for the home of somebody else, which only the user database knows
 */
export function expandUser(path: string, machine: Machine): string {
  const windows = machine.platform === "win32";
  const [, user, rest = ""] = (windows ? /^~([^/\\]*)(.*)$/s : /^~([^/]*)(.*)$/s).exec(path) ?? [];
  if (user === undefined) return path;
  const home = user === "" ? machine.home : homeOf(user, machine);
  return (windows ? home : home.replace(/\/+$/, "")) + rest || "/";
}

function homeOf(user: string, machine: Machine): string {
  const paths = pathsOf(machine);
  const { env, platform, home } = machine;
  if (user === (env["USER"] ?? env["LOGNAME"] ?? env["USERNAME"])) return home;
  // Python guesses so, too, where the home is named after its owner.
  if (platform === "win32" && paths.basename(home) === env["USERNAME"]) return paths.join(paths.dirname(home), user);
  if (platform !== "win32" && user === "root") return platform === "darwin" ? "/var/root" : "/root";
  throw new PreloadError("BAD_CONFIG", `~${user} is the home of another user, and not known here`, {
    hint: "Write the directory in full.",
  });
}

/** Python's `os.path.expandvars`: a variable that is not set stays as it is written. */
function expandVariables(path: string, machine: Machine): string {
  return machine.platform === "win32" ? expandOnWindows(path, machine) : expandOnPosix(path, machine);
}

function expandOnPosix(path: string, { env }: Machine): string {
  return path.replace(
    /\$(\w+|\{[^}]*\})/g,
    (written, name: string) => env[name.replace(/^\{(.*)\}$/s, "$1")] ?? written,
  );
}

// Quoted parts stay, `%%` and `$$` stand for one character, and case does not count.
function expandOnWindows(path: string, { env }: Machine): string {
  const upper = new Map(Object.entries(env).map(([name, value]) => [name.toUpperCase(), value]));
  return path.replace(
    /'[^']*'?|%%|\$\$|%([^%]+)%|\$\{([^}]*)\}|\$([\w-]+)/g,
    (written, ...names: (string | undefined)[]) => {
      if (written === "%%" || written === "$$") return written.slice(1);
      const name = names.slice(0, 3).find((found) => found !== undefined);
      return (name === undefined ? undefined : upper.get(name.toUpperCase())) ?? written;
    },
  );
}
