"""NLTK takes a text apart with its unpacked data, and counts words of a packed list."""

from asked import answer_with
from nltk import sent_tokenize, word_tokenize
from nltk.corpus import stopwords


def tokenize(text):
    return {
        "stopwords": len(stopwords.words("english")),
        "sentences": sent_tokenize(text),
        "words": word_tokenize(text),
    }


answer_with(tokenize)
