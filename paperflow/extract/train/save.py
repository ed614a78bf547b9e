"""Write a head: its weights as float16 safetensors, and its card as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def save_head(
    folder: Path, name: str, arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any]
) -> None:
    """Write `NAME.safetensors` and `NAME.json` into `folder`."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    small = {key: np.ascontiguousarray(value, dtype=np.float16) for key, value in arrays.items()}
    save_file(small, folder / f"{name}.safetensors")
    text = json.dumps({"name": name, **card}, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{name}.json").write_text(text, "utf-8")


def rounded(scores: Mapping[str, float]) -> dict[str, float]:
    """Return scores as a card prints them."""
    return {name: round(value, 4) for name, value in scores.items()}
