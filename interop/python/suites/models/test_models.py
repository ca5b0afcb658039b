"""What tests can need, said in each way that pytest has. The first of `MODELS` is here, the others are not."""

import unittest

import pytest

HERE, ABSENT, UNKNOWN = "hf:preload-demo/tiny-bart", "hf:preload-demo/tiny-led-bin", "hf:org/nobody-knows-it"


def test_needs_nothing():
    pass


@pytest.mark.requires_model(HERE, package="json")
def test_is_here():
    pass


@pytest.mark.requires_model(ABSENT)
def test_is_absent():
    pass


@pytest.mark.requires_model(HERE, UNKNOWN)
def test_one_of_two_is_absent():
    pass


@pytest.mark.requires_model(HERE, package=["json", "no_such_package"])
def test_package_is_absent():
    pass


@pytest.mark.parametrize(
    "name", [HERE, pytest.param(ABSENT, marks=pytest.mark.requires_model(ABSENT))], ids=["here", "absent"]
)
def test_of_parameters(name):
    pass


@pytest.mark.xfail
@pytest.mark.requires_model(ABSENT)
def test_is_expected_to_fail():
    assert False


@pytest.mark.skip(reason="for another reason")
@pytest.mark.requires_model(ABSENT)
def test_is_skipped_anyway():
    pass


@pytest.mark.requires_model(ABSENT)
class TestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise AssertionError("nothing is set up for tests that are skipped")

    def test_of_a_case(self):
        pass
