import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Options } from "tsup";

/** A file to be, and the parts that begin it: the names of dynamically imported modules, without their hash. */
interface Group {
  readonly file: string;
  readonly entries: readonly string[];
}

/**
 * Puts what is loaded together into one file each. The bundler makes a file of each set of modules that the same parts
 * share, and finding, reading and linking thirty small files takes a third of a warm run, and a tenth of a cold one.
 *
 *   run.js  ->  chunk-A.js  ->  chunk-B.js             run.js  ->  start.js
 *   mend.js  ->  chunk-B.js                    to      mend.js  ->  start.js
 *
 * The small files stay as names for what is in the large one, so that what is loaded later finds the same classes there.
 * A group may import from those before it.
 */
export function mergeStart({ groups }: { groups: readonly Group[] }) {
  let esbuild: Esbuild | undefined;
  return {
    plugin: {
      name: "merge-start",
      setup(build: PluginBuild) {
        esbuild = build.esbuild;
        // Commander has it for commands that are programs of their own, which ours are not. Loading it takes 8 ms.
        build.onResolve({ filter: /^(node:)?child_process$/ }, ({ importer, path }) =>
          importer.includes("commander") ? { path, namespace: "on-demand" } : undefined,
        );
        build.onLoad({ filter: /./, namespace: "on-demand" }, () => ({
          contents:
            'module.exports = { get spawn() { return process.getBuiltinModule("node:child_process").spawn; } };',
        }));
      },
    },
    async run(dir: string) {
      if (!esbuild) return;
      for (const [index, group] of groups.entries()) await merge(esbuild, resolve(dir), group, groups.slice(0, index));
      await alone(esbuild, "src/bin.ts", join(dir, "bin.cjs"));
      await chmod(join(dir, "bin.cjs"), 0o755);
      await alone(esbuild, "src/exec/inside/supervisor.ts", join(dir, "supervisor.cjs"));
      await alone(esbuild, "../../packages/guards/src/node-guard.ts", join(dir, "node-guard.cjs"));
    },
  };
}

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];
type PluginBuild = Parameters<Plugin["setup"]>[0];
type Esbuild = PluginBuild["esbuild"];

/** What the system or a program of another kind starts by itself: CommonJS, since the loader of modules takes longer than all it has to do. */
async function alone(esbuild: Esbuild, entry: string, outfile: string): Promise<void> {
  await esbuild.build({
    entryPoints: [resolve(entry)],
    outfile,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    conditions: ["source"],
    minifySyntax: true,
    minifyWhitespace: true,
    // The guard brings a function along that finds files beside it, and does not call it.
    logOverride: { "empty-import-meta": "silent" },
    plugins: [
      {
        name: "run-later",
        setup: (build) => build.onResolve({ filter: /^\.\/run\.ts$/ }, () => ({ path: "./run.js", external: true })),
      },
    ],
  });
}

async function merge(
  esbuild: Esbuild,
  dir: string,
  { file, entries }: Group,
  earlier: readonly Group[],
): Promise<void> {
  const texts = await scripts(dir);
  const done = new Set(["run.js", ...earlier.map((group) => group.file)]);
  const merged = reachable(texts, entries, done).filter((name) => !isShim(texts.get(name) ?? "", earlier));
  const exported = await exportsOf(esbuild, dir, merged);
  const unique = (name: string, from: string) => `${name}_${merged.indexOf(from)}`;
  const list = (from: string, show: (name: string) => string) => (exported.get(from) ?? []).map(show).join(",");
  const all = merged.map(
    (from) => `export{${list(from, (name) => `${name} as ${unique(name, from)}`)}}from"./${from}";`,
  );
  await esbuild.build({
    stdin: { contents: all.join("\n"), resolveDir: dir },
    outfile: join(dir, file),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [onlyThese(merged)],
  });
  for (const from of merged) {
    const shim = `export{${list(from, (name) => `${unique(name, from)} as ${name}`)}}from"./${file}";\n`;
    await writeFile(join(dir, from), shim);
  }
  // Those that stay know the large file by name, instead of by way of the small ones.
  for (const [name, text] of texts) {
    if (merged.includes(name)) continue;
    const changed = pointed(text, merged, file, unique);
    if (changed !== text) await writeFile(join(dir, name), changed);
  }
}

function isShim(text: string, earlier: readonly Group[]): boolean {
  return earlier.some(({ file }) => text.startsWith("export{") && text.endsWith(`}from"./${file}";\n`));
}

/** The text of a module that imports from the large file what it has imported from the small ones. */
function pointed(
  text: string,
  merged: readonly string[],
  file: string,
  unique: (name: string, from: string) => string,
): string {
  const named = text.replaceAll(/import\{([^}]*)\}from"\.\/([^"]+)"/g, (all, imports: string, from: string) => {
    if (!merged.includes(from)) return all;
    const renamed = imports.split(",").map((one) => {
      const [name = "", as = name] = one.split(" as ");
      return `${unique(name, from)} as ${as}`;
    });
    return `import{${renamed.join(",")}}from"./${file}"`;
  });
  return named.replaceAll(/import"\.\/([^"]+)"/g, (all, from: string) =>
    merged.includes(from) ? `import"./${file}"` : all,
  );
}

async function scripts(dir: string): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(dir)).filter((name) => name.endsWith(".js"));
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(dir, file), "utf8")] as const)),
  );
}

/** What the entries import, directly or not; without `run.js`, which waits for its own end and cannot be waited for. */
function reachable(
  texts: ReadonlyMap<string, string>,
  entries: readonly string[],
  without: ReadonlySet<string>,
): string[] {
  const found = new Set<string>();
  const queue = [...texts.keys()].filter((file) =>
    entries.some((entry) => file.replace(/-[A-Z0-9]+\.js$/, "").replace(/\.js$/, "") === entry),
  );
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const [, next] of (texts.get(file) ?? "").matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g))
      queue.push(next ?? "");
  }
  return [...found].filter((file) => !without.has(file)).sort();
}

async function exportsOf(esbuild: Esbuild, dir: string, files: string[]): Promise<ReadonlyMap<string, string[]>> {
  const { metafile } = await esbuild.build({
    entryPoints: files.map((file) => join(dir, file)),
    outdir: dir,
    absWorkingDir: dir,
    format: "esm",
    metafile: true,
    write: false,
  });
  return new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output.exports]));
}

/** Leaves everything else where it is, and loads it when it is asked for. */
function onlyThese(files: readonly string[]): Plugin {
  return {
    name: "only-these",
    setup(build) {
      build.onResolve({ filter: /^\.\// }, ({ path, kind }) =>
        files.includes(path.slice(2)) && kind === "import-statement" ? undefined : { path, external: true },
      );
    },
  };
}
