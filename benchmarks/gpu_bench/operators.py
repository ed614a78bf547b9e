"""Every operator on one graph: our call, a peer's, the inputs, and the bytes that must move."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from kernel_bench import cases
from torch import Tensor

from paperflow import ops
from paperflow.ops import Graph

Call = Callable[..., Tensor]
CHANNELS = 16


class Operator(NamedTuple):
    """One operator with its inputs.

    A forward pass gathers `rows` rows of H · d values an edge, and reads or writes `values`
    values of 4 bytes an edge; backward is timed beside the peer alone.
    """

    inputs: list[Tensor]
    ours: Call
    peer: Call
    peer_name: str
    rows: int
    values: int


class Setting:
    """A graph with features on a device, in one dtype."""

    def __init__(self, case: cases.Case, device: str, dtype: torch.dtype) -> None:
        self.graph, self.edges = case.graph.to(device), case.edges.to(device)
        self.q, self.k, self.v, grad = (x.to(device, dtype) for x in case.features)
        self.heads, self.width = grad.shape[1:]
        self.conv, self.gatv2 = case.conv.to(device), case.gatv2.to(device, dtype)
        del self.gatv2.att  # a parameter: each call brings its own, which gets a gradient
        self.draw = torch.Generator().manual_seed(5)
        self.device, self.dtype = device, dtype

    def random(self, *shape: int) -> Tensor:
        """Return random values in the compute dtype."""
        wide = torch.float64 if self.dtype == torch.float64 else torch.float32
        found = torch.randn(*shape, generator=self.draw, dtype=torch.float64)
        return found.to(self.device, wide)

    def forward_bytes(self, operator: Operator) -> int:
        """Return the bytes of a forward pass that reuses no row of a neighbour."""
        size = self.q[0].nbytes
        edges, nodes = self.graph.num_edges, self.graph.num_dst
        return edges * (operator.rows * size + 4 * operator.values) + 2 * nodes * size


def plainly(function: Call) -> Call:
    """Return the same call, served by plain torch: gather, scatter, softmax."""

    def run(*inputs: Tensor) -> Tensor:
        with ops.use_backend("naive"):
            return function(*inputs)

    return run


def joined(found: Any) -> Tensor:
    """Return results side by side as one."""
    return found if isinstance(found, Tensor) else torch.cat([x.float() for x in found], -1)


def operators(s: Setting) -> dict[str, Operator]:
    """Return the table."""
    return _attentions(s) | _others(s)


def _attentions(s: Setting) -> dict[str, Operator]:
    g, edges, heads = s.graph, s.graph.num_edges, s.heads
    bias, edge = s.random(edges, heads), s.random(edges, CHANNELS)
    edge_q, att = s.random(g.num_dst, heads, CHANNELS), s.random(heads, s.width).to(s.dtype)

    def attend(**options: Any) -> Call:
        return lambda q, k, v: joined(ops.graph_attention(q, k, v, g, **options))

    def extras(q: Tensor, k: Tensor, v: Tensor, *more: Tensor) -> Tensor:
        return joined(ops.graph_attention(q, k, v, g, *more))

    def dropped(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        torch.manual_seed(0)
        return attend(dropout=0.1)(q, k, v)

    def given(logits: Tensor, v: Tensor) -> Tensor:
        return ops.edge_attention(logits, v, g)

    def gatv2(left: Tensor, right: Tensor, att: Tensor) -> Tensor:
        return ops.gatv2_attention(left, right, None, att, g)

    def gatv2_pyg(left: Tensor, right: Tensor, att: Tensor) -> Tensor:
        s.gatv2.att = att.unsqueeze(0)
        alpha = s.gatv2.edge_updater(s.edges, x=(left, right), edge_attr=None)
        out: Tensor = s.gatv2.propagate(s.edges, x=(left, right), alpha=alpha)
        return out

    qkv, wide = [s.q, s.k, s.v], [bias, edge, edge_q]
    plain, top = attend(), attend(top_m=4)
    return {
        "graph_attention": Operator(qkv, plain, plainly(plain), "plain torch", 2, 1),
        "with bias and edges": Operator(
            qkv + wide, extras, plainly(extras), "plain torch", 2, 1 + heads + CHANNELS
        ),
        "top 4": Operator(qkv, top, plainly(top), "plain torch", 2, 1 + 2 * heads),
        "dropout": Operator(qkv, dropped, plainly(dropped), "plain torch", 2, 1),
        "edge_attention": Operator([bias, s.v], given, plainly(given), "plain torch", 1, 1 + heads),
        "gatv2_attention": Operator([s.k, s.q, att], gatv2, gatv2_pyg, "PyG", 1, 1),
    }


def _others(s: Setting) -> dict[str, Operator]:
    from torch_geometric.utils import softmax

    g, dst, heads = s.graph, s.edges[1], s.heads
    weight, logits = (s.random(g.num_edges, heads) for _ in range(2))
    sets = Graph.from_edge_index(s.edges, g.num_dst, g.num_src, sorted=True)

    def total(x: Tensor, w: Tensor) -> Tensor:
        return ops.spmm(g, x, w)

    def greatest(x: Tensor) -> Tensor:
        return ops.spmm(g, x, op="max")

    def dots(a: Tensor, b: Tensor) -> Tensor:
        return ops.sddmm(g, a, b)

    def segments(x: Tensor) -> Tensor:
        return ops.segment_reduce(x, g.ptr)

    def propagate(x: Tensor) -> Tensor:
        return ops.hypergraph_propagate(sets, x, op="mean")

    table: dict[str, tuple[list[Tensor], Call, int, int]] = {
        "spmm": ([s.v, weight], total, 1, 1 + heads),
        "spmm max": ([s.v], greatest, 1, 1),
        "sddmm": ([s.q, s.k], dots, 1, 1 + heads),
        "segment_reduce": ([weight], segments, 0, heads),
        "hypergraph_propagate": ([s.v], propagate, 2, 2),
    }
    found = {
        name: Operator(inputs, call, plainly(call), "plain torch", rows, values)
        for name, (inputs, call, rows, values) in table.items()
    }
    by_pyg: Call = lambda x: softmax(x, dst, num_nodes=g.num_dst)  # noqa: E731
    ours: Call = lambda x: ops.edge_softmax(x, g)  # noqa: E731
    return found | {"edge_softmax": Operator([logits], ours, by_pyg, "PyG", 0, 3 * heads)}


def run(call: Call, inputs: list[Tensor], both: bool) -> list[Tensor]:
    """Return the output, and with `both` the gradients for an output's gradient of cosines."""
    if not both:
        with torch.no_grad():
            return [call(*inputs)]
    leaves = [x.detach().requires_grad_() for x in inputs]
    out = call(*leaves)
    steps = torch.arange(out.numel(), device=out.device).view(out.shape)
    grads = torch.autograd.grad(out, leaves, torch.cos(steps).to(out.dtype), allow_unused=True)
    return [out.detach(), *(x for x in grads if x is not None)]
