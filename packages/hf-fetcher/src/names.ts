/** What faster-whisper makes of a size (`utils.py`, `_MODELS`). */
export const fasterWhisperSizes: Readonly<Record<string, string>> = {
  "tiny.en": "Systran/faster-whisper-tiny.en",
  tiny: "Systran/faster-whisper-tiny",
  "base.en": "Systran/faster-whisper-base.en",
  base: "Systran/faster-whisper-base",
  "small.en": "Systran/faster-whisper-small.en",
  small: "Systran/faster-whisper-small",
  "medium.en": "Systran/faster-whisper-medium.en",
  medium: "Systran/faster-whisper-medium",
  "large-v1": "Systran/faster-whisper-large-v1",
  "large-v2": "Systran/faster-whisper-large-v2",
  "large-v3": "Systran/faster-whisper-large-v3",
  large: "Systran/faster-whisper-large-v3",
  "distil-large-v2": "Systran/faster-distil-whisper-large-v2",
  "distil-medium.en": "Systran/faster-distil-whisper-medium.en",
  "distil-small.en": "Systran/faster-distil-whisper-small.en",
  "distil-large-v3": "Systran/faster-distil-whisper-large-v3",
  "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
  "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
  turbo: "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
};

/** sentence-transformers puts its own organisation before a bare name, but not before one of these. */
export function isOriginalTransformer(name: string): boolean {
  return originalTransformers.has(name.toLowerCase());
}

// `ORIGINAL_TRANSFORMER_MODELS` of sentence_transformers/util/misc.py, version 6.
const originalTransformers = new Set(
  `albert-base-v1 albert-base-v2 albert-large-v1 albert-large-v2 albert-xlarge-v1 albert-xlarge-v2 albert-xxlarge-v1
  albert-xxlarge-v2 bert-base-cased-finetuned-mrpc bert-base-cased bert-base-chinese bert-base-german-cased
  bert-base-german-dbmdz-cased bert-base-german-dbmdz-uncased bert-base-multilingual-cased
  bert-base-multilingual-uncased bert-base-uncased bert-large-cased-whole-word-masking-finetuned-squad
  bert-large-cased-whole-word-masking bert-large-cased bert-large-uncased-whole-word-masking-finetuned-squad
  bert-large-uncased-whole-word-masking bert-large-uncased camembert-base ctrl distilbert-base-cased-distilled-squad
  distilbert-base-cased distilbert-base-german-cased distilbert-base-multilingual-cased
  distilbert-base-uncased-distilled-squad distilbert-base-uncased-finetuned-sst-2-english distilbert-base-uncased
  distilgpt2 distilroberta-base gpt2-large gpt2-medium gpt2-xl gpt2 openai-gpt roberta-base-openai-detector roberta-base
  roberta-large-mnli roberta-large-openai-detector roberta-large t5-11b t5-3b t5-base t5-large t5-small
  transfo-xl-wt103 xlm-clm-ende-1024 xlm-clm-enfr-1024 xlm-mlm-100-1280 xlm-mlm-17-1280 xlm-mlm-en-2048
  xlm-mlm-ende-1024 xlm-mlm-enfr-1024 xlm-mlm-enro-1024 xlm-mlm-tlm-xnli15-1024 xlm-mlm-xnli15-1024 xlm-roberta-base
  xlm-roberta-large-finetuned-conll02-dutch xlm-roberta-large-finetuned-conll02-spanish
  xlm-roberta-large-finetuned-conll03-english xlm-roberta-large-finetuned-conll03-german xlm-roberta-large
  xlnet-base-cased xlnet-large-cased`.split(/\s+/),
);
