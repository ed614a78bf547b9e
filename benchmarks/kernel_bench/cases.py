"""Graphs and the candidates that run on them."""

import math
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from kernel_bench.timing import gradients
from paperflow import ops
from paperflow.kernels import library
from paperflow.kernels.graph_attention import operator
from paperflow.ops import Graph

NODES, EDGES = 169_343, 2_332_486
REPEATS = 100
Run = Callable[[bool], object]


def build(kind: str, heads: int, width: int, share: float) -> "Case":
    """Return a graph kind at a share of full size, with features."""
    nodes, edges = max(8, int(NODES * share)), max(16, int(EDGES * share))
    return Case(edge_index(kind, nodes, edges // 2), nodes, heads, width)


def edge_index(kind: str, nodes: int, pairs: int) -> Tensor:
    """Draw undirected edges of a graph kind: both directions, [2, 2 · pairs]."""
    draw = torch.Generator().manual_seed(1)
    first = torch.randint(nodes, (pairs,), generator=draw)
    second = torch.randint(nodes, (pairs,), generator=draw)
    if kind == "power-law":  # Chung-Lu, exponent 2.3
        weight = (torch.arange(nodes, dtype=torch.float64) + 5) ** (-1 / 1.3)
        bound = torch.cumsum(weight / weight.sum(), 0)
        name = torch.randperm(nodes, generator=draw)
        first, second = (
            name[
                torch.searchsorted(
                    bound, torch.rand(pairs, generator=draw, dtype=torch.float64)
                ).clamp(max=nodes - 1)
            ]
            for _ in range(2)
        )
    elif kind == "banded":
        reach = torch.randint(1, 65, (pairs,), generator=draw)
        second = (first + reach) % nodes
    elif kind == "hubs":  # 16 nodes own a fifth of the edges
        is_hub = torch.rand(pairs, generator=draw) < 0.4
        second = torch.where(is_hub, second % 16, second)
    return torch.stack([torch.cat([first, second]), torch.cat([second, first])])


def gather_scatter(q: Tensor, k: Tensor, v: Tensor, src: Tensor, dst: Tensor) -> Tensor:
    """Attend in plain torch over edges sorted by destination."""
    logits = (q[dst] * k[src]).sum(-1) / math.sqrt(q.shape[2])
    index = dst.unsqueeze(1).expand_as(logits)
    top = logits.new_full(q.shape[:2], -math.inf).scatter_reduce(0, index, logits.detach(), "amax")
    weights = torch.exp(logits - top[dst])
    total = torch.zeros_like(top).index_add(0, dst, weights)
    weights = weights / total[dst]
    return torch.zeros_like(q).index_add(0, dst, weights.unsqueeze(-1) * v[src])


class Case:
    """One graph with features, and every candidate as a method."""

    def __init__(self, edges: Tensor, nodes: int, heads: int, width: int) -> None:
        from torch_geometric.nn import GATv2Conv, TransformerConv

        self.edges = edges[:, torch.argsort(edges[1], stable=True)]
        self.graph = Graph.from_edge_index(self.edges, nodes, sorted=True)
        self.transposed = self.graph.T
        draw = torch.Generator().manual_seed(2)
        self.features = [torch.randn(nodes, heads, width, generator=draw) for _ in range(4)]
        self.inputs = [x.detach().requires_grad_() for x in self.features[:3]]
        self.grad = self.features[3]
        self.conv: Any = TransformerConv(heads * width, width, heads)
        self.gatv2: Any = GATv2Conv(heads * width, width, heads, add_self_loops=False)
        self.made = [torch.zeros_like(x) for x in self.features[:2]]

    @cached_property
    def narrow(self) -> list[Tensor]:
        """Return the inputs in bfloat16."""
        return [x.bfloat16().requires_grad_() for x in self.features[:3]]

    def _run(self, f: Callable[..., Tensor], both: bool, inputs: list[Tensor]) -> Any:
        if both:
            return gradients(f(*inputs), inputs, self.grad.to(inputs[0].dtype))
        with torch.no_grad():
            return f(*inputs)

    def ours(self, both: bool) -> Any:
        """Run our kernel in float32."""
        return self._run(
            lambda q, k, v: ops.graph_attention(q, k, v, self.graph), both, self.inputs
        )

    def ours_in_fresh_memory(self, both: bool) -> Any:
        """Run our kernel where no earlier result has left memory."""
        ops.empty_cache()
        return self.ours(both)

    def ours_on(self, level: str, both: bool) -> Any:
        """Run our kernel as compiled for one instruction set."""
        library.force(level)
        try:
            return self.ours(both)
        finally:
            library.force(None)

    def ours_bf16(self, both: bool) -> Any:
        """Run our kernel with bfloat16 storage."""
        return self._run(
            lambda q, k, v: ops.graph_attention(q, k, v, self.graph), both, self.narrow
        )

    def pyg(self, both: bool) -> Any:
        """Run TransformerConv's own message passing."""

        def run(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            out: Tensor = self.conv.propagate(self.edges, query=q, key=k, value=v, edge_attr=None)
            return out.view_as(q)

        return self._run(run, both, self.inputs)

    def gather_scatter(self, both: bool, function: Callable[..., Tensor] = gather_scatter) -> Any:
        """Run plain torch."""
        src, dst = self.edges
        return self._run(lambda q, k, v: function(q, k, v, src, dst), both, self.inputs)

    def truth(self) -> list[Tensor]:
        """Return output and gradients by plain torch, one head after the other: they need room."""
        heads = range(self.grad.shape[1])
        found = [self._truth_of(slice(head, head + 1)) for head in heads]
        return [torch.cat(parts, dim=1) for parts in zip(*found, strict=True)]

    def _truth_of(self, heads: slice) -> list[Tensor]:
        inputs = [x.detach()[:, heads].contiguous().requires_grad_() for x in self.inputs]
        return gradients(gather_scatter(*inputs, *self.edges), inputs, self.grad[:, heads])

    def floor(self, both: bool) -> list[Tensor]:
        """Read and write what the passes must, into memory that is there."""
        q, k, v = self.features[:3]
        made = [self.made[i] for i in (0, 0, 1, 0)[: 4 if both else 1]]
        self._floor(self.graph, [k, v], [q, None], [made[0], None])
        if both:
            self._floor(self.transposed, [q, self.grad], [k, v], [made[1], made[2]])
            self._floor(self.graph, [k, v], [q, self.grad], [made[3], None])
        return made

    def _floor(self, g: Graph, *rows: list[Tensor | None]) -> None:
        fields = library.graph_fields(g.ptr, g.idx, g.eid, g.num_edges)
        values = self.grad.shape[1] * self.grad.shape[2]
        pointers = [library.address(x) for pair in rows for x in pair]
        library.call("gather_floor", [*fields, 0, values, *pointers], [])

    def variants(self) -> Iterator[tuple[str, Run, Run]]:
        """Return name, ours and baseline of GATv2, top-m and the edge channel."""
        nodes, heads = self.inputs[0].shape[:2]
        draw = torch.Generator().manual_seed(3)
        edge = torch.randn(self.graph.num_edges, 16, generator=draw)
        edge_q = torch.randn(nodes, heads, 16, generator=draw)

        def gatv2_pyg(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            alpha = self.gatv2.edge_updater(self.edges, x=(k, q), edge_attr=None)
            out: Tensor = self.gatv2.propagate(self.edges, x=(k, q), alpha=alpha)
            return out

        def naive(**options: Any) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
            def run(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
                with ops.use_backend("naive"):
                    return fast(**options)(q, k, v)

            return run

        def fast(**options: Any) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
            def run(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
                out = ops.graph_attention(q, k, v, self.graph, **options)
                return out if isinstance(out, Tensor) else out[0]

            return run

        att = self.gatv2.att[0].detach()
        pairs = {
            "GATv2 (PyG)": (
                lambda q, k, v: ops.gatv2_attention(k, q, None, att, self.graph) + 0 * v.sum(),
                lambda q, k, v: gatv2_pyg(q, k, v) + 0 * v.sum(),
            ),
            "top 4 (plain torch)": (fast(top_m=4), naive(top_m=4)),
            "edge channel of 16 (plain torch)": (
                fast(edge=edge, edge_q=edge_q),
                naive(edge=edge, edge_q=edge_q),
            ),
        }
        for name, (f, g) in pairs.items():
            yield (
                name,
                lambda both, f=f: self._run(f, both, self.inputs),  # type: ignore[misc]
                lambda both, g=g: self._run(g, both, self.inputs),  # type: ignore[misc]
            )


class HypergraphStage:
    """Sums of node rows in hyperedges: 200,000 nodes, 50,000 hyperedges, 600,000 incidences."""

    def __init__(self, share: float) -> None:
        nodes, sets, size = (max(4, int(n * share)) for n in (200_000, 50_000, 600_000))
        draw = torch.Generator().manual_seed(4)
        src = torch.randint(nodes, (size,), generator=draw)
        dst = torch.randint(sets, (size,), generator=draw).sort()[0]
        self.src, self.dst, self.sets = src, dst, sets
        self.graph = Graph.from_edge_index(torch.stack([src, dst]), sets, nodes, sorted=True)
        self.x = torch.randn(nodes, 128, generator=draw)
        ones = torch.ones(size)
        self.matrix = torch.sparse_csr_tensor(self.graph.ptr, src, ones, (sets, nodes))

    def ours(self) -> Tensor:
        """Run our kernel."""
        return ops.spmm(self.graph, self.x)

    def pyg(self) -> Tensor:
        """Gather, then scatter, as PyG does without extra packages."""
        from torch_geometric.utils import scatter

        return scatter(self.x[self.src], self.dst, 0, self.sets)

    def torch_sparse(self) -> Tensor:
        """Multiply by torch's own CSR matrix."""
        return self.matrix @ self.x

    def check(self) -> None:
        """Refuse to time unequal results."""
        for found in (self.ours(), self.torch_sparse()):
            if not torch.allclose(found, self.pyg(), atol=1e-3):
                raise SystemExit("not timed: the hypergraph stage differs")


def small_calls(both: bool) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return REPEATS calls on 50 nodes: of ours, and of an operator with an empty body."""
    case = Case(edge_index("uniform", 50, 125), 50, 8, 16)
    q, k, v = case.inputs
    g = case.graph
    out, lse = torch.zeros_like(q), torch.zeros(50, 8)
    seed = torch.zeros(1, dtype=torch.int64)
    empty = _empty_operator(out.detach(), lse)
    arguments = (
        g.ptr,
        g.idx,
        g.eid,
        g.T.ptr,
        g.T.idx,
        g.T.eid,
        None,
        None,
        None,
        0.25,
        0,
        0.0,
        seed,
    )

    def repeat(function: Callable[[], Tensor]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(REPEATS):
                if both:
                    torch.autograd.grad(function(), [q, k, v], case.grad)
                else:
                    with torch.no_grad():
                        function()

        return run

    return repeat(lambda: ops.graph_attention(q, k, v, g)), repeat(
        lambda: empty(q, k, v, *arguments)[0]
    )


def _empty_operator(out: Tensor, lse: Tensor) -> Any:
    """Return operators with the schema of ours, forward and backward, that compute nothing."""
    library_name = "paperflow_empty"
    forward = torch.library.custom_op(
        f"{library_name}::forward",
        lambda *inputs: (torch.empty_like(out), torch.empty_like(lse), lse.new_empty(0)),
        mutates_args=(),
        schema=_schema(operator.attention_op),
    )
    backward = torch.library.custom_op(
        f"{library_name}::backward",
        lambda *inputs: (
            *(torch.empty_like(out) for _ in range(3)),
            *(lse.new_empty(0) for _ in range(3)),
        ),
        mutates_args=(),
        schema=_schema(operator.backward_op),
    )

    def setup(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.mark_non_differentiable(output[1])
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*output, *inputs[:12], inputs[-1])

    def back(ctx: Any, grad: Tensor, *_: Any) -> Any:
        *saved, seed = ctx.saved_tensors
        grads = backward(grad, None, *saved, 0.25, 0, 0.0, seed)
        return *grads[:3], *[None] * 13

    forward.register_autograd(back, setup_context=setup)
    return forward


def _schema(op: Any) -> str:
    text = str(op._opoverload._schema)
    return text[text.index("(") :]
