"""Bad input is named before any memory is touched; awkward numbers follow torch's softmax."""

import math

import pytest
import torch

from paperflow import ops
from tests.kernels.cases import features, make

G, EDGES = make("bipartite")
Q, K, V = features(29, 2, 4), features(13, 2, 4), features(13, 2, 4, seed=1)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ops.graph_attention(Q, K[:5], V, G), ValueError, r"k must be \[13, 2, 4\]"),
        (lambda: ops.graph_attention(Q[:3], K, V, G), ValueError, r"q must be \[29"),
        (lambda: ops.graph_attention(Q, K, V[..., :2], G), ValueError, "v must be"),
        (lambda: ops.graph_attention(Q[0], K, V, G), ValueError, "q must be"),
        (lambda: ops.graph_attention(Q, K.double(), V, G), TypeError, "k is torch.float64"),
        (lambda: ops.graph_attention(Q.long(), K, V, G), TypeError, "q must be floats"),
        (lambda: ops.graph_attention(Q, K.to("meta"), V, G), ValueError, "k is on meta"),
        (lambda: ops.graph_attention(Q, K, V, G.to("meta")), ValueError, "use Graph.to"),
        (lambda: ops.graph_attention(Q, K, V, G, bias=features(5, 2)), ValueError, "bias must be"),
        (lambda: ops.graph_attention(Q, K, V, G, edge=features(150, 3)), ValueError, "together"),
        (lambda: ops.graph_attention(Q, K, V, G, top_m=0), ValueError, "top_m"),
        (lambda: ops.graph_attention(Q, K, V, G, dropout=1.0), ValueError, "dropout"),
        (lambda: ops.graph_attention(Q, K, V, G, dropout=-0.1), ValueError, "dropout"),
        (lambda: ops.edge_attention(features(7, 2), V, G), ValueError, "logits must be"),
        (lambda: ops.gatv2_attention(K, Q, None, features(3, 4), G), ValueError, "att must be"),
        (lambda: ops.edge_softmax(features(3, 2), G), ValueError, "logits must be"),
        (lambda: ops.spmm(G, V, op="median"), ValueError, "op must be one of"),
        (lambda: ops.spmm(G, V, features(3)), ValueError, "w must be"),
        (lambda: ops.sddmm(G, Q, V[:, :1]), ValueError, "b must be"),
        (lambda: ops.segment_reduce(V, torch.tensor([0, 14])), ValueError, "ptr must rise"),
        (lambda: ops.segment_reduce(V, torch.tensor([0.0, 13.0])), TypeError, "ptr must be int"),
        (lambda: ops.hypergraph_propagate(G, V, features(3)), ValueError, "w_edge must be"),
        (lambda: ops.set_backend("cuda"), ValueError, "the backend must be one of"),
    ],
)
def test_bad_input_is_named(backend, call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_dtype_without_a_kernel_is_served_by_plain_torch():
    half = [x.half() for x in (Q, K, V)]
    out = ops.graph_attention(*half, G)
    assert out.dtype == torch.float16
    assert torch.allclose(out.float(), ops.graph_attention(Q, K, V, G), atol=1e-2)


def test_a_backend_that_cannot_serve_says_so():
    with ops.use_backend("native"), pytest.raises(ValueError, match="no native kernel"):
        ops.graph_attention(Q.half(), K.half(), V.half(), G)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("place", ["q", "k", "v", "bias"])
def test_infinite_and_undefined_inputs_spread_as_in_torchs_softmax(backend, value, place):
    inputs = {"q": Q, "k": K, "v": V, "bias": features(150, 2)}
    inputs = {name: x.detach().clone() for name, x in inputs.items()}
    inputs[place][3, 1] = value
    found = ops.graph_attention(inputs["q"], inputs["k"], inputs["v"], G, inputs["bias"])
    logits = (inputs["q"][EDGES[1]] * inputs["k"][EDGES[0]]).sum(-1) / 2 + inputs["bias"]
    rows = [
        (
            torch.softmax(logits[EDGES[1] == i], 0).unsqueeze(-1)
            * inputs["v"][EDGES[0]][EDGES[1] == i]
        ).sum(0)
        for i in range(29)
    ]
    assert torch.allclose(found, torch.stack(rows), atol=1e-5, equal_nan=True)


def test_a_row_that_is_masked_whole_gives_zero_and_no_gradient(backend):
    bias = torch.zeros(150, 2)
    bias[EDGES[1] == 4] = -math.inf
    bias.requires_grad_()
    out = ops.graph_attention(Q, K, V, G, bias)
    assert not out[4].any()
    grads = torch.autograd.grad(out.sum(), [Q, bias])
    assert all(x.isfinite().all() for x in grads)


def test_large_logits_do_not_overflow(backend):
    out = ops.graph_attention(Q * 1e4, K * 1e4, V, G)
    assert out.isfinite().all()


def test_the_first_undefined_value_is_the_maximum(backend):
    x = torch.tensor([[1.0], [math.nan], [3.0]])
    assert ops.segment_reduce(x, torch.tensor([0, 3]), "max").isnan().all()
