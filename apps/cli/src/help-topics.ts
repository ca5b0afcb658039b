import { didYouMean, PreloadError } from "@preload/core";

/** What `preload help <topic>` prints beside the help of the commands. */
export const helpTopics: Readonly<Record<string, string>> = {
  "exit-codes": `Exit codes

  0    every required model is there and verified
  1    an unexpected error: a bug of preload's
  2    usage: an unknown flag, command, model or revision, or a config that
       cannot be used
  3    missing: verify did not find it, or it is not there and --offline was
       said; doctor found an error
  4    corrupt or partial and not repaired, or an origin that serves wrong bytes
  5    network: unreachable, stalled, rate-limited, or over the --timeout; run
       again and it continues
  6    the token is missing or invalid, or terms were not accepted
  7    the disk is full, read-only, or closed to this user
  8    lock and config disagree, a policy refuses, or a --check found something
  9    refused, because the environment says offline (--online overrides);
       exec: the network cannot be cut and --offline=strict was said, or the
       command asked for it, or changed a cache under --assert-no-download
  130  interrupted (Ctrl-C); partial files are kept and continued
  143  terminated; the same

When several models fail, all are listed and the most serious one decides:
1, 7, 4, 8, 2, 6, 3, 9, 5 in this order. The others are fetched all the same.

\`preload exec\` and \`trace\` exit as their command does: with its code, 128 plus
the number of the signal that ended it, 127 when there is no such command, 126
when it cannot be run. \`preload list\` exits with 0 whatever the state of the
models.
`,
  environment: `Environment variables

A flag goes before its PRELOAD_ variable, that before the config, and that
before the client's own variables.

Of preload
  PRELOAD_CONFIG              --config
  PRELOAD_PROFILE             --profile, separated by commas
  PRELOAD_ONLY                --only
  PRELOAD_CACHE_ROOT          --cache-root
  PRELOAD_PYTHON              --python
  PRELOAD_HF_ENDPOINT         mirrors, tried in order, separated by commas
  PRELOAD_WHISPER_ENDPOINT
  PRELOAD_SPACY_ENDPOINT
  PRELOAD_TIKTOKEN_ENDPOINT
  PRELOAD_NLTK_ENDPOINT
  PRELOAD_TORCH_ENDPOINT
  PRELOAD_GGML_ENDPOINT       unset: the Hub's
  PRELOAD_URL_ENDPOINT
  PRELOAD_CONCURRENCY         --concurrency
  PRELOAD_TIMEOUT             --timeout
  PRELOAD_STALL_TIMEOUT       --stall-timeout
  PRELOAD_MAX_RATE            --max-rate
  PRELOAD_OFFLINE             1: refuse the network; --online overrides
  PRELOAD_STATE_DIR           where preload remembers what it verified and
                              installed; else $XDG_STATE_HOME/preload, or the
                              platform's place
  PRELOAD_RUN_LOG             0: keep no log of runs in there; 1: keep one

Of the Hub's clients, read as they read them
  HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME
                              the cache, the first that is set
  HF_ENDPOINT                 the Hub to ask
  HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_TOKEN_PATH, <HF_HOME>/token
                              the token, the first that is set
  HF_HUB_DISABLE_IMPLICIT_TOKEN
                              1: send none
  HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE
                              1: refuse the network; the second counts when the
                              first is unset
  HF_HUB_DISABLE_SYMLINKS     1: files in place of links

Of whisper and spaCy
  XDG_CACHE_HOME              whisper's directory is in it; unset: ~/.cache
  XDG_DATA_HOME               the pipelines are in it; unset: ~/.local/share
  VIRTUAL_ENV                 the environment whose spaCy decides the
                              pipelines' versions

Of the clients of plain files, read as they read them
  TIKTOKEN_CACHE_DIR, DATA_GYM_CACHE_DIR
                              the encodings; unset: ~/.cache/tiktoken, to which
                              preload env and exec lead
  NLTK_DATA                   NLTK's data, its first folder; unset: ~/nltk_data
  TORCH_HOME, XDG_CACHE_HOME  torch.hub; unset: ~/.cache/torch
  PRELOAD_GGML_DIR            models of whisper.cpp; unset: ~/.cache/whisper.cpp
  PRELOAD_URL_DIR             files of url:; unset: ~/.cache/preload/files

Of the network
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
  NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE
                              certificates to trust beside the usual ones

Of the terminal
  NO_COLOR, FORCE_COLOR, TERM, CI
  SHELL                       the form that \`preload env\` prints, if the parent
                              is no shell
`,
};

/** The text of a topic; undefined for the name of a command. @throws PreloadError `USAGE` for neither */
export function helpTopic(name: string, commands: readonly string[]): string | undefined {
  const text = Object.hasOwn(helpTopics, name) ? helpTopics[name] : undefined;
  if (text !== undefined || commands.includes(name)) return text;
  throw new PreloadError("USAGE", `there is no help on ${JSON.stringify(name)}`, {
    hint: didYouMean(name, [...Object.keys(helpTopics), ...commands]),
  });
}
