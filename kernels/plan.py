"""The work list of the GPU kernels: rows in pieces of at most a cap of edges."""

from collections.abc import MutableMapping
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary


class Plan(NamedTuple):
    """Pieces of rows, longest first, and the rows that were cut.

    `items` [K, 4] int32 are (row, begin, end, slot), where `slot` numbers the pieces of cut rows
    and is -1 for a whole row; `split` [S, 3] int32 are (row, first slot, number of slots).
    """

    items: Tensor
    split: Tensor
    slots: int


_plans: MutableMapping[Tensor, dict[int, Plan]] = WeakTensorKeyDictionary()


def plan_of(ptr: Tensor, cap: int) -> Plan:
    """Return the plan of row bounds `ptr` [n + 1], kept for as long as they live."""
    kept = _plans.setdefault(ptr, {})
    if cap not in kept:
        kept[cap] = make_plan(ptr, cap)
    return kept[cap]


def make_plan(ptr: Tensor, cap: int) -> Plan:
    """Cut rows above `cap` edges into pieces."""
    degree = ptr[1:] - ptr[:-1]
    pieces = torch.clamp((degree + cap - 1) // cap, min=1)
    row = torch.repeat_interleave(torch.arange(len(degree), device=ptr.device), pieces)
    first = torch.cumsum(pieces, 0) - pieces
    begin = ptr[row] + (torch.arange(len(row), device=ptr.device) - first[row]) * cap
    end = torch.minimum(begin + cap, ptr[row + 1])
    is_split = pieces[row] > 1
    slot = torch.where(is_split, torch.cumsum(is_split, 0) - 1, -1)
    items = torch.stack([row, begin, end, slot], dim=1)
    split = torch.nonzero(pieces > 1).flatten()
    slots = torch.stack([split, slot[first[split]], pieces[split]], dim=1)
    order = torch.argsort(begin - end, stable=True)
    return Plan(items[order].int().contiguous(), slots.int().contiguous(), int(is_split.sum()))
