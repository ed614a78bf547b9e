"""Call of the compiled dot products; argument order as in cpp/reduce.h."""

from torch import Tensor

from paperflow.kernels import library, memory, segments
from paperflow.kernels.common import rows
from paperflow.kernels.graph_attention.native import Csr


def sddmm(g: Csr, a: Tensor, b: Tensor) -> Tensor:
    """Return a[row] · b[neighbour] [E, H], in the compute dtype."""
    a, b = rows(a), rows(b)
    out = memory.empty((g.edges, a.shape[1]), segments.compute_dtype(a))
    library.call(
        "sddmm",
        [
            *g.fields(),
            *(library.CODES[a.dtype], a.shape[1], a.shape[2]),
            *(a.data_ptr(), b.data_ptr(), a.stride(0), b.stride(0), out.data_ptr()),
        ],
        [],
    )
    return out
