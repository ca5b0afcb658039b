import urllib.request

ASKED = []


def test_asks_once():
    if not ASKED:
        ASKED.append("again.invalid")
        try:
            urllib.request.urlopen("https://again.invalid/")
        except OSError:
            pass


TRIES = []


def test_is_flaky():
    TRIES.append(1)
    assert len(TRIES) > 1
