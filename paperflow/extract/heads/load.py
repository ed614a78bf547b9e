"""The heads that ship in `data/heads`: weights as safetensors, labels in each one's card."""

import json
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from paperflow.extract.heads.linear import LinearHead


def card(name: str) -> dict[str, Any]:
    """Return the card of a head: data, terms, split, seed, and measured quality."""
    text = files("paperflow").joinpath("data", "heads", f"{name}.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def weights(name: str) -> dict[str, Any]:
    """Return the arrays of a head by name, as float32."""
    from safetensors.numpy import load_file

    with as_file(files("paperflow").joinpath("data", "heads", f"{name}.safetensors")) as path:
        return {key: value.astype(np.float32) for key, value in load_file(path).items()}


@cache
def linear_head(name: str) -> LinearHead:
    """Return the sentence classifier of this name: intent, function, or sentiment."""
    arrays = weights(name)
    labels = tuple(card(name)["labels"])
    return LinearHead(labels, arrays["weights"], arrays["bias"], arrays["idf"])
