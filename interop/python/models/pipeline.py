"""en_core_web_sm in small: trained by spaCy, packed by spaCy's own packager, as Explosion publishes its pipelines."""

import shutil
import sys
import tempfile
from pathlib import Path

import spacy
from spacy.cli.package import package
from spacy.training import Example
from spacy.util import fix_random_seed

SENTENCES = [
    ("Ada Lovelace lived in London.", [(0, 12, "PERSON"), (22, 28, "GPE")]),
    ("Alan Turing went to Manchester.", [(0, 11, "PERSON"), (20, 30, "GPE")]),
    ("Grace Hopper was born in New York.", [(0, 12, "PERSON"), (25, 33, "GPE")]),
    ("In Berlin nobody knew Emmy Noether.", [(3, 9, "GPE"), (22, 34, "PERSON")]),
]


def build(folder, version, spacy_version):
    """Leaves a wheel in the folder."""
    fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ner = nlp.add_pipe("ner")
    examples = [Example.from_dict(nlp.make_doc(text), {"entities": entities}) for text, entities in SENTENCES]
    for label in ("PERSON", "GPE"):
        ner.add_label(label)
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(40):
        nlp.update(examples, sgd=optimizer, drop=0.1)
    nlp.meta.update(name="core_web_sm", version=version, license="MIT", description=f"Made for a test, {version}.")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        nlp.meta["spacy_version"] = spacy_version
        nlp.to_disk(scratch / "pipeline")
        (scratch / "packed").mkdir()
        # The wheel is what setuptools makes of spaCy's template.
        package(
            scratch / "pipeline", scratch / "packed", create_sdist=False, create_wheel=True, silent=True
        )
        (wheel,) = (scratch / "packed").rglob("*.whl")
        shutil.copy(wheel, folder / wheel.name)


def target():
    folder = Path(sys.argv[1], "spacy")
    folder.mkdir(exist_ok=True)
    return folder
