"""The GPU kernels on a CPU, by Triton's interpreter; test_triton.py runs this in its own process.

Every operation of every program costs the interpreter a fraction of a millisecond: the graphs
are those of cases.py, the features narrow, and pieces of rows short, so that the hub is cut.
"""

import math
from types import SimpleNamespace

import pytest
import torch
import triton.language as tl
from triton.runtime import interpreter

from paperflow import ops
from paperflow.kernels import plan, tiles
from tests.kernels import test_against_dense as dense
from tests.kernels import test_bad_input as bad_input
from tests.kernels.cases import GRAPHS, features, gradients, make

FLOAT, HALF = torch.float32, torch.bfloat16
HUB = ops.Graph.from_edge_index(
    torch.stack([torch.arange(43) % 6, torch.tensor([1] * 40 + [0, 2, 2])]), 4, 6
)

# Patch Triton's language once, not again for every call of a function inside a kernel.
interpreter._patch_lang(SimpleNamespace(__globals__={"tl": tl, "core": tl.core}))
DONE = interpreter._LangPatchScope()
interpreter._patch_lang = lambda _: DONE


@pytest.fixture(autouse=True)
def _on_triton(monkeypatch):
    monkeypatch.setattr(tiles, "CAP", 64)
    monkeypatch.setattr(tiles, "tuning", lambda sizes, most=0: {"BE": 32, "num_warps": 1})
    monkeypatch.setattr(torch.utils.deterministic, "fill_uninitialized_memory", True)
    torch.use_deterministic_algorithms(True)  # fresh memory holds NaN: all must be written
    with ops.use_backend("triton"):
        yield
    torch.use_deterministic_algorithms(False)


OPERATORS = {
    "graph_attention": lambda name: dense.test_graph_attention("", name, FLOAT, 3, 5),
    "edge_attention": lambda name: dense.test_edge_attention("", name, FLOAT),
    "gatv2_attention": lambda name: dense.test_gatv2_attention("", name, FLOAT, 3, 5, True),
    "edge_softmax": lambda name: dense.test_edge_softmax("", name),
    "sddmm": lambda name: dense.test_sddmm("", name, 3, 5),
    "extras": lambda name: dense.test_graph_attention_with_bias_and_edge_features(
        "", name, 3, 5, FLOAT
    ),
    "spmm": lambda name: GRAPHS[name][0].numel() and dense.test_spmm("", name, "sum", True, FLOAT),
}


# The rest differs in the order of edges and rows alone, which all operators read alike.
ALL, KINDS = ["graph_attention", "extras"], ["one_hub", "multi_edges", "bipartite"]
KINDS += ["one_node", "no_edges", "no_nodes"]  # some rows of one_hub are empty
PAIRS = [(x, name) for x in OPERATORS for name in (GRAPHS if x in ALL else KINDS)]


@pytest.mark.parametrize(("operator", "name"), PAIRS)
def test_every_operator_equals_its_definition(operator, name):
    OPERATORS[operator](name)


@pytest.mark.parametrize("op", ["sum", "mean", "max", "min"])
@pytest.mark.parametrize("weighted", [False, True])
def test_every_reduction_equals_its_definition(op, weighted):
    for name in ("one_hub", "multi_edges"):
        dense.test_spmm("", name, op, weighted, FLOAT)
    dense.test_segment_reduce_and_its_gradient("", op)


@pytest.mark.parametrize("op", ["sum", "mean"])
def test_hypergraph_propagation_equals_its_definition(op):
    dense.test_hypergraph_propagate("", op)


@pytest.mark.parametrize("name", ["multi_edges", "empty_rows"])
def test_the_m_largest_logits_alone_have_weight(name):
    dense.test_the_m_largest_logits_alone_have_weight("", name, 3)


def test_of_equal_logits_the_first_edges_stay():
    dense.test_of_equal_logits_the_first_edges_stay("")


def test_bfloat16_is_summed_in_float32():
    dense.test_graph_attention("", "multi_edges", HALF, 4, 8)
    dense.test_gatv2_attention("", "multi_edges", HALF, 3, 5, False)
    dense.test_edge_attention("", "multi_edges", HALF)


@pytest.mark.parametrize(("heads", "width"), [(2, 130), (1, 1), (1, 600)])
def test_any_shape_is_served(heads, width):
    dense.test_graph_attention("", "one_node", FLOAT, heads, width)
    dense.test_sddmm("", "one_node", heads, width)


def test_a_row_may_be_shared_by_programs(monkeypatch):
    monkeypatch.setattr(tiles, "TILE", 4)  # so that heads, and columns of sums, are split
    OPERATORS["extras"]("multi_edges")
    OPERATORS["spmm"]("multi_edges")
    dense.test_spmm("", "multi_edges", "max", False, FLOAT)


def everything(g, **options):
    """Attend with all there is, and return results and gradients."""
    inputs = [
        *(features(n, 2, 3, seed=i) for i, n in enumerate((g.num_dst, g.num_src, g.num_src))),
        *(features(g.num_edges, 2), features(g.num_edges, 4), features(g.num_dst, 2, 4)),
    ]
    torch.manual_seed(0)
    q, k, v, *extras = inputs
    found = torch.cat(ops.graph_attention(q, k, v, g, *extras, **options), -1)
    return [found, *gradients(found, inputs)]


@pytest.mark.parametrize("top_m", [None, 4])
def test_dropout_drops_what_plain_torch_drops(top_m):
    found = everything(HUB, dropout=0.4, top_m=top_m)
    with ops.use_backend("naive"):
        wanted = everything(HUB, dropout=0.4, top_m=top_m)
    for x, y in zip(found, wanted, strict=True):
        assert torch.allclose(x, y, atol=1e-5)


def test_a_repeat_gives_the_same_bits_where_rows_are_cut(monkeypatch):
    monkeypatch.setattr(tiles, "CAP", 16)
    assert len(plan.plan_of(HUB.ptr, 16).split) == 1
    for x, y in zip(everything(HUB), everything(HUB), strict=True):
        assert torch.equal(x, y)


def test_a_graph_is_planned_once_for_all_calls(monkeypatch):
    made, make_plan = [], plan.make_plan
    monkeypatch.setattr(plan, "make_plan", lambda ptr, cap: made.append(ptr) or make_plan(ptr, cap))
    g, _ = make("one_node")
    for _ in range(2):
        everything(g)
    assert [id(ptr) for ptr in made] == [id(g.ptr), id(g.T.ptr)]


def test_views_of_one_projection_need_no_copy():
    g, _ = make("multi_edges")
    q, k, v = features(5, 3, 2, 8).unbind(1)
    apart = ops.graph_attention(*(x.contiguous() for x in (q, k, v)), g)
    assert torch.equal(ops.graph_attention(q, k, v, g), apart)


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_infinite_and_undefined_inputs_spread_as_in_torchs_softmax(value):
    bad_input.test_infinite_and_undefined_inputs_spread_as_in_torchs_softmax("", value, "bias")


def test_a_row_that_is_masked_whole_gives_zero_and_no_gradient():
    bad_input.test_a_row_that_is_masked_whole_gives_zero_and_no_gradient("")


def test_the_first_undefined_value_is_the_maximum():
    bad_input.test_the_first_undefined_value_is_the_maximum("")


def test_double_precision_is_refused():
    g, _ = make("one_node")
    x = features(1, 2, 3, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"float64 on cpu: it has float32, float16 and bfloat16"):
        ops.graph_attention(x, x, x, g)
