"""The file that pyannote.audio asks the Hub with, as published, but without the rest of the package.

The package cannot be imported: torchaudio, which it needs, is published for CUDA only.
"""

import importlib.util
import sys
from importlib.metadata import distribution, version
from types import ModuleType

from asked import answer_with, sha256

NAME = "pyannote.audio.utils.hf_hub"


def published():
    for parent in ("pyannote", "pyannote.audio", "pyannote.audio.utils"):
        sys.modules[parent] = ModuleType(parent)
    sys.modules["pyannote.audio"].__version__ = version("pyannote.audio")
    path = distribution("pyannote.audio").locate_file("pyannote/audio/utils/hf_hub.py")
    spec = importlib.util.spec_from_file_location(NAME, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find(asked):
    """What the pipeline asks for, as (repository, file, folder): `core/pipeline.py`, `core/model.py`, `core/plda.py`."""
    hub = published()
    kinds = {"a pipeline": hub.AssetFileName.Pipeline, "a model": hub.AssetFileName.Model}
    return [
        sha256(hub.download_from_hf_hub(id, kinds.get(file, file), subfolder=folder)) for id, file, folder in asked
    ]


answer_with(find)
