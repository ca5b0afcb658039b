"""torch.hub loads a checkpoint by the address it was published at."""

import torch
from asked import answer_with


def load(url):
    state = torch.hub.load_state_dict_from_url(url, progress=False, check_hash=True, weights_only=True)
    return {name: list(value.shape) for name, value in state.items()}


answer_with(load)
