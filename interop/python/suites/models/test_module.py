import pytest

pytestmark = pytest.mark.requires_model("hf:preload-demo/tiny-led-bin")


def test_of_a_module():
    pass
