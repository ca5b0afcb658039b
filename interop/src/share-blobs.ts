import { createHash } from "node:crypto";
import { appendFile, chmod, mkdir, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Turns the blobs of repositories into links into the store that newer versions of huggingface_hub share:
 *
 *   blobs/.huggingface-shared-blobs              the mark of the store
 *   blobs/<2 hex>/<64 hex>                       the bytes, read-only
 *   blobs/<2 hex>/<64 hex>.refs                  who links here, by path from the root of the cache
 *   models--org--name/blobs/<etag>          ->   ../../blobs/<2 hex>/<64 hex>
 */
export async function shareBlobs(hub: string, ...repoFolders: readonly string[]): Promise<void> {
  await mkdir(join(hub, "blobs"));
  await writeFile(join(hub, "blobs/.huggingface-shared-blobs"), "1\n");
  for (const repoFolder of repoFolders) await shareBlobsOf(hub, repoFolder);
}

async function shareBlobsOf(hub: string, repoFolder: string): Promise<void> {
  for (const etag of await readdir(join(hub, repoFolder, "blobs"))) {
    const blob = `${repoFolder}/blobs/${etag}`;
    // The hub names them by another hash of the content; any one will do.
    const name = createHash("sha256")
      .update("xet")
      .update(await readFile(join(hub, blob)))
      .digest("hex");
    const stored = `blobs/${name.slice(0, 2)}/${name}`;
    await mkdir(join(hub, stored, ".."), { recursive: true });
    await rename(join(hub, blob), join(hub, stored));
    await chmod(join(hub, stored), 0o444);
    await appendFile(join(hub, `${stored}.refs`), `${blob}\n`);
    await symlink(`../../${stored}`, join(hub, blob));
  }
}
