"""A checkpoint in the form that whisper.load_model reads."""

from dataclasses import asdict

import torch
from whisper.model import ModelDimensions, Whisper


def build(folder):
    # The vocabulary and the contexts are those of tiny.en, since whisper's tokenizer and audio code know no others.
    dimensions = ModelDimensions(
        n_mels=80,
        n_audio_ctx=1500,
        n_audio_state=4,
        n_audio_head=1,
        n_audio_layer=1,
        n_vocab=51864,
        n_text_ctx=448,
        n_text_state=4,
        n_text_head=1,
        n_text_layer=1,
    )
    model = Whisper(dimensions)
    # Whisper leaves this one as the memory happens to be.
    torch.nn.init.normal_(model.decoder.positional_embedding)
    state = {name: value.half() for name, value in model.state_dict().items()}
    torch.save({"dims": asdict(dimensions), "model_state_dict": state}, folder / "tiny-demo.pt")
