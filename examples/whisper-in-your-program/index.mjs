// Puts a whisper checkpoint where whisper.load_model looks, and says how to load it.
//
//   node index.mjs tiny.en
//   WHISPER_ENDPOINT=https://mirror.example/whisper node index.mjs tiny.en
import { install, PreloadError } from "@preload/core";
import { whisper } from "@preload/whisper-fetcher";

const { WHISPER_ENDPOINT, WHISPER_MODEL } = process.env;
const name = WHISPER_MODEL ?? process.argv[2] ?? "tiny.en";
const fetcher = whisper({ endpoints: WHISPER_ENDPOINT ? [WHISPER_ENDPOINT] : [] });

try {
  const { path, outcome } = await install(fetcher, name);
  console.log(outcome.fetched.files === 0 ? "It was there:" : "Fetched:", path);
  console.log(`whisper.load_model(${JSON.stringify(path)})`);
} catch (error) {
  if (!(error instanceof PreloadError)) throw error;
  console.error(error.message, error.hint ?? "");
  process.exitCode = 1;
} finally {
  fetcher.http.close();
}
