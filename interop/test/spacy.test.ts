import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { spacyRelease } from "@preload/demo-origin";
import { expect } from "vitest";
import { pipelineName, spacyLoads, withPipelines } from "../src/checks/spacy-loads.ts";
import { pythonOf, sitePackagesOf } from "../src/make-environment.ts";
import { proves, pythonClient } from "../src/proves.ts";
import { succeed } from "../src/run-program.ts";
import type { World } from "../src/world.ts";

const name = pipelineName;
const entities = [
  ["Ada Lovelace", "PERSON"],
  ["London", "GPE"],
];

const lines = { newest: { key: "3.8", version: "3.8.1", older: "3.8.0" }, spacy37: { key: "3.7", version: "3.7.1" } };

for (const place of ["newest", "spacy37"] as const) {
  const spacy = pythonClient(place, "spaCy");
  const { key, version } = lines[place];
  const everywhere = { version, entities, distribution: version, files: true, installed: true, entry_points: [name] };

  proves(spacy, "loads a pipeline by name through PYTHONPATH, and lists it as installed", async () => {
    const here = await withPipelines();
    await here.preloaded([`spacy:${name}`], { config: `profiles: { all: [] }\nspacy: { version: "${key}" }\n` });

    expect(await spacyLoads(here, place, { env: { PYTHONPATH: here.spacy } })).toEqual(everywhere);
  });

  proves(spacy, "loads it by name through a .pth file of a virtual environment", async () => {
    const here = await withPipelines();
    const venv = await venvOn(here, place);
    await here.preloaded([`spacy:${name}@${version}`, "--python", venv.dir]);

    expect(await spacyLoads(here, place, { python: venv.python })).toEqual(everywhere);
  });

  proves(spacy, "loads it by name from the site-packages of a virtual environment", async () => {
    const here = await withPipelines();
    const venv = await venvOn(here, place);
    const into = `profiles: { all: ["spacy:${name}@${version}"] }\ndefault: [all]\nspacy: { python: ${venv.dir}, into: site-packages }\n`;
    await here.preloaded([], { config: into });

    expect(await spacyLoads(here, place, { python: venv.python })).toEqual(everywhere);
  });

  proves(spacy, "loads it by path, with nothing on PYTHONPATH", async () => {
    const here = await withPipelines();
    await here.preloaded([`spacy:${name}@${version}`]);

    const path = join(here.spacy, name, `${name}-${version}`);
    expect(await spacyLoads(here, place, { path })).toMatchObject({ version, entities });
  });

  if (place === "spacy37") continue;

  proves(spacy, "finds the second version of a pipeline only, once it has replaced the first", async () => {
    const here = await withPipelines();
    await here.preloaded([`spacy:${name}@${lines.newest.older}`]);
    const before = await spacyLoads(here, place, { env: { PYTHONPATH: here.spacy } });
    await here.preloaded([`spacy:${name}@${version}`]);

    const after = await spacyLoads(here, place, { env: { PYTHONPATH: here.spacy } });

    expect(before).toMatchObject({ version: lines.newest.older, distribution: lines.newest.older });
    expect(after).toEqual(everywhere);
  });

  proves(spacy, "finds entities with the published en_core_web_sm", async ({ skip }) => {
    const wheel = process.env.PRELOAD_INTEROP_EN_CORE_WEB_SM;
    if (!wheel) return skip("no copy of the published wheel is at hand; name one in PRELOAD_INTEROP_EN_CORE_WEB_SM");
    const published = basename(wheel).split("-")[1] ?? "";
    const bytes = await readFile(wheel);
    const here = await withPipelines(spacyRelease({ name, version: published, wheel: bytes, spacyKeys: [key] }));
    await here.preloaded([`spacy:${name}@${published}`]);

    expect(await spacyLoads(here, place, { env: { PYTHONPATH: here.spacy } })).toEqual({
      ...everywhere,
      version: published,
      distribution: published,
    });
  });
}

/** A new virtual environment on top of a prepared one. */
async function venvOn(here: World, place: "newest" | "spacy37") {
  const dir = join(here.home, "venv");
  await succeed([pythonOf(place), "-m", "venv", "--without-pip", dir]);
  const sitePackages = join(dir, "lib/python3.11/site-packages");
  const below = place === "newest" ? [sitePackagesOf("newest"), sitePackagesOf("torch")] : [sitePackagesOf("spacy37")];
  await writeFile(join(sitePackages, "layers.pth"), `${below.join("\n")}\n`);
  return { dir, python: join(dir, "bin/python") };
}
