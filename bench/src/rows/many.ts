import type { FixtureFile } from "../fixture.ts";
import { curlAll, pythonClient } from "../peers/clients.ts";
import { coldInstall } from "../peers/preload.ts";
import type { Row } from "../row.ts";
import { checkFolder, repoNamed, type Stage, sizeOf } from "../stage.ts";

/** Repositories of many small files. */
export function manyRows(stage: Stage): Row[] {
  return [small(stage, "small-far"), small(stage, "small-near"), manySmall(stage)];
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
    manyFiles: true,
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
    manyFiles: true,
    ours: coldInstall(stage, repo, origin),
    peers: pythonClient(stage, repo, origin, 0.15),
  };
}
