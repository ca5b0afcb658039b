import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { tempDir } from "@preload/core/testing";
import { expect, test } from "vitest";
import { scan } from "../src/index.ts";
import { type Published, published } from "./support/published.ts";
import { type Figures, figuresOf, foundAt } from "./support/sites.ts";

// A folder with the sources, by name; what is on PyPI is downloaded into it. Not set: the default suite stays on this machine.
const folder = process.env.PRELOAD_PUBLISHED_CODE;
const run = promisify(execFile);

test.skipIf(!folder)("published code is told as a person tells it", { timeout: 600_000 }, async () => {
  const told: Figures[] = [];
  const wrong: string[] = [];
  for (const source of await published()) {
    const cwd = await sourceOf(source, folder ?? "");
    if (cwd === undefined) continue;
    // Of a library of forty megabytes only these files are read: nothing in them is named elsewhere.
    const paths = source.isAlone ? source.sites.map(({ file }) => file) : ["."];
    const { findings } = await scan(paths, { cwd });
    const figures = figuresOf(source.sites, findings);
    told.push(figures);
    for (const site of source.sites) {
      const found = foundAt(site, findings);
      if (found.join(" ") === site.expected.join(" ")) continue;
      wrong.push(`${source.name} ${site.file}:${site.line}: ${site.expected.join(" ")} is told as ${found.join(" ")}`);
    }
    process.stdout.write(`${source.name} ${source.version.slice(0, 8)}: ${figures.exact} of ${figures.sites} exact\n`);
  }
  const sum = (of: (one: Figures) => number) => told.reduce((all, one) => all + of(one), 0);
  const precision = sum(({ right }) => right) / sum(({ named }) => named);
  const recall = sum(({ right }) => right) / sum(({ loaded }) => loaded);
  process.stdout.write(
    `${wrong.join("\n")}\n${sum(({ exact }) => exact)} of ${sum(({ sites }) => sites)} sites exact\n`,
  );
  process.stdout.write(`precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}\n`);

  expect(sum(({ exact }) => exact) / sum(({ sites }) => sites)).toBeGreaterThanOrEqual(0.95);
  expect(precision).toBeGreaterThanOrEqual(0.8);
  expect(recall).toBeGreaterThanOrEqual(0.95);
});

/** Where the source lies; undefined for one that is not there and cannot be downloaded. */
async function sourceOf({ from, name, version, form }: Published, dir: string): Promise<string | undefined> {
  const path = join(dir, `${name.replace("/", "+")}-${version}`);
  if (existsSync(path)) return path;
  if (from !== "pypi") return undefined;
  const packed = await tempDir();
  const binary = form === "sdist" ? "--no-binary=:all:" : "--only-binary=:all:";
  await run("python3", ["-m", "pip", "download", "-q", "--no-deps", binary, "-d", packed, `${name}==${version}`]);
  const [archive = ""] = await readdir(packed);
  await mkdir(path, { recursive: true });
  await run("python3", [
    "-c",
    "import shutil, sys; shutil.unpack_archive(*sys.argv[1:])",
    join(packed, archive),
    path,
    form === "sdist" ? "gztar" : "zip",
  ]);
  const [inner = ""] = await readdir(path);
  return form === "sdist" ? join(path, inner) : path;
}
