import { join } from "node:path";
import type { Measure } from "../measure.ts";
import { pythonEnv } from "../peers/clients.ts";
import { hubProject } from "../peers/preload.ts";
import { packageDir } from "../places.ts";
import type { Peer, Row } from "../row.ts";
import { repoNamed, type Stage, sizeOf } from "../stage.ts";

/** Runs that find everything there. */
export function thereRows(stage: Stage, measure: Measure): Row[] {
  return [
    warm(stage, measure, "warm", "bench/one-large"),
    warm(stage, measure, "warm-400", "bench/small-400"),
    deepVerify(stage, measure),
  ];
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
