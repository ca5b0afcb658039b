"""Tests that change the variables which lead to models. The suite is run in this order, in one process."""

import os

import pytest


@pytest.fixture(scope="module")
def moved():
    os.environ["HF_HUB_CACHE"] = "/moved"
    yield
    del os.environ["HF_HUB_CACHE"]


def test_leaves_variables():
    os.environ["HF_HOME"] = "/left"
    os.environ["HF_TOKEN"] = "hf_secret"
    os.environ["MINE"] = "stays"
    del os.environ["TORCH_HOME"]


def test_finds_them_as_they_were():
    assert "HF_HOME" not in os.environ
    assert "HF_TOKEN" not in os.environ
    assert os.environ["TORCH_HOME"] == "/torch"
    assert os.environ["MINE"] == "stays"


def test_is_given_one_by_a_fixture(moved):
    assert os.environ["HF_HUB_CACHE"] == "/moved"


def test_is_given_it_as_well(moved, monkeypatch):
    assert os.environ["HF_HUB_CACHE"] == "/moved"
    monkeypatch.setenv("HF_HUB_CACHE", "/for this test")


def test_is_the_last_of_them(moved):
    assert os.environ["HF_HUB_CACHE"] == "/moved"
