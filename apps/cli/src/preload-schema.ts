import { configJsonSchema } from "@preload/core";
import { hfOptions } from "@preload/hf-fetcher";
import { spacyOptions } from "@preload/spacy-fetcher";
import { whisperOptions } from "@preload/whisper-fetcher";

/** The text of `schema/preload.schema.json`, which editors complete a config from. */
export async function preloadSchema(): Promise<string> {
  const [whisper, spacy, hf] = await Promise.all([whisperOptions(), spacyOptions(), hfOptions()]);
  const schema = await configJsonSchema({ whisper, spacy, hf });
  const titled = {
    ...schema,
    title: "preload.yaml",
    description: "Models that are to be there before they are needed",
  };
  return `${JSON.stringify(titled, undefined, 2)}\n`;
}
