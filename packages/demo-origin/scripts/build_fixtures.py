"""Makes ../fixtures: models of a few kilobytes that the real clients load. See README.md beside this file."""

import hashlib
import os
import random
import shutil
import sys
from pathlib import Path

# Sets of strings have another order in every process otherwise, and spaCy writes some of them down.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})

# Nothing here may come from anywhere else.
os.environ["HF_HUB_OFFLINE"] = "1"

import numpy
import torch
import transformers

import hub_models
import plain_files
import spacy_wheel
import whisper_checkpoint

FIXTURES = Path(__file__).parent.parent / "fixtures"


def main():
    shutil.rmtree(FIXTURES, ignore_errors=True)
    for name, build in {
        "hub/tiny-bart": hub_models.bart,
        "hub/tiny-bart-sharded": hub_models.sharded_bart,
        "hub/tiny-led-bin": hub_models.led_as_bin,
        "hub/tiny-sentence": hub_models.sentence,
        "whisper": whisper_checkpoint.build,
        "spacy": spacy_wheel.build,
        "files": plain_files.build,
    }.items():
        seed(name)
        folder = FIXTURES / name
        folder.mkdir(parents=True)
        build(folder)
        print(f"{size(folder):>9,}  {name}")
    print(f"{size(FIXTURES):>9,}  in all")


def seed(name):
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    random.seed(number)
    numpy.random.seed(number)
    torch.manual_seed(number)
    transformers.set_seed(number)


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
