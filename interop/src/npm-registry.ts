import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Published {
  readonly name: string;
  readonly version: string;
  /** A tar as npm packs it. */
  readonly path: string;
}

/** A registry with one package, as npm asks for it. Gives back its address. */
export async function npmRegistry({ name, version, path }: Published): Promise<string> {
  const tarball = await readFile(path);
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  const server = createServer((request, response) => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const url = decodeURIComponent(request.url ?? "");
    if (url === `/${name}`) {
      const bin = { preload: "./dist/bin.cjs" };
      const one = { name, version, bin, dist: { tarball: `${base}/package.tgz`, integrity } };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ name, "dist-tags": { latest: version }, versions: { [version]: one } }));
    } else if (url === "/package.tgz") response.end(tarball);
    else response.writeHead(404).end("{}");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
