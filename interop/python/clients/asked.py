"""How a client program is asked, and answers: JSON in its first argument, JSON into the file named by the second."""

import hashlib
import json
import sys
from pathlib import Path


def answer_with(function):
    answer = function(**json.loads(sys.argv[1]))
    Path(sys.argv[2]).write_text(json.dumps(answer))


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def files_under(folder):
    """The digest of every file, by its path in the folder. Follows links."""
    folder = Path(folder)
    return {str(path.relative_to(folder)): sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def refused(function, *arguments, **options):
    """What it answers, or the name of the error it raises."""
    try:
        return function(*arguments, **options)
    except Exception as error:  # noqa: BLE001  Which one it is, is the answer.
        return {"refused": type(error).__name__, "message": str(error)}
