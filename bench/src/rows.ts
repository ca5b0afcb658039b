import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FixtureFile, wwwDir } from "./fixture.ts";
import type { Measure } from "./measure.ts";
import { cdnUrl, fileClient, jsClient, pythonClient, pythonEnv } from "./peers/clients.ts";
import { coldInstall, hubProject, Project } from "./peers/preload.ts";
import { packageDir, runDir } from "./places.ts";
import type { Peer, Row } from "./row.ts";
import { checkFolder, place, repoNamed, type Stage, sha256Of, sizeOf } from "./stage.ts";

/** Every row of the table. */
export function rowsOf(stage: Stage, measure: Measure): Row[] {
  return [
    oneLarge(stage),
    overTls(stage),
    fourShards(stage),
    far(stage),
    small(stage, "small-far"),
    small(stage, "small-near"),
    manySmall(stage),
    warm(stage, measure, "warm", "bench/one-large"),
    warm(stage, measure, "warm-400", "bench/small-400"),
    deepVerify(stage, measure),
    checkpoint(stage),
    wheel(stage),
    ...memory(stage),
  ];
}

function oneLarge(stage: Stage): Row {
  const repo = repoNamed(stage, "bench/one-large");
  const origin = stage.addresses.near;
  const file = largest(repo.files);
  const download = { repo, file, origin };
  return {
    name: "one-large",
    work: "one file of 600 MB and six small ones, as a Hub repository, nothing there before",
    bytes: sizeOf(repo),
    ours: coldInstall(stage, repo, origin),
    peers: [
      fileClient("curl, nothing verified", (path, url) => ["curl", "-sS", "-o", path, url], { ...download, bar: 1.3 }),
      fileClient(
        "curl, then openssl dgst",
        (path, url) => ["sh", "-c", `curl -sS -o '${path}' '${url}' && openssl dgst -sha256 '${path}'`],
        { ...download, bar: 0.9 },
      ),
      fileClient("wget, nothing verified", (path, url) => ["wget", "-q", "-O", path, url], download),
      fileClient("aria2c -x8, nothing verified", (path, url) => aria2(8, path, url), download),
      ...pythonClient(stage, repo, origin, 0.5),
      jsClient(stage, repo, origin, 0.85),
    ],
  };
}

function overTls(stage: Stage): Row {
  const repo = repoNamed(stage, "bench/one-large");
  const origin = stage.addresses.tls;
  return {
    name: "tls",
    work: "the same over TLS 1.3, the bytes from another host",
    bytes: sizeOf(repo),
    ours: coldInstall(stage, repo, origin),
    peers: [
      fileClient("curl, nothing verified", (path, url) => ["curl", "-sS", "--cacert", stage.ca, "-o", path, url], {
        repo,
        file: largest(repo.files),
        origin,
      }),
      ...pythonClient(stage, repo, origin, 0.45),
      jsClient(stage, repo, origin, 0.65),
    ],
  };
}

function fourShards(stage: Stage): Row {
  const repo = repoNamed(stage, "bench/four-shards");
  const origin = stage.addresses.near;
  const shards = repo.files.filter(({ isLarge }) => isLarge);
  return {
    name: "four-shards",
    work: "four shards of 300 MB",
    bytes: sizeOf(repo),
    ours: coldInstall(stage, repo, origin),
    peers: [
      curlAll(
        "curl -Z, nothing verified",
        shards,
        (file) => cdnUrl(origin, file),
        4,
        1.2,
        (folder) => checkFolder(folder, repo, shards),
      ),
      ...pythonClient(stage, repo, origin, 0.5),
    ],
  };
}

function far(stage: Stage): Row {
  const repo = repoNamed(stage, "bench/one-large");
  const origin = stage.addresses.far;
  const download = { repo, file: largest(repo.files), origin };
  return {
    name: "far",
    work: "600 MB, 30 ms away, each connection held to 25 MB/s",
    bytes: sizeOf(repo),
    ours: coldInstall(stage, repo, origin),
    peers: [
      fileClient("aria2c -x16 -s16, nothing verified", (path, url) => aria2(16, path, url), { ...download, bar: 1.1 }),
      fileClient("curl, nothing verified", (path, url) => ["curl", "-sS", "-o", path, url], { ...download, bar: 0.15 }),
      ...pythonClient(stage, repo, origin, 0.15),
      jsClient(stage, repo, origin, 0.15),
    ],
  };
}

function small(stage: Stage, name: "small-far" | "small-near"): Row {
  const repo = repoNamed(stage, "bench/small-400");
  const isFar = name === "small-far";
  const origin = isFar ? stage.addresses.far : stage.addresses.near;
  const url = ({ path }: FixtureFile) => `${origin.hub}/${repo.id}/resolve/main/${path}`;
  const curl = curlAll(
    "curl -Z --parallel-max 32, nothing verified",
    repo.files,
    url,
    32,
    isFar ? 0.8 : undefined,
    (folder) => checkFolder(folder, repo, repo.files),
  );
  return {
    name,
    work: `400 files of 20 KB, ${isFar ? "30 ms to the first byte" : "no latency"}`,
    bytes: sizeOf(repo),
    ours: coldInstall(stage, repo, origin),
    peers: [curl, ...pythonClient(stage, repo, origin, 0.15)],
  };
}

function manySmall(stage: Stage): Row {
  const repo = repoNamed(stage, "bench/small-2500");
  const origin = stage.addresses.near;
  return {
    name: "small-2500",
    work: "2,500 files of 8 KB, three pages of listing",
    bytes: sizeOf(repo),
    ours: coldInstall(stage, repo, origin),
    peers: pythonClient(stage, repo, origin, 0.15),
  };
}

function warm(stage: Stage, measure: Measure, name: string, id: string): Row {
  const repo = repoNamed(stage, id);
  const origin = stage.addresses.near;
  const project = hubProject(stage, repo, origin);
  const node: Peer = { name: "node -e 0", bar: 1.5, command: { argv: [process.execPath, "-e", "0"] } };
  const python = stage.python && [
    stage.python,
    join(packageDir, "python/snapshot.py"),
    id,
    join(project.cache, "huggingface/hub"),
    "offline",
  ];
  return {
    name,
    work: `\`preload ci\` with everything there, ${repo.files.length} files`,
    bytes: 0,
    ours: {
      prepare: async () => {
        await project.write();
        await measure.run(project.command("install"));
      },
      command: project.command("ci"),
    },
    peers: [
      node,
      ...(python
        ? [
            {
              name: "huggingface_hub, local_files_only",
              bar: 0.25,
              command: { argv: python, env: pythonEnv(stage, origin) },
            },
          ]
        : []),
    ],
  };
}

function deepVerify(stage: Stage, measure: Measure): Row {
  const repo = repoNamed(stage, "bench/four-shards");
  const project = hubProject(stage, repo, stage.addresses.near);
  const blobs = join(project.cache, "huggingface/hub/models--bench--four-shards/blobs");
  const paths = repo.files.map(({ oid }) => join(blobs, oid));
  return {
    name: "deep-verify",
    work: "`preload verify --deep` of 1.2 GB in four files, in the page cache",
    bytes: sizeOf(repo),
    ours: {
      prepare: async () => {
        await project.write();
        await measure.run(project.command("install"));
      },
      command: project.command("verify", "--deep"),
    },
    peers: [
      { name: "sha256sum", bar: 0.25, command: { argv: ["sha256sum", ...paths] } },
      { name: "openssl dgst", command: { argv: ["openssl", "dgst", "-sha256", ...paths] } },
    ],
  };
}

function checkpoint(stage: Stage): Row {
  const { sha256, size } = stage.fixture.checkpoint;
  const origin = stage.addresses.near;
  // Whisper reads the digest from the address.
  const url = `${origin.cdn}/whisper/${sha256}/bench.pt`;
  const project = new Project(
    stage,
    "ours-whisper",
    `{ ref: "whisper:bench", url: "${url}", sha256: ${sha256} }`,
    origin,
  );
  const folder = place("whisper");
  const checked = async (path: string) => {
    if ((await sha256Of(path)) !== sha256) throw new Error(`${path} is not what it should be`);
  };
  const argv = stage.python ? [stage.python, join(packageDir, "python/whisper_download.py"), url, folder] : undefined;
  const theirs = argv && {
    name: "whisper's own downloader",
    command: { argv, deletes: [folder] },
    check: () => checked(join(folder, "bench.pt")),
  };
  return {
    name: "whisper",
    work: "a whisper checkpoint of 150 MB (theirs without the seconds that importing torch takes)",
    bytes: size,
    ours: {
      prepare: () => project.write(),
      command: project.cold,
      check: () => checked(join(project.cache, "whisper/bench.pt")),
    },
    peers: theirs ? [theirs] : [],
  };
}

function wheel(stage: Stage): Row {
  const origin = stage.addresses.near;
  const release = "en_bench_md-3.8.0";
  const project = new Project(stage, "ours-spacy", "spacy:en_bench_md@3.8.0", origin);
  const url = `${origin.cdn}/releases/download/${release}/${release}-py3-none-any.whl`;
  const folder = place("pip");
  const pip = stage.python && [
    stage.python,
    "-m",
    "pip",
    "install",
    "--quiet",
    "--no-deps",
    "--no-cache-dir",
    "--no-index",
    "--target",
    folder,
    url,
  ];
  const members = `en_bench_md/${release}/vocab/vectors`;
  const expected = readFileSync(join(wwwDir(), "vectors.sha256"), "utf8").trim();
  const checked = async (dir: string) => {
    if ((await sha256Of(join(dir, members))) !== expected) throw new Error(`${dir} is not what it should be`);
  };
  return {
    name: "spacy",
    work: "a spaCy pipeline of 40 MB from its wheel",
    bytes: 40_000_000,
    ours: { prepare: () => project.write(), command: project.cold, check: () => checked(join(project.cache, "spacy")) },
    peers: pip
      ? [
          {
            name: "pip install, as spacy download does",
            command: { argv: pip, deletes: [folder] },
            check: () => checked(folder),
          },
        ]
      : [],
  };
}

/** Nobody to compare with: how much memory a file of 100 MB takes, and one of 8 GB. */
function memory(stage: Stage): Row[] {
  return ["100", "8000"].map((megabytes) => {
    const repo = repoNamed(stage, `bench/holes-${megabytes}`);
    return {
      name: `memory-${megabytes}`,
      work: `one file of ${Number(megabytes).toLocaleString("en")} MB`,
      bytes: sizeOf(repo),
      ours: coldInstall(stage, repo, stage.addresses.near),
      peers: [],
    };
  });
}

/** Many files by one curl, several at once. */
function curlAll(
  name: string,
  files: readonly FixtureFile[],
  url: (file: FixtureFile) => string,
  atOnce: number,
  bar: number | undefined,
  check: (folder: string) => Promise<void>,
): Peer {
  const folder = place("curl-all");
  const list = join(runDir(), `${atOnce}-${files.length}-${new URL(url(files[0] as FixtureFile)).port}.curl`);
  const text = files.map((file) => `url = "${url(file)}"\noutput = "${join(folder, file.path)}"\n`).join("");
  const argv = ["curl", "-sSZL", "--create-dirs", "--parallel-max", String(atOnce), "-K", list];
  return {
    name,
    ...(bar === undefined ? {} : { bar }),
    prepare: async () => {
      await mkdir(runDir(), { recursive: true });
      await writeFile(list, text);
    },
    command: { argv, deletes: [folder] },
    check: () => check(folder),
  };
}

function aria2(connections: number, path: string, url: string): string[] {
  const [, folder = "", name = ""] = /^(.*)\/([^/]*)$/.exec(path) ?? [];
  const width = [`-x${connections}`, `-s${connections}`];
  return [
    "aria2c",
    "-q",
    ...width,
    "--file-allocation=falloc",
    "--allow-overwrite=true",
    "-d",
    folder,
    "-o",
    name,
    url,
  ];
}

function largest(files: readonly FixtureFile[]): FixtureFile {
  const [first] = [...files].sort((one, other) => other.size - one.size);
  if (!first) throw new Error("no files");
  return first;
}
