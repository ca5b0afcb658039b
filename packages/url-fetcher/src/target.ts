import { createHash } from "node:crypto";
import { formatRef, PreloadError, type Ref, safePath } from "@preload/core";
import { addressOf, baseName } from "./address.ts";

/**
 * Where a `url:` ref's file or folder goes, relative to the directory. Without `target`, `<host>/<path>`, so that no two
 * addresses meet; a target that ends in `/` is a folder for the file. Of the address there are
 *
 *   {host} {path} {name}   its host, its path, the last part of that
 *   {sha1} {md5}           digests of its text, as tiktoken and pooch name their files
 *
 * @throws PreloadError `BAD_CONFIG` for what leads out of the directory, or hides a file in it
 */
export function targetOf(ref: Ref): string {
  const address = addressOf(ref);
  const { unzip } = ref.options;
  const written = typeof ref.options.target === "string" ? ref.options.target : undefined;
  const filled = filledIn(written ?? usual(unzip === true), address);
  const target = filled.endsWith("/") ? (unzip === true ? filled.slice(0, -1) : filled + baseName(address)) : filled;
  const why = whyRefused(target);
  if (why === undefined) return target;
  throw new PreloadError(
    "BAD_CONFIG",
    `${formatRef(ref)}: its target ${JSON.stringify(target)} cannot be used: ${why}`,
    {
      hint: "A target is a path below the directory, for example words/{name}.",
    },
  );
}

function usual(unzip: boolean): string {
  return unzip ? "{host}/{path-without-zip}" : "{host}/{path}";
}

function filledIn(template: string, address: string): string {
  const { host, pathname } = new URL(address);
  // What some file system has no name for; and nothing hidden, which programs read by themselves.
  const plain = (text: string) => text.replaceAll(/[^\w.+=%/-]/g, "_").replaceAll(/(^|\/)\./g, "$1_");
  const path = plain(pathname.slice(1).replaceAll(/\/+/g, "/"));
  const parts: Readonly<Record<string, string>> = {
    host: plain(host),
    path,
    "path-without-zip": path.replace(/\.zip$/i, ""),
    name: baseName(address),
    sha1: createHash("sha1").update(address).digest("hex"),
    md5: createHash("md5").update(address).digest("hex"),
  };
  return template.replaceAll(/\{([a-z0-9-]+)\}/g, (whole, name: string) => parts[name] ?? whole);
}

function whyRefused(target: string): string | undefined {
  if (/[{}]/.test(target)) return "it holds a part in braces that is not known";
  if (target.split("/").some((part) => part.startsWith("."))) return "a part of it begins with a dot";
  try {
    safePath(target, "win32");
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^.*: /, "");
  }
}
