"""Every instruction set gives the right numbers; a build without one leaves all working."""

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from paperflow import ops
from paperflow.kernels import build, dispatch, library
from tests.kernels.cases import TOLERANCE, features, gradients, make

ROOT = Path(__file__).parents[2]


def results(dtype: torch.dtype) -> list[torch.Tensor]:
    g, _ = make("one_hub")
    found = []
    for heads, width in ((8, 16), (4, 32), (3, 5)):
        q, k, v = inputs = [features(40, heads, width, dtype=dtype, seed=i) for i in range(3)]
        outs = [
            ops.graph_attention(q, k, v, g),
            ops.graph_attention(q, k, v, g, features(250, heads, dtype=dtype), top_m=5),
            ops.gatv2_attention(k, q, v, features(heads, width, dtype=dtype), g),
            ops.spmm(g, v, op="max"),
            ops.hypergraph_propagate(g, v),
            ops.sddmm(g, q, k),
        ]
        found += [y for x in outs for y in (x, *gradients(x, inputs)) if y is not None]
    return found


@pytest.mark.parametrize("level", [*library.LEVELS])
@pytest.mark.parametrize("dtype", list(TOLERANCE))
def test_every_instruction_set_agrees_with_plain_torch(level, dtype):
    if level not in library.levels():
        pytest.skip(f"{level} is not built or does not run on {platform.machine()}")
    with ops.use_backend("naive"):
        wanted = results(dtype)
    library.force(level)
    try:
        assert level in library.describe()
        with ops.use_backend("native"):
            found = results(dtype)
    finally:
        library.force(None)
    for ours, theirs in zip(found, wanted, strict=True):
        assert torch.allclose(ours, theirs, rtol=3 * TOLERANCE[dtype], atol=6 * TOLERANCE[dtype])


@pytest.fixture
def nothing_compiled(tmp_path, monkeypatch):
    """Make the compiled libraries disappear."""
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    library.force(None)
    yield
    monkeypatch.undo()
    library.force(None)


def test_without_a_library_everything_works_on_plain_torch(nothing_compiled):
    assert "python -m paperflow.kernels.build" in ops.backend_info()["native"]
    g, _ = make("bipartite")
    q, k, v = features(29, 2, 4), features(13, 2, 4), features(13, 2, 4)
    assert dispatch.backend_of(q) == "naive"
    assert ops.graph_attention(q, k, v, g).isfinite().all()
    with ops.use_backend("native"), pytest.raises(ValueError, match="no compiled kernels"):
        ops.graph_attention(q, k, v, g)


def test_a_library_of_another_interface_is_left_alone(native, monkeypatch):
    monkeypatch.setattr(library, "ABI", -1)
    library.force(None)
    try:
        assert library.load() is None
    finally:
        monkeypatch.undo()
        library.force(None)


def test_the_environment_chooses_the_backend():
    code = "from paperflow import ops; print(ops.backend_info()['wanted'])"
    env = {"PAPERFLOW_KERNELS": "naive", "PATH": "", "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert run.stdout.strip() == "naive", run.stderr


def test_the_build_command_makes_nothing_twice(native):
    if build.compiler() is None:
        pytest.skip("no C++ compiler")
    before = {path: path.stat().st_mtime_ns for path in build.FOLDER.glob("*.so")}
    assert build.main() == 0
    assert {path: path.stat().st_mtime_ns for path in build.FOLDER.glob("*.so")} == before


@pytest.mark.skipif(sys.platform != "linux", reason="reads ELF files")
@pytest.mark.skipif(not shutil.which("readelf"), reason="no readelf")
def test_libraries_need_nothing_but_the_c_library(native):
    for path in build.FOLDER.glob("*.so"):
        text = subprocess.run(["readelf", "-d", path], capture_output=True, text=True).stdout
        needed = {
            line.split("[")[1].split("]")[0] for line in text.splitlines() if "NEEDED" in line
        }
        assert needed <= {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"}


def runs_without_faults(name: str, program: Path, compiler: str, flags: list[str], *runner: str):
    source = Path(__file__).parent / name
    flags = ["-std=c++20", "-fopenmp-simd", "-pthread", "-DPAPERFLOW_FEW_SHAPES", *flags]
    command = [compiler, *flags, "-I", ROOT / "kernels/cpp", "-o", program, source, "-lm"]
    made = subprocess.run([str(x) for x in command], capture_output=True, text=True)
    if "cannot find" in made.stderr and "san" in made.stderr:
        pytest.skip("the sanitizers' libraries are not installed")
    assert made.returncode == 0, made.stderr
    run = subprocess.run([*runner, str(program)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 faults" in run.stdout


@pytest.mark.skipif(build.compiler() is None, reason="no C++ compiler")
@pytest.mark.parametrize("name", ["sanitize.cpp", "sanitize_hypergraph.cpp"])
def test_sanitizers_find_no_fault(tmp_path, name):
    flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    runs_without_faults(name, tmp_path / "sanitize", build.compiler(), flags)


CROSS_COMPILER, EMULATOR = "aarch64-linux-gnu-g++", "qemu-aarch64-static"


@pytest.mark.skipif(not shutil.which(CROSS_COMPILER), reason=f"no {CROSS_COMPILER}")
@pytest.mark.skipif(not shutil.which(EMULATOR), reason=f"no {EMULATOR}")
def test_neon_gives_the_same_numbers_under_an_emulator(tmp_path):
    flags = ["-O2", "-static", *build.TUNING["neon"]]
    runs_without_faults("sanitize.cpp", tmp_path / "neon", CROSS_COMPILER, flags, EMULATOR)
