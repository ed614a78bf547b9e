"""Tasks of benchmarks/models.py in short, each with a bound that a broken model does not meet."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Task, the data it needs, a row, and the least value; chance is about .24, .19, and .11.
TASKS = [
    ("kg", "kg/nations", "nations ComplEx-N3", 0.75),
    ("links", "planetoid/cora.npz", "cora 85/5/10, GAE (GCN, dot)", 0.80),
    ("intent", "citation-intent/acl-arc", "acl-arc de-duplicated, sum of kernels", 0.45),
]


def run(task, folder, *options):
    """Return the rows of a task by name, and what the program said meanwhile."""
    path = folder / "rows.json"
    command = [sys.executable, "benchmarks/models.py", task, "--quick", "--json", str(path)]
    world = {**os.environ, "PAPERFLOW_CACHE": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, *options], cwd=ROOT, env=world, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {row["name"]: row for row in json.loads(path.read_text())["rows"]}, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("task", "needed", "name", "least"), TASKS)
def test_a_task_learns_and_goes_on_where_it_was_stopped(
    task, needed, name, least, tmp_path, real_data
):
    real_data(needed)
    rows, said = run(task, tmp_path)
    assert said.startswith("about")
    assert rows[name]["value"] > least
    again, said = run(task, tmp_path)
    assert again == rows
    assert said.startswith("about 0.0 minutes")
    assert ", seed" not in said


def test_an_unknown_task_is_named():
    command = [sys.executable, "benchmarks/models.py", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no task named nothing; known: kg" in done.stderr
