"""Writes a shorter text."""

MODEL = "facebook/bart-base"


def summary_of(text: str) -> str:
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    model = AutoModelForSeq2SeqLM.from_pretrained(MODEL)
    words = tokenizer(text, return_tensors="pt", truncation=True)
    return tokenizer.decode(model.generate(**words, max_new_tokens=20)[0], skip_special_tokens=True)


def sentences_of(text: str) -> list:
    return [sentence.strip() for sentence in text.split(".") if sentence.strip()]
