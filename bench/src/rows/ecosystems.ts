import { readFileSync } from "node:fs";
import { join } from "node:path";
import { wwwDir } from "../fixture.ts";
import { Project } from "../peers/preload.ts";
import { packageDir } from "../places.ts";
import type { Row } from "../row.ts";
import { place, type Stage, sha256Of } from "../stage.ts";

/** What does not come from the Hub. */
export function ecosystemRows(stage: Stage): Row[] {
  return [checkpoint(stage), wheel(stage)];
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
