"""spaCy loads a pipeline, by name or by path, and finds the names in a sentence."""

from importlib.metadata import distribution, entry_points

import spacy
from asked import answer_with, refused
from spacy.util import get_installed_models


def load(name, path, text):
    nlp = spacy.load(path or name)
    return {
        "version": nlp.meta["version"],
        "entities": [[entity.text, entity.label_] for entity in nlp(text).ents],
        "distribution": refused(lambda: distribution(name).version),
        "files": refused(lambda: all(file.locate().is_file() for file in distribution(name).files)),
        "installed": name in get_installed_models(),
        "entry_points": [point.value for point in entry_points(group="spacy_models")],
    }


answer_with(load)
