"""Whisper's own downloader: whisper_download.py <url> <folder>

Only the function, taken from the installed package's source: importing the package would load torch, which costs
seconds and has nothing to do with the transfer.
"""

import ast
import hashlib
import importlib.util
import os
import sys
import urllib.request
import warnings
from pathlib import Path
from typing import Union

from tqdm import tqdm

[folder] = importlib.util.find_spec("whisper").submodule_search_locations
tree = ast.parse(Path(folder, "__init__.py").read_text())
tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "_download"]
names = {"hashlib": hashlib, "os": os, "urllib": urllib, "warnings": warnings, "tqdm": tqdm, "Union": Union}
exec(compile(tree, "whisper", "exec"), names)
names["_download"](sys.argv[1], sys.argv[2], False)
