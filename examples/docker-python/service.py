"""Answers GET /?text=… with a shorter text. Its models are in the image; it never asks a network."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

MODEL = "preload-demo/tiny-bart"

tokenizer = AutoTokenizer.from_pretrained(MODEL)
model = AutoModelForSeq2SeqLM.from_pretrained(MODEL)


def summary_of(text: str) -> str:
    words = tokenizer(text, return_tensors="pt", truncation=True)
    return tokenizer.decode(model.generate(**words, max_new_tokens=20)[0], skip_special_tokens=True)


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        text = parse_qs(urlsplit(self.path).query).get("text", [""])[0]
        body = summary_of(text).encode()
        self.send_response(200)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 8000), Answer).serve_forever()
