// Puts a model into the Hugging Face cache, and says how a Python program loads it without the network.
//
//   node index.mjs facebook/bart-base
//   HF_ENDPOINT=https://mirror.example node index.mjs facebook/bart-base
import { install, PreloadError } from "@preload/core";
import { hf } from "@preload/hf-fetcher";

const [name = "facebook/bart-base"] = process.argv.slice(2);
const fetcher = hf();

try {
  const { path, manifest, outcome } = await install(fetcher, name);
  console.log(outcome.fetched.files === 0 ? "It was there:" : "Fetched:", path);
  console.log(`${manifest.leftOut.files} files that nobody loads were left out (${manifest.leftOut.bytes} bytes)`);
  for (const { ref, why } of manifest.requires) console.log(`It needs ${ref}: ${why}`);
  console.log(`HF_HUB_OFFLINE=1 HF_HUB_CACHE=${fetcher.dir} python your_program.py`);
} catch (error) {
  if (!(error instanceof PreloadError)) throw error;
  console.error(error.message, error.hint ?? "");
  process.exitCode = 1;
} finally {
  fetcher.http.close();
}
