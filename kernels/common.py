"""What the public functions share: shapes, autocast, and row strides."""

from functools import cache

import torch
from torch import Tensor
from torch._library.custom_ops import CustomOpDef

from paperflow.kernels.graph import Graph


def autocast(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Cast features to autocast's dtype where it is on, as torch's own matmul does."""
    device = tensors[0].device.type
    if not torch.is_autocast_enabled(device):
        return tensors
    dtype = torch.get_autocast_dtype(device)
    return tuple(x.to(dtype) if x.dtype != torch.float64 else x for x in tensors)


def rows(x: Tensor) -> Tensor:
    """Return x [N, H, d] itself if each row's H·d values lie together, else a copy that does."""
    if x.is_contiguous():
        return x
    if x.stride(2) == 1 and x.stride(1) == x.shape[2] and x.stride(0) >= x.shape[1] * x.shape[2]:
        return x
    return x.contiguous()


def seed_for(dropout: float, device: torch.device) -> Tensor:
    """Draw dropout's seed [1] int64 from torch's generator; zero, undrawn, without dropout."""
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout must be within 0 and 1, 1 left out, not {dropout}")
    if dropout:
        return torch.randint(2**32, (1,), device=device)
    if torch.compiler.is_compiling():
        return torch.zeros(1, dtype=torch.int64, device=device)
    return _no_seed(device)


@cache
def _no_seed(device: torch.device) -> Tensor:
    return torch.zeros(1, dtype=torch.int64, device=device)


def graph_tensors(
    g: Graph, *inputs: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None, Tensor | None, Tensor | None]:
    """Return the graph's tensors, and its transpose's where an input needs a gradient."""
    if torch.is_grad_enabled() and any(x is not None and x.requires_grad for x in inputs):
        return g.ptr, g.idx, g.eid, g.T.ptr, g.T.idx, g.T.eid
    return g.ptr, g.idx, g.eid, None, None, None


def refuse_double_backward(op: CustomOpDef) -> None:
    """Make the derivative of a backward operator an error instead of a wrong number."""

    def refuse(ctx: object, *grads: object) -> None:
        raise RuntimeError(
            f"{op._qualname} has no derivative of its own: for second derivatives use the naive "
            "backend, by paperflow.ops.use_backend('naive') or PAPERFLOW_KERNELS=naive"
        )

    op.register_autograd(refuse)
