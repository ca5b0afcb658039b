"""sentence-transformers turns sentences into vectors."""

from asked import answer_with
from sentence_transformers import SentenceTransformer


def embed(models, sentences):
    return {name: SentenceTransformer(name, device="cpu").encode(sentences).tolist() for name in models}


answer_with(embed)
