import { aria2, cdnUrl, curlAll, fileClient, jsClient, pythonClient } from "../peers/clients.ts";
import { coldInstall } from "../peers/preload.ts";
import type { Row } from "../row.ts";
import { checkFolder, largest, repoNamed, type Stage, sizeOf } from "../stage.ts";

/** Repositories of large files, near and far, and how much memory one takes. */
export function largeRows(stage: Stage): Row[] {
  return [oneLarge(stage), overTls(stage), fourShards(stage), far(stage)];
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

/** Nobody to compare with: how much memory a file of 100 MB takes, and one of 8 GB. */
export function memory(stage: Stage): Row[] {
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
