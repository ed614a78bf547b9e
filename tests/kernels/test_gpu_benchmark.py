"""The GPU benchmark compares like with like, which a CPU can tell."""

from pathlib import Path

import pytest
import torch

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    """Return the benchmark's table of operators."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    from gpu_bench import operators

    return operators


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_operator_and_its_peer_compute_the_same(bench, dtype):
    from kernel_bench import cases

    setting = bench.Setting(cases.build("hubs", 4, 8, 1 / 2000), "cpu", dtype)
    for name, operator in bench.operators(setting).items():
        ours, peers = (
            bench.run(call, operator.inputs, True) for call in (operator.ours, operator.peer)
        )
        assert len(ours) > 1, name
        for x, y in zip(ours, peers, strict=True):
            assert torch.allclose(x, y.view_as(x), atol=1e-4), name
        assert setting.forward_bytes(operator) > 0
