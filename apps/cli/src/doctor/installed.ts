import { entriesIn, type Machine } from "@preload/core";
import { sitePackagesOf } from "@preload/spacy-fetcher";

const libraries = [
  "huggingface-hub",
  "transformers",
  "sentence-transformers",
  "spacy",
  "openai-whisper",
  "pyannote.audio",
  "torch",
  "torchaudio",
  "faster-whisper",
  "tokenizers",
] as const;

/** Which versions of the libraries that load models a Python environment has, read from its metadata folders. */
export type Installed = { readonly [library in (typeof libraries)[number]]?: string } & {
  /** How the environment was named; undefined when there is none to look at. */
  readonly venv?: string;
  readonly sitePackages?: string;
};

/** Looks into the environment without running its Python. @throws PreloadError `BAD_CONFIG` when it is none */
export function installedIn(venv: string | undefined, machine: Machine): Installed {
  if (!venv) return {};
  const { dir } = sitePackagesOf(venv, machine);
  const versions = new Map(
    entriesIn(dir).flatMap(({ name }) => {
      const [, library, version] = /^(.+)-([^-]+)\.dist-info$/.exec(name) ?? [];
      return library && version ? [[library.toLowerCase().replace(/[_.]+/g, "-"), version]] : [];
    }),
  );
  const found = libraries.flatMap((library) => {
    const version = versions.get(library.replace(".", "-"));
    return version ? [[library, version] as const] : [];
  });
  return { venv, sitePackages: dir, ...Object.fromEntries(found) };
}
