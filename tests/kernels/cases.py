"""Graphs that are awkward in one way each, and attention written row by row in float64."""

import math

import torch
from torch import Tensor

from paperflow.ops import Graph

TOLERANCE = {torch.float64: 1e-12, torch.float32: 5e-6, torch.bfloat16: 1e-2}


def random_edges(num_src: int, num_dst: int, edges: int, seed: int = 0) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    src = torch.randint(max(num_src, 1), (edges,), generator=draw)
    dst = torch.randint(max(num_dst, 1), (edges,), generator=draw)
    return torch.stack([src, dst])


def _graphs() -> dict[str, tuple[Tensor, int, int]]:
    loops = torch.arange(20).repeat(2, 1)
    hub = torch.stack([torch.arange(200) % 40, torch.zeros(200, dtype=torch.long)])
    return {
        "empty_rows": (random_edges(40, 10, 60), 40, 40),
        "self_loops": (loops, 20, 20),
        "multi_edges": (random_edges(5, 5, 120), 5, 5),
        "one_hub": (torch.cat([hub, random_edges(40, 40, 50)], 1), 40, 40),
        "bipartite": (random_edges(13, 29, 150), 29, 13),
        "one_node": (torch.zeros(2, 3, dtype=torch.long), 1, 1),
        "no_edges": (torch.zeros(2, 0, dtype=torch.long), 7, 4),
        "no_nodes": (torch.zeros(2, 0, dtype=torch.long), 0, 0),
        "sorted": (random_edges(30, 30, 100)[:, :].sort(1)[0], 30, 30),
    }


GRAPHS = _graphs()
SHAPES = [(8, 16), (4, 64), (3, 5), (2, 130)]  # compiled widths, a short one, a long one


def make(name: str) -> tuple[Graph, Tensor]:
    edge_index, num_dst, num_src = GRAPHS[name]
    return Graph.from_edge_index(edge_index, num_dst, num_src), edge_index


def features(*shape: int, dtype: torch.dtype = torch.float32, seed: int = 0) -> Tensor:
    draw = torch.Generator().manual_seed(seed + sum(shape))
    return torch.randn(*shape, generator=draw, dtype=torch.float64).to(dtype).requires_grad_()


def wave(x: Tensor) -> Tensor:
    """Return a gradient without any symmetry for the output x."""
    flat = torch.sin(torch.arange(x.numel(), dtype=torch.float64) * 1.7 + 0.3)
    return flat.view(x.shape).to(x.dtype)


def gradients(out: Tensor, inputs: list[Tensor]) -> list[Tensor | None]:
    if not out.requires_grad:  # nothing of the inputs reached it
        return [None] * len(inputs)
    return list(torch.autograd.grad(out, inputs, wave(out), allow_unused=True))


def wide(x: Tensor) -> Tensor:
    return x.detach().double().requires_grad_()


def row_by_row(logits: Tensor, values: Tensor, edge_index: Tensor, num_dst: int) -> Tensor:
    """Attend with logits [E, H] over values [E, H, d], one destination at a time."""
    rows = [
        (torch.softmax(logits[edge_index[1] == i], 0).unsqueeze(-1) * values[edge_index[1] == i])
        .sum(0)
        .view(1, *values.shape[1:])
        for i in range(num_dst)
    ]
    return torch.cat([values.new_zeros(0, *values.shape[1:]), *rows])


def dot_logits(q: Tensor, k: Tensor, edge_index: Tensor) -> Tensor:
    return (q[edge_index[1]] * k[edge_index[0]]).sum(-1) / math.sqrt(q.shape[2])


def assert_close(found: Tensor | None, wanted: Tensor | None, dtype: torch.dtype) -> None:
    """Compare with an error relative to the largest wanted value, or absolute below one."""
    if wanted is None or found is None:
        assert all(x is None or not x.any() for x in (found, wanted))
        return
    assert found.shape == wanted.shape
    found, wanted = found.detach().double(), wanted.detach().double()
    if wanted.numel():
        error = (found - wanted).abs().max()
        assert error <= TOLERANCE[dtype] * max(1.0, float(wanted.abs().max()))
