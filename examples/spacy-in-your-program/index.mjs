// Puts a spaCy pipeline into a directory, and says how a Python program finds it there.
//
//   node index.mjs en_core_web_sm
//   SPACY_ENDPOINT=https://mirror.example/spacy node index.mjs en_core_web_sm
import { install, PreloadError } from "@preload/core";
import { spacy } from "@preload/spacy-fetcher";

const { SPACY_ENDPOINT, SPACY_MODEL } = process.env;
const name = SPACY_MODEL ?? process.argv[2] ?? "en_core_web_sm";
const fetcher = spacy({ endpoints: SPACY_ENDPOINT ? [SPACY_ENDPOINT] : [] });

try {
  const { dir, manifest } = await install(fetcher, name);
  console.log(`${name} ${manifest.revision} for spaCy ${fetcher.spacyVersion().version ?? "of any line"}`);
  for (const { ref, why } of manifest.requires) console.log(`It needs ${ref}: ${why}`);
  console.log(`PYTHONPATH=${dir} python -c 'import spacy; spacy.load("${name}")'`);
} catch (error) {
  if (!(error instanceof PreloadError)) throw error;
  console.error(error.message, error.hint ?? "");
  process.exitCode = 1;
} finally {
  fetcher.http.close();
}
