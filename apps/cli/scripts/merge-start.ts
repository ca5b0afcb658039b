import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Options } from "tsup";

/**
 * Puts what a warm run loads into one file. The bundler makes a file of each set of modules that the same parts share,
 * and finding, reading and linking thirty small files takes a third of such a run.
 *
 *   run.js  ->  chunk-A.js  ->  chunk-B.js             run.js  ->  start.js
 *   mend.js  ->  chunk-B.js                    to      mend.js  ->  chunk-B.js  ->  start.js
 *
 * The small files stay as names for what is in the large one, so that what is loaded later finds the same classes there.
 */
export function mergeStart({ entries }: { entries: readonly string[] }) {
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
      await merge(esbuild, resolve(dir), entries);
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

async function merge(esbuild: Esbuild, dir: string, entries: readonly string[]): Promise<void> {
  const texts = await scripts(dir);
  const merged = reachable(texts, entries);
  const exported = await exportsOf(esbuild, dir, merged);
  const unique = (name: string, file: string) => `${name}_${merged.indexOf(file)}`;
  const list = (file: string, show: (name: string) => string) => (exported.get(file) ?? []).map(show).join(",");
  const all = merged.map(
    (file) => `export{${list(file, (name) => `${name} as ${unique(name, file)}`)}}from"./${file}";`,
  );
  await esbuild.build({
    stdin: { contents: all.join("\n"), resolveDir: dir },
    outfile: join(dir, "start.js"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [onlyThese(merged)],
  });
  for (const file of merged) {
    const shim = `export{${list(file, (name) => `${unique(name, file)} as ${name}`)}}from"./start.js";\n`;
    await writeFile(join(dir, file), shim);
  }
  // The one that is started knows the large file by name, instead of by way of the small ones.
  let text = texts.get("run.js") ?? "";
  for (const file of merged) {
    text = text.replaceAll(new RegExp(`import\\{([^}]*)\\}from"\\./${file}"`, "g"), (_, imports: string) => {
      const renamed = imports.split(",").map((one) => {
        const [name = "", as = name] = one.split(" as ");
        return `${unique(name, file)} as ${as}`;
      });
      return `import{${renamed.join(",")}}from"./start.js"`;
    });
    text = text.replaceAll(`import"./${file}"`, 'import"./start.js"');
  }
  await writeFile(join(dir, "run.js"), text);
}

async function scripts(dir: string): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(dir)).filter((name) => name.endsWith(".js"));
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(dir, file), "utf8")] as const)),
  );
}

/** What the entries import, directly or not; without `run.js`, which waits for its own end and cannot be waited for. */
function reachable(texts: ReadonlyMap<string, string>, entries: readonly string[]): string[] {
  const found = new Set<string>();
  const queue = [...texts.keys()].filter((file) =>
    entries.some((entry) => file.replace(/-[A-Z0-9]+\.js$/, "") === entry),
  );
  queue.push("run.js");
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const [, next] of (texts.get(file) ?? "").matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g))
      queue.push(next ?? "");
  }
  found.delete("run.js");
  return [...found].sort();
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
