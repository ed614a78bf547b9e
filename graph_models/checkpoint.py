"""A trained model on disk: weights as safetensors, and a card that says what they are."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

from paperflow.errors import BadInput, NotReady


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a checkpoint is: its model, what it was trained on, and how good it is.

    `config` are the model's own arguments, `data` and `split` name what was used, `metrics`
    maps a metric's name to its value, `seconds` is the time that training took, and `commit`
    the revision of the code or of the store that it came from.
    """

    model: str
    task: str
    data: str
    split: str
    config: dict[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = (0,)
    metrics: dict[str, float] = field(default_factory=dict)
    commit: str = ""
    seconds: float = 0.0


def save(path: Path, model: nn.Module, card: Card) -> None:
    """Write `path` with suffix .safetensors, then the card beside it with suffix .json.

    Each file appears whole or not at all, the card last: weights without one are no checkpoint.
    """
    from safetensors.torch import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    weights = {name: value.detach().cpu().contiguous() for name, value in _state(model).items()}
    part = path.with_suffix(".part")
    path.with_suffix(".json").unlink(missing_ok=True)
    save_file(weights, part)
    part.replace(path.with_suffix(".safetensors"))
    part.write_text(json.dumps(asdict(card), indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(path.with_suffix(".json"))


def read_card(path: Path) -> Card:
    """Return the card of the checkpoint at `path`; raise NotReady where there is none."""
    try:
        found = json.loads(path.with_suffix(".json").read_text("utf-8"))
        return Card(**{**found, "seeds": tuple(found["seeds"])})
    except FileNotFoundError:
        raise NotReady(f"no model at {path}", hint="train it first") from None
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{path.with_suffix('.json')} is no card: {error}") from error


def load(path: Path, model: nn.Module) -> Card:
    """Read the weights at `path` into `model` and return the card.

    Raises NotReady where there is no checkpoint, BadInput where its weights are not those of
    such a model.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    card = read_card(path)
    try:
        weights = load_file(path.with_suffix(".safetensors"))
        missing = _state(model).keys() - weights.keys()
        model.load_state_dict(weights, strict=False)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise BadInput(f"{path} does not hold such a model: {error}") from error
    if missing or weights.keys() - model.state_dict().keys():
        raise BadInput(f"{path} holds the weights of another model than {card.model}")
    return card


def _state(model: nn.Module) -> dict[str, Any]:
    """Return the weights, each tensor that two names share only once."""
    kept: dict[str, Any] = {}
    seen: set[int] = set()
    for name, value in model.state_dict(keep_vars=True).items():
        if id(value) not in seen:
            seen.add(id(value))
            kept[name] = value
    return kept
