import { configJsonSchema } from "@preload/core";
import { hfOptions } from "@preload/hf-fetcher";
import { spacyOptions } from "@preload/spacy-fetcher";
import { ggmlOptions, nltkOptions, tiktokenOptions, torchOptions, urlOptions } from "@preload/url-fetcher";
import { whisperOptions } from "@preload/whisper-fetcher";
import { schemes } from "./fetchers.ts";
import { settingsOf } from "./settings.ts";

/** The text of `schema/preload.schema.json`, which editors complete a config from. */
export async function preloadSchema(): Promise<string> {
  const schema = (await configJsonSchema({
    whisper: await whisperOptions(),
    spacy: await spacyOptions(),
    hf: await hfOptions(),
    tiktoken: await tiktokenOptions(),
    nltk: await nltkOptions(),
    torch: await torchOptions(),
    ggml: await ggmlOptions(),
    url: await urlOptions(),
  })) as { readonly properties: object };
  const titled = {
    ...schema,
    properties: { ...schema.properties, ...sections() },
    title: "preload.yaml",
    description: "Models that are to be there before they are needed",
  };
  return `${JSON.stringify(titled, undefined, 2)}\n`;
}

/** What stands under the name of an ecosystem. Core passes it unread: it belongs to the command line. */
function sections(): object {
  const schemaOf = (scheme: string) => ({
    type: "object",
    description: `Settings for ${scheme}:`,
    properties: settingsOf(scheme),
    additionalProperties: false,
  });
  return Object.fromEntries(schemes.map((scheme) => [scheme, schemaOf(scheme)]));
}
