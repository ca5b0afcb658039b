"""Plain files as tiktoken, NLTK, torch.hub and whisper.cpp fetch them: each below the host and path of its address."""

import base64
import hashlib
import io
import struct
import zipfile

import torch

WORDS = ["the", "model", "is", "there", "before", "it", "needed"]


def build(folder):
    encoding(folder / "openaipublic.blob.core.windows.net/encodings/demo_base.tiktoken")
    nltk_data(folder / "raw.githubusercontent.com/nltk/nltk_data/gh-pages")
    checkpoint(folder / "download.pytorch.org/models")
    own_files(folder / "models.example.com/demo")
    ggml(folder / "huggingface.co/ggerganov/whisper.cpp/ggml-tiny-demo.bin")


def encoding(path):
    """Every byte is a token, then the words of the demo from their front."""
    tokens = [bytes([byte]) for byte in range(256)]
    for word in WORDS:
        for end in range(2, len(word) + 1):
            if word[:end].encode() not in tokens:
                tokens.append(word[:end].encode())
    lines = [f"{base64.b64encode(token).decode()} {rank}\n" for rank, token in enumerate(tokens)]
    write(path, "".join(lines).encode())


def nltk_data(folder):
    """One package that NLTK reads unpacked, and one that it reads packed, of which the index has only the md5."""
    punkt = zip_of(
        {
            "punkt_tab/README": "Made for a demonstration: a few English abbreviations.\n",
            "punkt_tab/english/abbrev_types.txt": "dr\ne.g\ni.e\nmr\nmrs\nvs\n",
            "punkt_tab/english/collocations.tab": "##number##\tst\n",
            "punkt_tab/english/sent_starters.txt": "however\nthe\n",
            "punkt_tab/english/ortho_context.tab": "the\t46\nmodel\t40\n",
        }
    )
    words = zip_of({"demo_words/README": "Seven words.\n", "demo_words/english": "\n".join(WORDS) + "\n"})
    write(folder / "packages/tokenizers/punkt_tab.zip", punkt)
    write(folder / "packages/corpora/demo_words.zip", words)
    packages = [
        package("punkt_tab", "tokenizers", punkt, unzip=1, sha256_checksum=hashlib.sha256(punkt).hexdigest()),
        package("demo_words", "corpora", words, unzip=0),
    ]
    index = "\n".join(["<nltk_data>", "  <packages>", *packages, "  </packages>", "</nltk_data>", ""])
    write(folder / "index.xml", f'<?xml version="1.0"?>\n{index}'.encode())


def package(name, subdir, archive, **more):
    base = "https://raw.githubusercontent.com/nltk/nltk_data/gh-pages"
    attributes = {
        "id": name,
        "name": "For a demonstration",
        "license": "CC0-1.0",
        "subdir": subdir,
        "url": f"{base}/packages/{subdir}/{name}.zip",
        "size": len(archive),
        "checksum": hashlib.md5(archive).hexdigest(),
        **more,
    }
    text = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    return f"    <package {text} />"


def checkpoint(folder):
    torch.manual_seed(1)
    body = io.BytesIO()
    torch.save(torch.nn.Linear(4, 2).state_dict(), body)
    digest = hashlib.sha256(body.getvalue()).hexdigest()
    write(folder / f"linear-{digest[:8]}.pth", body.getvalue())


def own_files(folder):
    write(folder / "words.txt", ("\n".join(WORDS) + "\n").encode())
    lists = {"lists/english.txt": "\n".join(WORDS) + "\n", "lists/stop/short.txt": "is\nit\n"}
    write(folder / "lists.zip", zip_of(lists))


def ggml(path):
    """The head that whisper.cpp's models have, of one that holds nothing: 51864 words, and layers of width 4."""
    write(path, b"lmgg" + struct.pack("<11i", 51864, 1500, 4, 1, 1, 448, 4, 1, 1, 80, 1))


def zip_of(members):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in sorted({path.rsplit("/", 1)[0] for path in members}):
            archive.writestr(zipfile.ZipInfo(f"{folder}/"), b"")
        for path, text in members.items():
            info = zipfile.ZipInfo(path)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return body.getvalue()


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
