import os

import pytest
from summaries import MODEL, sentences_of, summary_of

needs_bart = pytest.mark.requires_model(f"hf:{MODEL}", package="transformers")


def test_sentences_need_no_model():
    assert sentences_of("One. Two.") == ["One", "Two"]


@needs_bart
def test_summary():
    assert isinstance(summary_of("The cat sat on the mat. It was a sunny day."), str)


@needs_bart
@pytest.mark.parametrize("text", ["", "A single sentence."])
def test_summary_of_little(text):
    assert isinstance(summary_of(text), str)


@needs_bart
def test_a_home_of_ones_own(tmp_path):
    """Variables that a test changes are put back behind it, and the run says which test it was."""
    os.environ["HF_HOME"] = str(tmp_path)
