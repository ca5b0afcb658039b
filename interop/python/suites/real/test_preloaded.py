"""A suite as people have it. Nothing in it knows of Preload, but for the marker."""

import pytest

BART = "preload-demo/tiny-bart"
pytestmark = pytest.mark.requires_model(f"hf:{BART}", package="transformers")


@pytest.fixture(scope="module")
def tokenizer():
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(BART)


def test_tokenizer(tokenizer):
    assert tokenizer("hello world")["input_ids"]


def test_model(tokenizer):
    from transformers import AutoModelForSeq2SeqLM

    model = AutoModelForSeq2SeqLM.from_pretrained(BART)
    assert model.generate(**tokenizer("hello world", return_tensors="pt"), max_new_tokens=2).shape[0] == 1


def test_file():
    from huggingface_hub import hf_hub_download

    with open(hf_hub_download(BART, "config.json")) as file:
        assert "bart" in file.read()


def test_all_of_it():
    from huggingface_hub import snapshot_download

    assert snapshot_download(BART, allow_patterns="*.json")
