"""The GPU benchmark of the models, walked through on the CPU."""

import json
from pathlib import Path

import pytest
import torch

from paperflow.graph_models.registry import MODELS

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from gpu_bench import models

    return models


@pytest.fixture
def report(bench, tmp_path):
    from kernel_bench.timing import Report

    return bench.Written(Report(rounds=1), {"device": "none"}, str(tmp_path / "rows.json"))


@pytest.fixture
def device(bench):
    from gpu_bench.device import Device

    return Device("cpu")


def test_every_model_is_checked_and_timed_and_each_row_is_written_at_once(
    bench, report, device, tmp_path
):
    for count, name in enumerate(sorted(MODELS), 1):
        bench.check(report, device, name, 1 / 4000)
        rows = json.loads((tmp_path / "rows.json").read_text())["rows"]
        assert len(rows) == count
        assert rows[-1]["holds"], name
    bench.speed(report, device, "gt", 1 / 4000)
    time, memory = report.report.rows[-2:]
    assert time["value"] > 0
    assert time["baseline"] > 0
    assert memory["unit"] == "MiB"


def test_a_model_that_is_wrong_on_the_device_stops_the_benchmark(
    bench, report, device, monkeypatch
):
    right = bench.passes

    def wrong(model, given):
        found = right(model, given)
        if given[0].dtype == torch.float32:
            found[1] = found[1] + 0.01 * found[1].abs().max()
        return found

    monkeypatch.setattr(bench, "passes", wrong)
    with pytest.raises(SystemExit, match="gcn: differs"):
        bench.check(report, device, "gcn", 1 / 4000)
    assert report.report.rows == []


def test_knowledge_graphs_are_completed_until_the_minutes_are_over(
    bench, report, device, real_data
):
    real_data("kg/nations")
    bench.complete(report, device, "nations")
    complex_n3, mixed, euclidean = report.report.rows
    assert complex_n3["value"] > 0.5  # chance is about .24
    assert "euclidean+hyperbolic+spherical" in mixed["name"]
    assert "euclidean, filtered MRR (2 epochs" in euclidean["name"]


def test_a_compiled_model_is_timed_only_where_it_says_the_same(bench, monkeypatch):
    from model_bench import compile

    monkeypatch.setattr(compile, "SHARE", 1 / 4000)
    for name in ("mlp", *compile.OTHERS):
        told = compile.measured(name, 0, backend="eager")
        assert told["eager"] > 0
        assert told["compiled"] > 0
        assert told["error"] == 0

    def wrong(module, inputs):
        return lambda *given: [x + 1 for x in module(*given)]

    with pytest.raises(SystemExit, match="mlp: compiled it differs"):
        compile.measured("mlp", 0, backend=wrong)


def test_on_a_few_triples_the_rows_of_the_table_are_there_and_no_goal_is_said_to_hold(
    bench, report, device, real_data
):
    real_data("kg/wn18rr")
    bench.complete(report, device, "fb15k-237", toy=True)
    bench.complete(report, device, "wn18rr", toy=True)
    names = [row["name"] for row in report.report.rows]
    assert names[0].startswith("fb15k-237 ComplEx-N3, filtered MRR")
    assert names[1].startswith("wn18rr ComplEx-N3, filtered MRR")
    assert len(names) == 4
    assert [row["goal"] for row in report.report.rows] == [None] * 4
