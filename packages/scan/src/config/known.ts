import { isOriginalTransformer } from "@preload/hf-fetcher";
import { names as whisperNames } from "@preload/whisper-fetcher";
import { type Meaning, meaningOf } from "../names.ts";
import type { Written } from "./written.ts";

/** What is known of the code beside a config: who reads whisper's sizes. */
export interface Beside {
  readonly whisper: "whisper" | "faster-whisper";
}

/** What model a text of a config names, if it looks like one. A guess, and one that rather says nothing. */
export function modelOf({ keys, value }: Written, { whisper }: Beside): (Meaning & { type: "model" }) | undefined {
  const key = keys.slice(-3).join(" ");
  if (value.length > 120 || /\s/.test(value) || foreignKeys.test(keys.at(-1) ?? "")) return undefined;
  const found = meaning(value, key, whisper);
  return found?.type === "model" ? found : undefined;
}

function meaning(value: string, key: string, whisper: Beside["whisper"]): Meaning | undefined {
  const [, scheme, name] = /^(hf|whisper|spacy):(?:\/\/)?(.+)$/.exec(value) ?? [];
  if (scheme !== undefined && name !== undefined)
    return meaningOf(name, scheme === "hf" ? "hub" : (scheme as "whisper" | "spacy"));
  if (/^[a-z]{2,3}_(core|dep|ent)_\w+_(sm|md|lg|trf)$/.test(value)) return meaningOf(value, "spacy");
  if (value.includes("/")) return isRepository(value, key) ? meaningOf(value, "hub") : undefined;
  if (!modelKeys.test(key)) return undefined;
  if (whisperNames.includes(value))
    return /whisper|asr|transcri|stt|speech/i.test(key) ? meaningOf(value, whisper) : undefined;
  if (isOriginalTransformer(value)) return meaningOf(value, "hub");
  return sentenceNames.test(value) ? meaningOf(value, "sentence-transformers") : undefined;
}

function isRepository(value: string, key: string): boolean {
  const [owner = "", name = "", more] = value.split("/");
  if (more !== undefined || media.test(owner) || services.test(value)) return false;
  if (!/[a-z]/i.test(owner) || !/[a-z]/i.test(name) || /\.\w{1,5}$/.test(name.replace(/\.(en|\d+\w?)$/, "")))
    return false;
  return owners.has(owner) || (modelKeys.test(key) && /[-_.\dA-Z]/.test(name));
}

const modelKeys =
  /model|checkpoint|encoder|embed|tokeni[sz]er|rerank|summari[sz]|transcri|diari[sz]|whisper|hugging|(^|\W|_)hf|repo_?id|pretrained|(^|\W|_)(llm|ner|nli|asr|stt)(\W|_|$)|zero_?shot|classifier|pipeline|spacy/i;

// Where the same form means something else: a container, a step of a workflow, a place, who a model came from.
const foreignKeys =
  /^(image|container|uses|repository|repo|homepage|license|author|url|schema|\$schema|_name_or_path|timezone|tz|branch|path|dir|folder|file|package|include|exclude|main|types)$|_(url|dir|file|folder|image)$|(Url|Dir|File|Image)$/i;

const media = /^(application|audio|font|image|message|multipart|text|video)$/;

// Names that a service knows and no hub.
const services =
  /^(openai\/(?!gpt-oss|whisper|clip)|anthropic\/|gemini\/|google\/gemini|azure|ollama|groq\/|openrouter\/|vertex_ai\/|bedrock\/|cohere\/|mistral\/|deepseek\/|together_ai\/|x-?ai\/|perplexity\/|fireworks_ai\/|huggingface\/)/i;

const sentenceNames =
  /^(all|paraphrase|multi-qa|msmarco|distiluse|stsb|gtr|sentence-t5|LaBSE|clip)-?.*(MiniLM|mpnet|roberta|bert|distiluse|xlm|t5|LaBSE|ViT)/i;

// Whose names are known whatever the key is called.
const owners = new Set(
  `allenai amazon BAAI bigscience cardiffnlp cross-encoder deepset deepseek-ai distil-whisper distilbert dslim EleutherAI
  facebook FacebookAI google google-bert google-t5 Helsinki-NLP HuggingFaceTB hustvl intfloat Intel jinaai knkarthick
  meta-llama microsoft mistralai mixedbread-ai MoritzLaurer nomic-ai nvidia onnx-community openai openai-community
  philschmid ProsusAI pyannote Qwen Salesforce sentence-transformers speechbrain sshleifer stabilityai Systran thenlper
  tiiuae unsloth Xenova`.split(/\s+/),
);
