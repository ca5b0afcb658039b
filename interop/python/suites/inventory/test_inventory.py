"""Tests that change the caches. Each model of the test is made up by conftest.py, before the run begins."""

import os
import shutil
import subprocess
import sys

import pytest

HUB = os.environ["HF_HUB_CACHE"]


def folder(name, *parts):
    return os.path.join(HUB, f"models--org--{name}", *parts)


def test_reads():
    with open(folder("whole", "snapshots", "abc", "config.json")) as file:
        file.read()


def test_deletes_a_model():
    shutil.rmtree(folder("whole"))


def test_deletes_a_file():
    os.remove(folder("part", "snapshots", "abc", "config.json"))


@pytest.mark.removes_models
def test_may_delete():
    shutil.rmtree(folder("free"))


def test_deletes_elsewhere(tmp_path):
    (tmp_path / "file").write_text("x")
    shutil.rmtree(tmp_path / "..", ignore_errors=True)


def test_downloads():
    os.makedirs(folder("new", "snapshots", "abc"))
    part = folder("new", "snapshots", "abc", "config.json.incomplete")
    with open(part, "w") as file:
        file.write("{}")
    os.rename(part, folder("new", "snapshots", "abc", "config.json"))


def test_deletes_by_a_child():
    program = "import shutil, sys; shutil.rmtree(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, folder("childs")], check=True)
