"""Loads every fixture with the client it is made for, offline."""

import importlib
import os
import sys
import tempfile
import zipfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import spacy
import torch
import whisper
from sentence_transformers import SentenceTransformer
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

FIXTURES = Path(__file__).parent.parent / "fixtures"


def main():
    for name in ["tiny-bart", "tiny-bart-sharded", "tiny-led-bin"]:
        print(name, "generates", generate(FIXTURES / "hub" / name))
    bart = AutoModelForSeq2SeqLM.from_pretrained(FIXTURES / "hub/tiny-bart")
    old = AutoModelForSeq2SeqLM.from_pretrained(FIXTURES / "hub/tiny-bart", use_safetensors=False)
    assert all(torch.equal(left, right) for left, right in zip(bart.parameters(), old.parameters()))
    sentence = SentenceTransformer(str(FIXTURES / "hub/tiny-sentence"), device="cpu")
    print("tiny-sentence encodes into", sentence.encode(["a model", "a cache"]).shape)
    speech = whisper.load_model(str(FIXTURES / "whisper/tiny-demo.pt"), device="cpu")
    print("tiny-demo decodes", repr(whisper.decode(speech, torch.zeros(80, 3000), language_options()).text))
    for wheel in sorted((FIXTURES / "spacy").glob("*.whl")):
        print(wheel.name, "finds", entities(wheel))


def generate(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder)
    encoded = tokenizer("A model was kept.", return_tensors="pt")
    assert tokenizer.decode(encoded.input_ids[0], skip_special_tokens=True) == "A model was kept."
    return model.generate(**encoded, max_new_tokens=4).shape


def language_options():
    return whisper.DecodingOptions(language="en", fp16=False, sample_len=4)


def entities(wheel):
    """Unpacked beside nothing else, as an import root."""
    with tempfile.TemporaryDirectory() as root:
        zipfile.ZipFile(wheel).extractall(root)
        sys.path.insert(0, root)
        importlib.invalidate_caches()
        try:
            nlp = spacy.load("en_demo_core")
            return nlp.meta["version"], [(entity.text, entity.label_) for entity in nlp("Ada Lovelace went to Berlin.").ents]
        finally:
            sys.path.remove(root)
            sys.modules.pop("en_demo_core", None)


if __name__ == "__main__":
    main()
