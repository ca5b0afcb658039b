import { formatRef, PreloadError, type Ref } from "@preload/core";

/** True for a ref that names an address, and not a name that the client's own table knows. */
export function isAddress({ name }: Ref): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(name);
}

/**
 * The address that a ref names, exactly as it is written: clients make file names of its text.
 *
 * @throws PreloadError `BAD_REF`
 */
export function addressOf(ref: Ref): string {
  const why = whyNoAddress(ref.name);
  if (why === undefined) return ref.name;
  throw new PreloadError("BAD_REF", `${formatRef(ref)}: ${why}`, {
    hint: `An example is ${ref.scheme}:https://models.example.com/words.txt; an @ inside of it is written %40.`,
  });
}

function whyNoAddress(text: string): string | undefined {
  if (!/^https?:\/\/[^/]/.test(text)) return "it is no https address";
  if (!URL.canParse(text)) return "it is no address";
  const { hash, pathname } = new URL(text);
  if (hash !== "") return "an address of a file has no #";
  if (pathname.endsWith("/")) return "it names a folder, not a file";
  return undefined;
}

/** The last part of an address's path, as it stands there. */
export function baseName(address: string): string {
  const { pathname } = new URL(address);
  return pathname.slice(pathname.lastIndexOf("/") + 1);
}

/** The only revision that a file has. @throws PreloadError `BAD_REF` for anything else */
export function refuseNoDigest({ scheme, name, revision }: Ref): void {
  if (revision === undefined || /^[0-9a-f]{64}$/.test(revision)) return;
  throw new PreloadError("BAD_REF", `${scheme}:${name}@${revision}: a file has no revision but its sha256`, {
    hint: `Write ${scheme}:${name}, or its 64 hexadecimal digits after the @.`,
  });
}
