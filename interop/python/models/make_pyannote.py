"""A pipeline of pyannote.audio laid out as `speaker-diarization-community-1` is, with other bytes in its models."""

import sys
from pathlib import Path

CONFIG = """dependencies:
  pyannote.audio: 4.0.0
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params:
    clustering: VBxClustering
    segmentation: $model/segmentation
    segmentation_batch_size: 32
    embedding: $model/embedding
    plda: $model/plda
params:
  clustering:
    threshold: 0.6
"""
FILES = {
    "config.yaml": CONFIG,
    "README.md": "---\nlicense: cc-by-4.0\n---\n",
    "segmentation/pytorch_model.bin": "segmentation",
    "embedding/pytorch_model.bin": "embedding",
    "plda/xvec_transform.npz": "transform",
    "plda/plda.npz": "plda",
}

for path, text in FILES.items():
    file = Path(sys.argv[1], "pyannote", path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
