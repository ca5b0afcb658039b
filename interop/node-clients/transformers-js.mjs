// transformers.js loads a model, with remote models off: by the path of a folder, or by its id from a cache of its own.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, question, answer] = process.argv.slice(2);
const resolve = createRequire(join(modules, "package.json")).resolve;
const { env, pipeline } = await import(pathToFileURL(resolve("@huggingface/transformers")).href);

const { model, cacheDir, text } = JSON.parse(question);
env.allowRemoteModels = false;
if (cacheDir) env.cacheDir = cacheDir;
const extract = await pipeline("feature-extraction", model, { dtype: "fp32" });
const vectors = await extract(text, { pooling: "none" });
writeFileSync(answer, JSON.stringify({ dims: vectors.dims, values: vectors.tolist() }));
