"""Makes a wheel as spaCy publishes pipelines, of so many random bytes: make_wheel.py <folder> <bytes>"""

import base64
import hashlib
import json
import random
import sys
import zipfile
from pathlib import Path

folder, size = Path(sys.argv[1]), int(sys.argv[2])
name, version = "en_bench_md", "3.8.0"
release = f"{name}-{version}"
data = f"{name}/{release}"
meta = {"lang": "en", "name": "bench_md", "version": version, "spacy_version": ">=3.8.0,<3.9.0", "license": "MIT"}
source = random.Random(4)
members = {
    f"{name}/__init__.py": b"",
    f"{name}/meta.json": json.dumps(meta).encode(),
    f"{data}/meta.json": json.dumps(meta).encode(),
    f"{data}/config.cfg": b"[nlp]\nlang = \"en\"\npipeline = []\n",
    f"{data}/tokenizer": source.randbytes(70_000),
    f"{data}/vocab/vectors": source.randbytes(size),
    f"{release}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
    f"{release}.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}


def line(path, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"


record = "".join(line(path, content) for path, content in members.items()) + f"{release}.dist-info/RECORD,,\n"
members[f"{release}.dist-info/RECORD"] = record.encode()
wheel = folder / "releases" / "download" / release / f"{release}-py3-none-any.whl"
wheel.parent.mkdir(parents=True, exist_ok=True)
with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
    for path, content in members.items():
        archive.writestr(zipfile.ZipInfo(path, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
(folder / "master" / "meta").mkdir(parents=True, exist_ok=True)
checked = {**meta, "checksum_whl": hashlib.sha256(wheel.read_bytes()).hexdigest()}
(folder / "master" / "meta" / f"{release}.json").write_text(json.dumps(checked))
(folder / "master" / "compatibility.json").write_text(json.dumps({"spacy": {"3.8": {name: [version]}}}))
(folder / "vectors.sha256").write_text(hashlib.sha256(members[f"{data}/vocab/vectors"]).hexdigest())
