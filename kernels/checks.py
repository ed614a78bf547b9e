"""What the operators ask of their inputs, checked before any memory is touched."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from paperflow.kernels.graph import Graph

LIMIT = 2**31 - 1  # sources are stored as int32
INTEGERS = (torch.int16, torch.int32, torch.int64, torch.uint8, torch.int8)
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


def check_edge_index(edge_index: Tensor, num_dst: int, num_src: int, sorted: bool) -> None:
    """Raise TypeError, ValueError or IndexError unless `edge_index` [2, E] fits the sizes."""
    if edge_index.dtype not in INTEGERS:
        raise TypeError(f"edge_index must be integers, not {edge_index.dtype}")
    if edge_index.dim() != 2 or edge_index.shape[0] != 2:
        raise ValueError(f"edge_index must be [2, E], not {list(edge_index.shape)}")
    check_sizes(edge_index.shape[1], num_dst, num_src)
    src, dst = edge_index
    _check_range("source", src, num_src)
    _check_range("destination", dst, num_dst)
    if sorted and bool((dst[1:] < dst[:-1]).any()):
        raise ValueError("edge_index is not sorted by destination: leave out sorted=True")


def check_csr(ptr: Tensor, idx: Tensor, num_src: int) -> None:
    """Raise TypeError, ValueError or IndexError unless bounds and sources are a graph."""
    if ptr.dtype not in INTEGERS or idx.dtype not in INTEGERS:
        raise TypeError(f"ptr and idx must be integers, not {ptr.dtype} and {idx.dtype}")
    if idx.dim() != 1:
        raise ValueError("idx must be [E]")
    if ptr.device != idx.device:
        raise ValueError(f"ptr is on {ptr.device}, idx on {idx.device}")
    check_bounds(ptr, idx.shape[0])
    check_sizes(idx.shape[0], ptr.shape[0] - 1, num_src)
    _check_range("source", idx, num_src)


def check_bounds(ptr: Tensor, size: int) -> None:
    """Raise unless `ptr` [n + 1] rises from 0 to `size`."""
    if ptr.dtype not in INTEGERS:
        raise TypeError(f"ptr must be integers, not {ptr.dtype}")
    if ptr.dim() != 1 or ptr.shape[0] == 0:
        raise ValueError("ptr must be [n + 1], with n ≥ 0")
    if int(ptr[0]) != 0 or int(ptr[-1]) != size or bool((ptr[1:] < ptr[:-1]).any()):
        raise ValueError(f"ptr must rise from 0 to {size} and never fall")


def check_sizes(edges: int, num_dst: int, num_src: int) -> None:
    """Raise ValueError for sizes below zero or above what int32 can number."""
    for name, size in (("edges", edges), ("destinations", num_dst), ("sources", num_src)):
        if not 0 <= size <= LIMIT:
            raise ValueError(f"the number of {name}, {size}, is not within 0 and 2^31 - 1")


def _check_range(name: str, values: Tensor, num: int) -> None:
    if values.numel() == 0:
        return
    low, high = (int(bound) for bound in torch.aminmax(values))
    if low < 0 or high >= num:
        raise IndexError(f"{name} {low if low < 0 else high} is not within 0 and {num - 1}")


def check_features(name: str, x: Tensor, shape: tuple[int | None, ...], like: Tensor) -> None:
    """Raise unless a floating tensor has `shape` (None: any) and the dtype and device of `like`."""
    check_data(name, x, shape, like.device)
    if x.dtype != like.dtype:
        raise TypeError(f"{name} is {x.dtype}, but {like.dtype} was expected")


def check_data(name: str, x: Tensor, shape: tuple[int | None, ...], device: torch.device) -> None:
    """Raise unless `x` holds floats of `shape` (None: any size) on `device`."""
    if x.dtype not in FLOATS:
        raise TypeError(f"{name} must be floats, not {x.dtype}")
    have = x.shape
    if len(have) != len(shape) or any(
        want is not None and size != want for size, want in zip(have, shape, strict=True)
    ):
        wanted = ", ".join("any" if want is None else str(want) for want in shape)
        raise ValueError(f"{name} must be [{wanted}], not {list(have)}")
    if x.device != device:
        raise ValueError(f"{name} is on {x.device}, but {device} was expected")


def fits(g: "Graph", q: Tensor, k: Tensor, v: Tensor) -> bool:
    """Tell quickly whether q [Nd, H, d] and k, v [Ns, H, d] fit the graph and one another."""
    shape, dtype, device = q.shape, q.dtype, q.device
    return (
        len(shape) == 3
        and shape[0] == g.num_dst
        and k.shape == v.shape == (g.num_src, shape[1], shape[2])
        and dtype is k.dtype is v.dtype
        and dtype in FLOATS
        and device == k.device == v.device == g.ptr.device
    )


def check_device(g: "Graph", x: Tensor) -> None:
    """Raise ValueError unless the graph lies on the device of `x`."""
    if g.ptr.device != x.device:
        raise ValueError(f"the graph is on {g.device}, the features on {x.device}: use Graph.to")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise ValueError unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
