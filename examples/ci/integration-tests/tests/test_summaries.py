import unittest

from summaries import MODEL, config_of, folder_of


class WithTheTrueModel(unittest.TestCase):
    def test_it_is_the_kind_of_model_that_writes_summaries(self):
        self.assertEqual(config_of(MODEL)["model_type"], "bart")

    def test_its_weights_are_there(self):
        self.assertGreater((folder_of(MODEL) / "model.safetensors").stat().st_size, 50_000)
