"""transformers loads a model as applications do, and writes with it."""

import torch
from asked import answer_with, refused
from transformers import AutoConfig, AutoModelForSeq2SeqLM, AutoTokenizer


def load_all(cases):
    return {name: refused(load, **case) for name, case in cases.items()}


def load(id, options, model_options):
    tokenizer = AutoTokenizer.from_pretrained(id, **options)
    config = AutoConfig.from_pretrained(id, **options)
    model = AutoModelForSeq2SeqLM.from_pretrained(id, **options, **model_options)
    model.eval()
    # Of a length that LED needs not pad.
    text = "The model was there before the train went into the tunnel."
    inputs = tokenizer(text, return_tensors="pt", padding="max_length", truncation=True, max_length=32)
    with torch.no_grad():
        written = model.generate(**inputs, max_new_tokens=5, min_new_tokens=5, do_sample=False, num_beams=1)
    return {
        "config": config.model_type,
        "tokenizer": type(tokenizer).__name__.removesuffix("Fast"),
        "tokens": inputs["input_ids"][0].tolist(),
        "length": tokenizer.model_max_length,
        "generation": settings(model.generation_config),
        "generated": written[0].tolist(),
        # Equal only when every weight is.
        "weights": float(sum(value.double().abs().sum() for value in model.state_dict().values())),
    }


def settings(generation_config):
    said = generation_config.to_diff_dict()
    # Of whoever reads it, not of the file.
    return {name: value for name, value in said.items() if name != "transformers_version" and not name.startswith("_")}


answer_with(load_all)
