"""Call of the compiled softmax; argument order as in cpp/reduce.h."""

from torch import Tensor

from paperflow.kernels import library, memory
from paperflow.kernels.graph_attention.native import Csr


def edge_softmax(g: Csr, x: Tensor, grad: Tensor | None) -> Tensor:
    """Return the weights of logits x [E, H]; with `grad`, of weights x, the logits' gradient."""
    x, grad = x.contiguous(), None if grad is None else grad.contiguous()
    out = memory.empty_like(x)
    pointers = [x.data_ptr(), library.address(grad), out.data_ptr()]
    sizes = [library.CODES[x.dtype], x.shape[1]]
    library.call("edge_softmax", [*g.fields(), *sizes, *pointers], [])
    return out
