import urllib.request


def test_in_parts(subtests):
    with subtests.test("stays"):
        pass
    with subtests.test("reaches"):
        try:
            urllib.request.urlopen("https://subtest.invalid/")
        except OSError:
            pass
    with subtests.test("stays as well"):
        pass
