"""A whisper of one layer in CTranslate2's format, by CTranslate2's own converter."""

import sys
import tempfile
from pathlib import Path

from ctranslate2.converters import TransformersConverter
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizerFast

LANGUAGES = ["<|en|>", "<|de|>"]
TASKS = ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
SPECIAL = ["<|endoftext|>", "<|startoftranscript|>", *LANGUAGES, *TASKS]
TIMES = [f"<|{index * 0.02:.2f}|>" for index in range(1501)]

alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
tokenizer = Tokenizer(BPE(vocab={letter: index for index, letter in enumerate(alphabet)}, merges=[]))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.add_special_tokens([*SPECIAL, *TIMES])
size = tokenizer.get_vocab_size()
token = tokenizer.token_to_id

config = WhisperConfig(
    vocab_size=size,
    d_model=16,
    encoder_layers=1,
    decoder_layers=1,
    encoder_attention_heads=2,
    decoder_attention_heads=2,
    encoder_ffn_dim=32,
    decoder_ffn_dim=32,
    decoder_start_token_id=token("<|startoftranscript|>"),
    eos_token_id=token("<|endoftext|>"),
    bos_token_id=token("<|endoftext|>"),
    pad_token_id=token("<|endoftext|>"),
    suppress_tokens=[],
    begin_suppress_tokens=[],
)
with tempfile.TemporaryDirectory() as scratch:
    model = WhisperForConditionalGeneration(config)
    model.generation_config.alignment_heads = [[0, 0]]
    model.generation_config.lang_to_id = {name: token(name) for name in LANGUAGES}
    model.generation_config.no_timestamps_token_id = token("<|notimestamps|>")
    model.save_pretrained(scratch)
    WhisperTokenizerFast(tokenizer_object=tokenizer).save_pretrained(scratch)
    tokenizer.save(str(Path(scratch, "tokenizer.json")))
    WhisperFeatureExtractor().save_pretrained(scratch)
    copied = ["tokenizer.json", "preprocessor_config.json"]
    TransformersConverter(scratch, copy_files=copied).convert(str(Path(sys.argv[1], "faster-whisper")))
