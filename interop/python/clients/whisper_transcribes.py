"""whisper loads a checkpoint, and writes down a tone."""

import base64
import gzip

import numpy
import whisper
from asked import answer_with


def transcribe(name, url, path):
    if url is not None:
        # The name in whisper's table: it takes the digest from the address, and the file's name, too.
        whisper._MODELS[name] = url
        # One head in one layer.
        whisper._ALIGNMENT_HEADS[name] = base64.b85encode(gzip.compress(b"\x01"))
    model = whisper.load_model(path or name, device="cpu")
    seconds = numpy.arange(2 * 16_000, dtype=numpy.float32) / 16_000
    tone = numpy.sin(2 * numpy.pi * 440 * seconds).astype(numpy.float32)
    heard = model.transcribe(tone, language="en", fp16=False, temperature=0.0, condition_on_previous_text=False)
    return {
        "parameters": sum(value.numel() for value in model.parameters()),
        "language": heard["language"],
        "text": heard["text"],
    }


answer_with(transcribe)
