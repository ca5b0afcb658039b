import unittest

from summaries import config_of

KINDS = {"preload-demo/tiny-bart": "bart", "preload-demo/tiny-led-bin": "led"}


class EveryModel(unittest.TestCase):
    def test_is_of_its_kind(self):
        for model, kind in KINDS.items():
            with self.subTest(model):
                self.assertEqual(config_of(model)["model_type"], kind)
