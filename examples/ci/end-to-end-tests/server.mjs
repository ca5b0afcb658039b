// Says what it knows of a model: GET /preload-demo/tiny-bart
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";

const cache = process.env.HF_HUB_CACHE ?? join(homedir(), ".cache", "huggingface", "hub");

async function configOf(model) {
  const repository = join(cache, `models--${model.replaceAll("/", "--")}`);
  const commit = await readFile(join(repository, "refs", "main"), "utf8");
  return readFile(join(repository, "snapshots", commit, "config.json"), "utf8");
}

const server = createServer(async ({ url = "/" }, response) => {
  try {
    response.end(await configOf(url.slice(1)));
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
