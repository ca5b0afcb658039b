// Puts plain files where their clients look: an encoding of tiktoken's, a package of NLTK's, a file of your own.
//
//   node index.mjs
import { install, PreloadError } from "@preload/core";
import { nltk, tiktoken, url } from "@preload/url-fetcher";

const { NLTK_ENDPOINT, TIKTOKEN_ENDPOINT, FILES_ENDPOINT, TIKTOKEN_ENCODING, WORDS_URL, WORDS_SHA256 } = process.env;
const at = (endpoint) => ({ endpoints: endpoint ? [endpoint] : [] });

const wanted = [
  [tiktoken(at(TIKTOKEN_ENDPOINT)), TIKTOKEN_ENCODING ?? "cl100k_base"],
  [nltk(at(NLTK_ENDPOINT)), "punkt_tab"],
  ...(WORDS_URL ? [[url(at(FILES_ENDPOINT)), WORDS_URL, { sha256: WORDS_SHA256, target: "words/{name}" }]] : []),
];

for (const [fetcher, name, options = {}] of wanted) {
  try {
    const { path } = await install(fetcher, name, { options });
    console.log(path);
    // What its client needs to know, in the environment it is started with.
    console.log({ ...fetcher.environment.set, ...fetcher.environment.prepend });
  } catch (error) {
    if (!(error instanceof PreloadError)) throw error;
    console.error(error.message, error.hint ?? "");
    process.exitCode = 1;
  } finally {
    fetcher.http.close();
  }
}
