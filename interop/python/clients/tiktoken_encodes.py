"""tiktoken opens an encoding, writes a text in it, and reads it back."""

import tiktoken
from asked import answer_with


def encode(encoding, text):
    opened = tiktoken.get_encoding(encoding)
    tokens = opened.encode(text)
    return {"tokens": tokens, "text": opened.decode(tokens)}


answer_with(encode)
