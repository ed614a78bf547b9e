"""The GPU kernels without a GPU: interpreted on a CPU, and compiled for sm_90."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from paperflow import ops
from tests.kernels.cases import make
from tests.tools import need_package

ROOT = Path(__file__).parents[2]
H, D, C = 8, 16, 16


def test_the_interpreter_gives_the_defined_results():
    need_package("triton")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "interpreted.py"]
    env = {**os.environ, "TRITON_INTERPRET": "1"}
    run = subprocess.run(
        command, cwd=Path(__file__).parent, env=env, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-5000:]
    assert "skipped" not in run.stdout


def test_triton_without_a_gpu_is_refused_with_the_reason(monkeypatch):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    g, _ = make("one_node")
    x = torch.zeros(1, 2, 4)
    with (
        ops.use_backend("triton"),
        pytest.raises(ValueError, match=r"no Triton kernel for .* on cpu"),
    ):
        ops.graph_attention(x, x, x, g)


def calls(dtype):
    """Return calls that launch each kernel, on a graph whose hub is cut."""
    from paperflow.kernels.edge_softmax import triton as softmax
    from paperflow.kernels.graph_attention import triton as attention
    from paperflow.kernels.graph_attention.native import DOT, GATV2, GIVEN, Csr, Extras
    from paperflow.kernels.sddmm import triton as sddmm
    from paperflow.kernels.spmm import triton as spmm

    g, _ = make("one_hub")
    rows = Csr(g.ptr, g.idx, g.eid, g.num_edges)
    sources = Csr(g.T.ptr, g.T.idx, g.T.eid, g.num_edges)
    x, arg = torch.zeros(40, H, D, dtype=dtype), torch.zeros(40, H, D, dtype=torch.int32)
    lse, w, att = torch.zeros(40, H), torch.zeros(g.num_edges, H), torch.zeros(H, D)
    mean, edge = torch.zeros(40, H, C), torch.zeros(g.num_edges, C)
    saved, seed = (x, lse, mean), torch.zeros(1, dtype=torch.int64)
    plain, top = Extras(scale=0.25), Extras(scale=0.25, top_m=4)
    full = Extras(w, edge, mean, None, 0.25, 0.0, 0, 0.1, seed)
    v2, given = Extras(att=att, slope=0.2), Extras(bias=w)

    def backward(score, extras, q=x, grad_mean=None):
        return attention.general_backward(score, rows, q, q, x, extras, saved, x, grad_mean)

    def over_sources():
        made = {"to_a": x.clone(), "to_b": x.clone()}
        attention._pass(sources, (x, x), (x, x), plain, (lse, lse), made, sources=True)

    return {
        "forward": lambda: attention.forward(rows, x, x, x, 0.25),
        "backward over rows": lambda: backward(DOT, plain),
        "backward over sources": over_sources,
        "extras": lambda: attention.general_forward(DOT, rows, x, x, x, full),
        "extras backward": lambda: backward(DOT, full, grad_mean=mean),
        "top m": lambda: attention.general_forward(DOT, rows, x, x, x, top),
        "top m backward": lambda: backward(DOT, top),
        "given": lambda: attention.general_forward(GIVEN, rows, None, None, x, given),
        "given backward": lambda: backward(GIVEN, given, None),
        "gatv2": lambda: attention.general_forward(GATV2, rows, x, x, x, v2),
        "gatv2 backward": lambda: backward(GATV2, v2),
        "gatv2 sources": lambda: attention.gatv2_sources(sources, x, x, v2, w),
        "sum": lambda: spmm.reduce(rows, x, None),
        "weighted mean": lambda: spmm.reduce(rows, x, w, "mean"),
        "maximum": lambda: spmm.extreme(rows, x, w, "max"),
        "maximum backward": lambda: spmm.extreme_backward(sources, x, w, arg, x),
        "dot products": lambda: sddmm.sddmm(rows, x, x),
        "softmax": lambda: softmax.edge_softmax(rows, w, None),
        "softmax backward": lambda: softmax.edge_softmax(rows, w, w),
    }


BOTH = ["forward", "backward over rows", "backward over sources"]
OTHERS = ["extras", "extras backward", "top m", "top m backward", "given", "given backward"]
OTHERS += ["gatv2", "gatv2 backward"]
OTHERS += ["gatv2 sources", "sum", "weighted mean", "maximum", "maximum backward"]
OTHERS += ["dot products", "softmax", "softmax backward"]
NARROW = {"merge", "_merge", "_merge_sums", "_merge_extreme", "edge_gradient"}  # few, or given
# Compiled for several calls alike, and checked for these.
SHARED = {"merge": ["forward", "extras"], "statistics": ["backward over rows", "extras backward"]}
SHARED |= {"_merge_sums": ["backward over rows", "sum"], "score": ["top m"]}
SHARED |= {"keep_top": ["top m"]}


@pytest.mark.parametrize(
    ("name", "dtype"),
    [(name, torch.float32) for name in BOTH] + [(name, torch.bfloat16) for name in BOTH + OTHERS],
)
def test_sm_90_code_spills_nothing_and_loads_128_bits(name, dtype, monkeypatch, tmp_path):
    need_package("triton")
    if sys.platform != "linux":
        pytest.skip("Triton's compiler runs on Linux")
    from paperflow.kernels import tiles
    from tests.kernels import offline

    monkeypatch.setattr(tiles, "CAP", 16)
    launches = offline.launches(calls(dtype)[name], monkeypatch)
    assert launches
    for kernel, launch in launches.items():
        if kernel in SHARED and name not in SHARED[kernel]:
            continue
        code = offline.machine_code(offline.compile_for_sm_90(*launch), tmp_path)
        assert re.search(r"\b(LDL|STL)\b", code) is None, kernel
        assert "LDG.E.128" in code or kernel in NARROW
