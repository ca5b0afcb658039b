import os


def test_comes_after_the_fixture():
    assert "HF_HUB_CACHE" not in os.environ
