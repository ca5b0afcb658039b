"""Repositories as people publish them on the Hub, with random weights."""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers import models as modules
from tokenizers import Tokenizer, pre_tokenizers, trainers
from tokenizers.models import BPE
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BartTokenizer,
    BertConfig,
    BertModel,
    BertTokenizer,
    LEDConfig,
    LEDForConditionalGeneration,
)

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
TEXT = ["The model was there before the train went into the tunnel.", "A cache is a promise that somebody kept."]


def bart(folder):
    model = tiny_bart()
    model.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    byte_tokenizer(folder)
    card(folder, "apache-2.0", "summarization", "A BART of one layer.")


def sharded_bart(folder):
    tiny_bart().save_pretrained(folder, max_shard_size="40KB")
    byte_tokenizer(folder)
    card(folder, "apache-2.0", "summarization", "A BART in several weight files.")


def led_as_bin(folder):
    config = LEDConfig(
        vocab_size=300,
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_encoder_position_embeddings=64,
        max_decoder_position_embeddings=64,
        attention_window=8,
        pad_token_id=1,
    )
    model = LEDForConditionalGeneration(config)
    model.config.architectures = ["LEDForConditionalGeneration"]
    model.config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    byte_tokenizer(folder)
    card(folder, "apache-2.0", "summarization", "An LED from the time before safetensors.")


def sentence(folder):
    with tempfile.TemporaryDirectory() as scratch:
        vocab = Path(scratch, "vocab.txt")
        letters = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'-"
        pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
        vocab.write_text("\n".join(pieces) + "\n")
        config = BertConfig(
            vocab_size=len(pieces),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
        )
        BertModel(config).save_pretrained(scratch)
        BertTokenizer(vocab=str(vocab), model_max_length=64).save_pretrained(scratch)
        body = modules.Transformer(scratch, max_seq_length=64)
        SentenceTransformer(modules=[body, modules.Pooling(16)], device="cpu").save(str(folder), create_model_card=False)
        shutil.copy(vocab, folder / "vocab.txt")
    # The names by which every published repository, and every version of the library, knows them.
    write(folder / "modules.json", json.dumps([module(0, "", "Transformer"), module(1, "1_Pooling", "Pooling")], indent=2))
    card(folder, "apache-2.0", "sentence-similarity", "A sentence encoder of sixteen dimensions.")


def module(index, path, name):
    return {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{name}"}


def tiny_bart():
    return BartForConditionalGeneration(
        BartConfig(
            vocab_size=300,
            d_model=16,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=32,
            decoder_ffn_dim=32,
            max_position_embeddings=64,
        )
    )


def byte_tokenizer(folder):
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    tokenizer.model.save(str(folder))
    vocab = json.loads((folder / "vocab.json").read_text())
    merges = [tuple(line.split(" ")) for line in (folder / "merges.txt").read_text().splitlines()[1:]]
    BartTokenizer(vocab=vocab, merges=merges, model_max_length=64).save_pretrained(folder)
    # Version 5 keeps these in tokenizer_config.json only; older repositories have them as a file.
    names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]
    tokens = ["<s>", "</s>", "<unk>", "</s>", "<pad>", "<s>", "<mask>"]
    write(folder / "special_tokens_map.json", json.dumps(dict(zip(names, tokens))))


def card(folder, license, task, text):
    head = f"---\nlicense: {license}\nlanguage: en\npipeline_tag: {task}\ntags:\n- preload-demo\n---\n"
    write(folder / "README.md", f"{head}\n# {folder.name}\n\n{text} Its weights are random: it is for trying out downloads.\n")
    patterns = ["*.bin", "*.h5", "*.msgpack", "*.onnx", "*.ot", "*.safetensors"]
    write(folder / ".gitattributes", "".join(f"{pattern} filter=lfs diff=lfs merge=lfs -text\n" for pattern in patterns))


def write(path, text):
    path.write_text(text if text.endswith("\n") else f"{text}\n", newline="\n")
