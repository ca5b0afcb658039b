"""Loads each model of preload.yaml with the client it is for, and asks it something."""

import spacy
import torch
import whisper
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

words = [token.text for token in spacy.load("en_core_web_sm")("The cat sat on the mat.")]
assert words[:2] == ["The", "cat"], words

speech = whisper.load_model("tiny.en")
silence = speech.embed_audio(torch.zeros(1, speech.dims.n_mels, 2 * speech.dims.n_audio_ctx))
assert silence.shape[-1] == speech.dims.n_audio_state, silence.shape

tokenizer = AutoTokenizer.from_pretrained("facebook/bart-base")
bart = AutoModelForSeq2SeqLM.from_pretrained("facebook/bart-base")
tokens = bart.generate(**tokenizer("The cat sat on the mat.", return_tensors="pt"), max_new_tokens=8)
assert tokenizer.decode(tokens[0], skip_special_tokens=True), tokens

print("whisper, spaCy and transformers found their models")
