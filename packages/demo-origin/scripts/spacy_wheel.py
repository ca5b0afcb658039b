"""Wheels of a small pipeline, laid out like those of spaCy's own releases."""

import base64
import hashlib
import json
import tempfile
import zipfile
from pathlib import Path

import spacy
from spacy.cli.package import package

LANG, NAME = "en", "demo_core"
FULL_NAME = f"{LANG}_{NAME}"
RELEASES = {"3.7.1": ">=3.7.0,<3.8.0", "3.8.0": ">=3.8.0,<3.9.0"}
PATTERNS = [
    {"label": "ORG", "pattern": "Preload"},
    {"label": "GPE", "pattern": "Berlin"},
    {"label": "PERSON", "pattern": [{"LOWER": "ada"}, {"LOWER": "lovelace"}]},
]


def build(folder):
    for version, spacy_version in RELEASES.items():
        release(folder, version, spacy_version)


def release(folder, version, spacy_version):
    with tempfile.TemporaryDirectory() as scratch:
        root = packaged(Path(scratch), version, spacy_version)
        wheel = folder / f"{FULL_NAME}-{version}-py3-none-any.whl"
        write_wheel(wheel, root, version, spacy_version)
        meta = json.loads((root / FULL_NAME / "meta.json").read_text())
    published = {**meta, "size": f"{wheel.stat().st_size} bytes", "checksum_whl": sha256(wheel.read_bytes()).hex()}
    (folder / f"{FULL_NAME}-{version}.json").write_text(json.dumps(published, indent=2) + "\n", newline="\n")


def packaged(scratch, version, spacy_version):
    """The folder that spaCy's own packager makes, before setuptools."""
    nlp = spacy.blank(LANG)
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("entity_ruler").add_patterns(PATTERNS)
    nlp.meta.update(
        name=NAME,
        version=version,
        description="A pipeline that knows three names, for trying out downloads.",
        author="Preload",
        license="MIT",
    )
    nlp.to_disk(scratch / "pipeline")
    package(scratch / "pipeline", scratch, create_sdist=False, create_wheel=False, silent=True)
    root = scratch / f"{FULL_NAME}-{version}"
    # A published pipeline asks for the spaCy it was trained with, not for the one that packs it here.
    meta = {**json.loads((root / "meta.json").read_text()), "spacy_version": spacy_version}
    # setup.py puts the meta into the package as well: it is what the package's load() reads.
    for path in [root / FULL_NAME / "meta.json", root / FULL_NAME / root.name / "meta.json"]:
        path.write_text(json.dumps(meta, indent=2), newline="\n")
    return root


def write_wheel(wheel, root, version, spacy_version):
    info = f"{FULL_NAME}-{version}.dist-info"
    members = {str(path.relative_to(root)): path.read_bytes() for path in root.glob(f"{FULL_NAME}/**/*") if path.is_file()}
    # Up to 3.7 the wheels of spaCy named spaCy itself as a requirement.
    requires = "Requires-Dist: spacy <3.8.0,>=3.7.0\n" if version.startswith("3.7") else ""
    members |= {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {FULL_NAME}\nVersion: {version}\n"
        f"Summary: A pipeline that knows three names, for trying out downloads.\nAuthor: Preload\nLicense: MIT\n{requires}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: bdist_wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n\n",
        f"{info}/entry_points.txt": f"[spacy_models]\n{FULL_NAME} = {FULL_NAME}\n".encode(),
        f"{info}/top_level.txt": f"{FULL_NAME}\n".encode(),
    }
    lines = [f"{path},sha256={record_digest(content)},{len(content)}" for path, content in members.items()]
    members[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""]).encode()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(members.items(), key=lambda member: (info in member[0], member[0])):
            entry = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def record_digest(content):
    return base64.urlsafe_b64encode(sha256(content)).rstrip(b"=").decode()


def sha256(content):
    return hashlib.sha256(content).digest()
