// Puts the action into one file, dist/index.js, and the licenses of what is in it beside it. With --check, compares.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));
const root = join(here, "../..");

/** The text of every file of dist/, by name: from the same sources the same, wherever they lie. */
export async function bundle(entry = "src/run.ts") {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(here, entry)],
    outfile: "index.js",
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["source", "node", "import", "default"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "error",
    // What is inside of libraries from before ECMAScript modules.
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    plugins: [heardByUs, namesKept],
  });
  return { "index.js": outputFiles[0].text, "licenses.txt": licenses(Object.keys(metafile.inputs)) };
}

/** What @actions/cache tells the log, starts and downloads goes through us; see src/cache-log.ts, cache-exec.ts, cache-http.ts. */
const ours = { core: "cache-log.ts", exec: "cache-exec.ts", "http-client": "cache-http.ts" };

const heardByUs = {
  name: "heard-by-us",
  setup(build) {
    build.onResolve({ filter: /^@actions\/(core|exec|http-client)$/ }, ({ path, importer }) => {
      if (!/[\\/]@actions[\\/]cache[\\/]/.test(importer)) return undefined;
      const name = path.slice("@actions/".length);
      // What the service itself is asked with stays as it is.
      if (name === "http-client" && !importer.endsWith("downloadUtils.js")) return undefined;
      return { path: join(here, "src", ours[name]) };
    });
  },
};

/**
 * @actions/cache tells its errors apart by the names of their classes, which a bundler changes. Not for all files: a thread
 * of ours is started with the text of a function, and keeping names would put calls into it that are defined elsewhere.
 */
const namesKept = {
  name: "names-kept",
  setup(build) {
    build.onLoad({ filter: /@actions[\\/]cache[\\/]lib[\\/].*\.js$/ }, async ({ path }) => ({
      contents: (await transform(readFileSync(path, "utf8"), { keepNames: true, target: "node20" })).code,
    }));
  },
};

/** Of each library that is in the bundle: its name, its version, its license and the text of it. */
function licenses(inputs) {
  const folders = new Map();
  for (const input of inputs.filter((path) => path.includes("node_modules/"))) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? [];
    if (folder) folders.set(folder, JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")));
  }
  const said = [...folders].map(([folder, { name, version, license }]) => {
    const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const texts = files.sort().map((file) =>
      readFileSync(join(root, folder, file), "utf8")
        .replaceAll("\r\n", "\n")
        .trim(),
    );
    return `${name} ${version}\n${license}\n\n${texts.join("\n\n")}`.trim();
  });
  return `${[...new Set(said)].sort().join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

async function main() {
  const files = await bundle();
  const dist = join(here, "dist");
  const isSame = ([name, text]) => text === readFileSync(join(dist, name), "utf8");
  if (!process.argv.includes("--check")) {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dist, name), text);
  } else if (!Object.entries(files).every(isSame)) {
    console.error("apps/action/dist is not what its sources say. Run `npm run action`, and commit what it writes.");
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
