"""Finds the model where the client of the Hub looks for it."""

import json
import os
from pathlib import Path

MODEL = "preload-demo/tiny-bart"


def folder_of(model: str) -> Path:
    cache = Path(os.environ.get("HF_HUB_CACHE", "~/.cache/huggingface/hub")).expanduser()
    repository = cache / f"models--{model.replace('/', '--')}"
    commit = (repository / "refs" / "main").read_text()
    return repository / "snapshots" / commit


def config_of(model: str) -> dict:
    return json.loads((folder_of(model) / "config.json").read_text())
