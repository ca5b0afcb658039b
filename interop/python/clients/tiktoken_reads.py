"""tiktoken takes a file of an encoding out of its cache, by the address that the file has."""

import hashlib

from asked import answer_with
from tiktoken.load import read_file_cached


def read(url, sha256):
    content = read_file_cached(url, expected_hash=sha256)
    return {"sha256": hashlib.sha256(content).hexdigest()}


answer_with(read)
