import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { sha256 } from "@preload/core/testing";
import { type Catalog, type SpacyRelease, spacyRelease } from "@preload/demo-origin";
import { expect, inject } from "vitest";
import { askPython } from "../src/ask-client.ts";
import { pythonOf, sitePackagesOf } from "../src/make-environment.ts";
import { proves, pythonClient } from "../src/proves.ts";
import { succeed } from "../src/run-program.ts";
import { type World, world } from "../src/world.ts";

const name = "en_core_web_sm";
const text = "Ada Lovelace lived in London.";
const entities = [
  ["Ada Lovelace", "PERSON"],
  ["London", "GPE"],
];

interface Loaded {
  readonly version: string;
  readonly entities: readonly (readonly [string, string])[];
  readonly distribution: unknown;
  readonly files: unknown;
  readonly installed: boolean;
  readonly entry_points: readonly string[];
}

const lines = { newest: { key: "3.8", version: "3.8.1", older: "3.8.0" }, spacy37: { key: "3.7", version: "3.7.1" } };

for (const place of ["newest", "spacy37"] as const) {
  const spacy = pythonClient(place, "spaCy");
  const { key, version } = lines[place];
  const everywhere = { version, entities, distribution: version, files: true, installed: true, entry_points: [name] };

  proves(spacy, "loads a pipeline by name through PYTHONPATH, and lists it as installed", async () => {
    const here = await world(catalog());
    await here.preloaded([`spacy:${name}`], { config: `profiles: { all: [] }\nspacy: { version: "${key}" }\n` });

    expect(await loaded(here, place, { env: { PYTHONPATH: here.spacy } })).toEqual(everywhere);
  });

  proves(spacy, "loads it by name through a .pth file of a virtual environment", async () => {
    const here = await world(catalog());
    const venv = await venvOn(here, place);
    await here.preloaded([`spacy:${name}@${version}`]);
    await writeFile(join(venv.sitePackages, "pipelines.pth"), `${here.spacy}\n`);

    expect(await loaded(here, place, { python: venv.python })).toEqual(everywhere);
  });

  proves(spacy, "loads it by name from the site-packages of a virtual environment", async () => {
    const here = await world(catalog());
    const venv = await venvOn(here, place);
    const into = `profiles: { all: ["spacy:${name}@${version}"] }\ndefault: [all]\nspacy: { python: ${venv.dir}, into: site-packages }\n`;
    await here.preloaded([], { config: into });

    expect(await loaded(here, place, { python: venv.python })).toEqual(everywhere);
  });

  proves(spacy, "loads it by path, with nothing on PYTHONPATH", async () => {
    const here = await world(catalog());
    await here.preloaded([`spacy:${name}@${version}`]);

    const path = join(here.spacy, name, `${name}-${version}`);
    expect(await loaded(here, place, { path })).toMatchObject({ version, entities });
  });

  if (place === "spacy37") continue;

  proves(spacy, "finds the second version of a pipeline only, once it has replaced the first", async () => {
    const here = await world(catalog());
    await here.preloaded([`spacy:${name}@${lines.newest.older}`]);
    const before = await loaded(here, place, { env: { PYTHONPATH: here.spacy } });
    await here.preloaded([`spacy:${name}@${version}`]);

    const after = await loaded(here, place, { env: { PYTHONPATH: here.spacy } });

    expect(before).toMatchObject({ version: lines.newest.older, distribution: lines.newest.older });
    expect(after).toEqual(everywhere);
  });

  proves(spacy, "finds entities with the published en_core_web_sm", async ({ skip }) => {
    const wheel = process.env.PRELOAD_INTEROP_EN_CORE_WEB_SM;
    if (!wheel) return skip("no copy of the published wheel is at hand; name one in PRELOAD_INTEROP_EN_CORE_WEB_SM");
    const published = basename(wheel).split("-")[1] ?? "";
    const bytes = await readFile(wheel);
    const here = await world({
      ...catalog(),
      spacy: [spacyRelease({ name, version: published, wheel: bytes, spacyKeys: [key] })],
    });
    await here.preloaded([`spacy:${name}@${published}`]);

    expect(await loaded(here, place, { env: { PYTHONPATH: here.spacy } })).toEqual({
      ...everywhere,
      version: published,
      distribution: published,
    });
  });
}

/** Trained by spaCy, and packed by its own packager, in the layout of its releases. */
function catalog(): Catalog {
  const { missing } = inject("prepared");
  const old = missing["spacy37"] === undefined ? [release("3.7.1", "3.7")] : [];
  return { repos: [], whisper: [], spacy: [release("3.8.0", "3.8"), release("3.8.1", "3.8"), ...old], tokens: {} };
}

function release(version: string, key: string): SpacyRelease {
  const wheel = readFileSync(join(inject("prepared").madeDir, "spacy", `${name}-${version}-py3-none-any.whl`));
  return spacyRelease({ name, version, wheel, spacyKeys: [key], meta: { checksum_whl: sha256(wheel) } });
}

interface LoadOptions {
  readonly path?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly python?: string;
}

function loaded(here: World, place: "newest" | "spacy37", { path = "", ...options }: LoadOptions): Promise<Loaded> {
  return askPython(here, place, "spacy_loads.py", { name, path, text }, { network: "none", ...options });
}

/** A new virtual environment on top of a prepared one. */
async function venvOn(here: World, place: "newest" | "spacy37") {
  const dir = join(here.home, "venv");
  await succeed([pythonOf(place), "-m", "venv", "--without-pip", dir]);
  const sitePackages = join(dir, "lib/python3.11/site-packages");
  const below = place === "newest" ? [sitePackagesOf("newest"), sitePackagesOf("torch")] : [sitePackagesOf("spacy37")];
  await writeFile(join(sitePackages, "layers.pth"), `${below.join("\n")}\n`);
  return { dir, sitePackages, python: join(dir, "bin/python") };
}
