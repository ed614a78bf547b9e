"""Calls of the compiled attention kernels; argument orders as in cpp/attention.h, general.h."""

from typing import NamedTuple

from torch import Tensor

from paperflow.kernels import library, memory, segments
from paperflow.kernels.common import rows
from paperflow.kernels.library import address

DOT, GIVEN, GATV2 = 0, 1, 2


class Csr(NamedTuple):
    """A graph's tensors in one order: bounds, neighbours, edges (None: as they lie)."""

    ptr: Tensor
    idx: Tensor | None
    eid: Tensor | None
    edges: int

    def fields(self) -> list[int]:
        """Return the struct's fields."""
        return library.graph_fields(*self)

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return self.ptr.shape[0] - 1


class Extras(NamedTuple):
    """What an attention may have besides its features; per-edge data in the compute dtype."""

    bias: Tensor | None = None
    edge: Tensor | None = None
    edge_q: Tensor | None = None
    att: Tensor | None = None
    scale: float = 1.0
    slope: float = 0.0
    top_m: int = 0
    dropout: float = 0.0
    seed: Tensor | None = None

    def contiguous(self) -> "Extras":
        """Return the same with every tensor contiguous."""
        return self._replace(
            **{
                name: x.contiguous()
                for name in ("bias", "edge", "edge_q", "att")
                if (x := getattr(self, name)) is not None
            }
        )


def _plain(
    name: str,
    g: Csr,
    inputs: tuple[Tensor, Tensor, Tensor],
    scale: float,
    out: Tensor,
    lse: Tensor,
    *rest: Tensor | None,
) -> None:
    """Call a plain kernel; `rest` begins grad, stats, dq, dk, dv, weights."""
    q, k, v = inputs
    pointers = [out.data_ptr(), lse.data_ptr(), *(address(x) for x in rest)]
    library.call(
        name,
        [
            *g.fields(),
            *(library.CODES[q.dtype], q.shape[1], q.shape[2]),
            *(q.data_ptr(), k.data_ptr(), v.data_ptr()),
            *(q.stride(0), k.stride(0), v.stride(0)),
            *pointers,
            *(0,) * (8 - len(pointers)),
        ],
        [scale],
    )


def forward(g: Csr, q: Tensor, k: Tensor, v: Tensor, scale: float) -> tuple[Tensor, Tensor]:
    """Return output [Nd, H, d] and natural log-sum-exp [Nd, H] of plain attention."""
    q, k, v = rows(q), rows(k), rows(v)
    out = memory.empty_like(q)
    lse = memory.empty(q.shape[:2], segments.compute_dtype(q))
    _plain("attention_forward", g, (q, k, v), scale, out, lse)
    return out, lse


def backward(
    g: Csr,
    transposed: Csr,
    inputs: tuple[Tensor, Tensor, Tensor],
    out: Tensor,
    lse: Tensor,
    grad: Tensor,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of q, k and v of plain attention.

    The pass over destinations leaves what the one over sources needs: of each of their rows, or,
    where that takes no more memory than a gradient, of each edge: then nothing is computed twice.
    """
    q, k, v = inputs = rows(inputs[0]), rows(inputs[1]), rows(inputs[2])
    given = out.contiguous(), lse.contiguous(), grad.contiguous()
    stats = memory.empty((q.shape[0], 2, q.shape[1]), lse.dtype)
    weights = _handed_over(g, q, lse)
    dq, dk, dv = memory.empty_like(q), memory.empty_like(k), memory.empty_like(v)
    _plain(
        "attention_backward_destinations", g, inputs, scale, *given, stats, dq, None, None, weights
    )
    name = "attention_backward_sources"
    _plain(name, transposed, inputs, scale, *given, stats, None, dk, dv, weights)
    return dq, dk, dv


def _handed_over(g: Csr, q: Tensor, lse: Tensor) -> Tensor | None:
    """Return room [E, 2, H] for weights and logit gradients; None where a gradient takes less."""
    heads = q.shape[1]
    if 2 * g.edges * heads * lse.itemsize > q.numel() * q.itemsize:
        return None
    return memory.empty((g.edges, 2, heads), lse.dtype)


def _general(
    name: str,
    score: int,
    g: Csr,
    inputs: tuple[Tensor | None, Tensor | None, Tensor],
    x: Extras,
    **made: Tensor | None,
) -> None:
    q, k, v = inputs
    channels = 0 if x.edge is None else x.edge.shape[1]
    below = segments.drop_threshold(x.dropout) if x.dropout else 0
    seed = int(x.seed) if x.dropout and x.seed is not None else 0
    names = ("out", "lse", "mean", "grad", "grad_mean")
    results = ("dq", "dlogits", "weights", "dedge", "dedge_q", "datt")
    library.call(
        name,
        [
            *g.fields(),
            *(library.CODES[v.dtype], v.shape[1], v.shape[2], score, channels),
            *(x.top_m, below, seed),
            *(address(q), address(k), v.data_ptr()),
            *(0 if y is None else y.stride(0) for y in inputs),
            *(address(y) for y in (x.att, x.bias, x.edge, x.edge_q)),
            *(address(made.get(name)) for name in names + results),
        ],
        [x.scale, x.slope, 1 / (1 - x.dropout)],
    )


def general_forward(
    score: int, g: Csr, q: Tensor | None, k: Tensor | None, v: Tensor, x: Extras
) -> tuple[Tensor, Tensor, Tensor]:
    """Return output [Nd, H, d], log-sum-exp [Nd, H], mean edge features [Nd, H, c] or [0]."""
    wide, heads = segments.compute_dtype(v), v.shape[1]
    q, k, v = (y if y is None else rows(y) for y in (q, k, v))  # type: ignore[assignment]
    out = memory.empty((g.rows, heads, v.shape[2]), v.dtype)
    lse = memory.empty((g.rows, heads), wide)
    size = (0,) if x.edge is None else (g.rows, heads, x.edge.shape[1])
    mean = memory.empty(size, wide)
    x = x.contiguous()
    _general("general_forward", score, g, (q, k, v), x, out=out, lse=lse, mean=mean)
    return out, lse, mean


def general_backward(
    score: int,
    g: Csr,
    q: Tensor | None,
    k: Tensor | None,
    v: Tensor,
    x: Extras,
    saved: tuple[Tensor, Tensor, Tensor],
    grad: Tensor,
    grad_mean: Tensor | None,
) -> dict[str, Tensor]:
    """Return dq, dlogits and weights [E, H], dedge, dedge_q and datt, where they exist.

    `saved` is what the forward pass returned.
    """
    lse = saved[1]
    wide, heads = lse.dtype, v.shape[1]
    q, k, v = (y if y is None else rows(y) for y in (q, k, v))  # type: ignore[assignment]
    made = {name: memory.empty((g.edges, heads), wide) for name in ("dlogits", "weights")}
    if q is not None:
        made["dq"] = memory.empty_like(q)
    if x.edge is not None and x.edge_q is not None:
        made |= {"dedge": memory.empty(x.edge.shape, wide)}
        made |= {"dedge_q": memory.empty(x.edge_q.shape, wide)}
    if score == GATV2:
        chunks = library.chunks(g.rows, g.edges)
        made["datt"] = memory.empty((chunks, heads, v.shape[2]), wide)
    inner = None if grad_mean is None else grad_mean.contiguous()
    given = {"lse": lse.contiguous(), "grad": grad.contiguous(), "grad_mean": inner}
    _general("general_backward", score, g, (q, k, v), x.contiguous(), **given, **made)
    return made


def gatv2_sources(
    transposed: Csr,
    r: Tensor,
    l: Tensor,  # noqa: E741
    x: Extras,
    dlogits: Tensor,
) -> Tensor:
    """Return GATv2's gradient of l [Ns, H, d] by way of the logits."""
    r, l = rows(r), rows(l)  # noqa: E741
    dl = memory.empty_like(l)
    made = {"dq": dl, "dlogits": dlogits}
    _general("gatv2_sources", GATV2, transposed, (r, l, l), x.contiguous(), **made)
    return dl
