"""faster-whisper loads a model by its id, and writes down a tone."""

import numpy
from asked import answer_with, files_under
from faster_whisper import WhisperModel
from faster_whisper.utils import download_model


def transcribe(models):
    return {name: heard_by(name) for name in models}


def heard_by(name):
    model = WhisperModel(name, device="cpu", compute_type="float32")
    seconds = numpy.arange(16_000, dtype=numpy.float32) / 16_000
    tone = numpy.sin(2 * numpy.pi * 440 * seconds).astype(numpy.float32)
    segments, heard = model.transcribe(tone, language="en", beam_size=1, temperature=0.0, without_timestamps=True)
    text = "".join(segment.text for segment in segments)
    opened = files_under(download_model(name)) if not name.startswith("/") else None
    return {"language": heard.language, "text": text, "duration": heard.duration, "opened": opened}


answer_with(transcribe)
