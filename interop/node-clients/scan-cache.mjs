// @huggingface/hub describes a cache.
import { writeFileSync } from "node:fs";
import { scanCacheDir } from "@huggingface/hub";

const [, question, answer] = process.argv.slice(2);
const { size, repos, warnings } = await scanCacheDir(JSON.parse(question).dir);
const described = repos.map(({ id, size, revisions }) => ({
  ref: `hf:${id.name}`,
  size,
  revisions: revisions.map(({ commitOid, refs }) => ({ commitOid, refs })),
}));
writeFileSync(answer, JSON.stringify({ size, repos: described, warnings: warnings.map(String) }));
