"""A model in ONNX that turns each token into its own vector: what transformers.js needs for feature extraction."""

import json
import sys
from pathlib import Path

import numpy
from onnx import TensorProto, helper, numpy_helper, save
from tokenizers import Tokenizer, pre_tokenizers
from tokenizers.models import WordLevel

WORDS = ["[PAD]", "[UNK]", "a", "cache", "is", "promise"]
WIDTH = 4

folder = Path(sys.argv[1], "onnx")
(folder / "onnx").mkdir(parents=True)

vectors = numpy.arange(len(WORDS) * WIDTH, dtype=numpy.float32).reshape(len(WORDS), WIDTH)
ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])
mask = helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch", "length"])
hidden = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "length", WIDTH])
lookup = helper.make_node("Gather", ["vectors", "input_ids"], ["last_hidden_state"])
graph = helper.make_graph([lookup], "lookup", [ids, mask], [hidden], [numpy_helper.from_array(vectors, "vectors")])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
save(model, folder / "onnx" / "model.onnx")

tokenizer = Tokenizer(WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer.save(str(folder / "tokenizer.json"))
settings = {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "[UNK]", "pad_token": "[PAD]"}
(folder / "tokenizer_config.json").write_text(json.dumps(settings))
config = {"model_type": "bert", "architectures": ["BertModel"], "hidden_size": WIDTH, "vocab_size": len(WORDS)}
(folder / "config.json").write_text(json.dumps(config))
