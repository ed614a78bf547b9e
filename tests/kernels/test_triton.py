"""The GPU kernels, run by Triton's interpreter on a CPU, and compiled for sm_90 without one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

INTERPRETED = """
import torch
from paperflow import ops
from paperflow.kernels.graph_attention import triton as kernels
from tests.kernels.cases import GRAPHS, features, gradients, make
kernels.CAP = 16  # so that the hub is cut
CASES = {  # every edge costs the interpreter milliseconds
    "one_hub": (4, 8, torch.float32, 1e-5),
    "empty_rows": (3, 5, torch.float32, 1e-5),
    "bipartite": (2, 8, torch.bfloat16, 3e-2),
    "no_edges": (8, 16, torch.float32, 1e-5),
}
for name, (heads, width, dtype, tolerance) in CASES.items():
    g, _ = make(name)
    sizes = (g.num_dst, g.num_src, g.num_src)
    x = [features(n, heads, width, dtype=dtype, seed=i) for i, n in enumerate(sizes)]
    results = []
    for backend in ("triton", "naive", "triton"):
        with ops.use_backend(backend):
            out, lse = ops.graph_attention(*x, g, return_lse=True)
            results.append([out, lse, *gradients(out, x)])
    for found, wanted, again in zip(results[0], results[1], results[2], strict=True):
        assert torch.allclose(found, wanted, atol=tolerance), (name, heads, dtype)
        assert torch.equal(found, again)
    if name == "one_hub":
        assert len(kernels.work(kernels.Csr(g.ptr, g.idx, g.eid, g.num_edges))[1]) == 1
print("all agree")
"""


def test_the_interpreter_gives_the_result_of_plain_torch_on_every_kind_of_row():
    pytest.importorskip("triton")
    env = {**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", INTERPRETED], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert "all agree" in run.stdout, run.stderr[-3000:]


def compile_for_sm_90(name: str, heads: int, width: int, dtype: str):
    """Compile one kernel for a GPU that need not be there."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from paperflow.kernels.graph_attention import triton as kernels

    function = getattr(kernels, name)
    features = {"q", "k", "v", "out", "own_a", "own_b", "other_a", "other_b", "to_a", "to_b"}
    constants = {**kernels.shape(heads, width), "BE": 16, "SOURCES": name == "_backward"}
    constants = {key: x for key, x in constants.items() if key in function.arg_names}
    signature, fixed = {}, {}
    for place, key in enumerate(function.arg_names):
        if key in constants:
            signature[key] = "constexpr"
        elif key in ("items", "idx"):
            signature[key] = "*i32"
        elif key.endswith("stride") or key in ("heads", "d"):
            signature[key] = "i32"
        elif "scale" in key:
            signature[key] = "fp32"
        else:
            signature[key] = f"*{dtype if key in features else 'fp32'}"
        # torch's memory is aligned, and common strides are multiples of 16
        if signature[key].startswith("*") or key.endswith("stride") or key == "d":
            fixed[(place,)] = [["tt.divisibility", 16]]
    source = ASTSource(function, signature, constants, fixed)
    options = {"num_warps": kernels.tuning(heads, width)["num_warps"]}
    return triton.compile(source, target=GPUTarget("cuda", 90, 32), options=options)


@pytest.mark.parametrize("name", ["_forward", "_backward"])
@pytest.mark.parametrize("dtype", ["bf16", "fp32"])
def test_sm_90_code_spills_nothing_and_loads_128_bits(name, dtype):
    pytest.importorskip("triton")
    if sys.platform != "linux":
        pytest.skip("Triton's compiler runs on Linux")
    made = compile_for_sm_90(name, 8, 16, dtype)
    ptx = made.asm["ptx"]
    assert "ld.local" not in ptx
    assert "st.local" not in ptx
    assert ".v4.b32" in ptx or ".v4.u32" in ptx or ".v2.b64" in ptx
    if tool := shutil.which("cuobjdump"):
        cubin = Path(os.environ.get("TMPDIR", "/tmp")) / f"{name}{dtype}.cubin"
        cubin.write_bytes(made.asm["cubin"])
        sass = subprocess.run([tool, "-sass", cubin], capture_output=True, text=True).stdout
        assert "LDL" not in sass
        assert "LDG.E.128" in sass
