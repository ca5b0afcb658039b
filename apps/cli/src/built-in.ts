import type { Config, Request } from "@preload/core";

const whisper = (name: string) => request(`whisper:${name}`);
const english = request("spacy:en_core_web_sm");
const led = request("hf:allenai/led-base-16384");

/** The models that are meant when there is no config: a small set for tests and a larger one for production. */
export function builtIn(dir: string): Config {
  return {
    dir,
    profiles: {
      test: { extends: [], models: [whisper("tiny.en"), english, request("hf:facebook/bart-base"), led] },
      production: {
        extends: [],
        models: [
          whisper("base.en"),
          english,
          request("hf:facebook/bart-large-cnn"),
          request("hf:sshleifer/distilbart-cnn-12-6"),
          led,
        ],
      },
    },
    default: ["test", "production"],
    aliases: {},
    endpoints: {},
    sections: {},
    policy: { requireCommit: false, licenses: [] },
  };
}

function request(ref: string): Request {
  return { ref, options: {}, optional: false };
}
