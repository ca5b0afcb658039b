import { type Fetcher, formatRef, PreloadError, type Ref } from "@preload/core";
import { type CacheDir, expandUser, pathOf } from "./cache-dir.ts";
import { type FileClient, type FileFetcherOptions, fileFetcher, mirrorsOf } from "./file-fetcher.ts";
import type { NltkPackage } from "./nltk-index.ts";

/** Where the index of all packages and the packages are: `<base>index.xml`, `<base>packages/<subdir>/<id>.zip`. */
export const nltkBase = "https://raw.githubusercontent.com/nltk/nltk_data/gh-pages/";

/** What nltk.data.find looks through: `<subdir>/<id>/…`, or `<subdir>/<id>.zip` for what is read packed. */
export const nltkClient: Omit<FileClient, "resolve"> = {
  name: "nltk",
  /** The first entry of `NLTK_DATA`, else `~/nltk_data`: of the places that are searched, those of the user. */
  cacheDir(machine): CacheDir {
    const { join, resolve } = pathOf(machine);
    const separator = machine.platform === "win32" ? ";" : ":";
    const first = (machine.env.NLTK_DATA ?? "").split(separator).find((entry) => entry !== "");
    if (first === undefined) return { dir: join(machine.home, "nltk_data"), rule: "default" };
    return { dir: resolve(machine.cwd, expandUser(first, machine)), rule: "NLTK_DATA" };
  },
  environment: (dir) => ({ prepend: { NLTK_DATA: dir } }),
  mirrors: (endpoints) => mirrorsOf(nltkBase, endpoints),
  refuseBad(ref) {
    if (ref.revision !== undefined) {
      throw new PreloadError("BAD_REF", `${formatRef(ref)}: NLTK's data has no versions`, {
        hint: `Write nltk:${ref.name}; the lock says which bytes it was.`,
      });
    }
    if (!/^[\w.-]+$/.test(ref.name) || ref.name.startsWith(".")) {
      throw new PreloadError("BAD_REF", `${formatRef(ref)}: ${JSON.stringify(ref.name)} is no name of a package`);
    }
  },
  owns: ({ name }: Ref) => {
    return (path) => {
      const [subdir = "", top = ""] = path.split("/");
      return /^[a-z_]+$/.test(subdir) && (top === name || path === `${subdir}/${name}.zip`);
    };
  },
};

/** What NLTK wants: its data packages, unpacked where its downloader would unpack them. */
export function nltk(options: FileFetcherOptions = {}): Fetcher {
  let index: Promise<readonly NltkPackage[]> | undefined;
  const resolve: FileClient["resolve"] = async (ref, source) => {
    const [{ resolveNltk }, { fetchIndex }] = await Promise.all([
      import("./resolve-nltk.ts"),
      import("./nltk-index.ts"),
    ]);
    // One index for all refs. A failure is not kept: the next ref may fare better.
    index ??= fetchIndex(source);
    index.catch(() => (index = undefined));
    return resolveNltk(ref, await index, source);
  };
  return fileFetcher({ ...nltkClient, resolve }, options);
}

/** The zod schema of what the config may say beside an `nltk:` ref: nothing. Loads the validator. */
export async function nltkOptions(): Promise<typeof import("./options.ts").noSchema> {
  return (await import("./options.ts")).noSchema;
}
