"""The page on the graph models is true: its block runs, and it names every node model."""

import re
from pathlib import Path

from paperflow.graph_models.registry import MODELS

PAGE = (Path(__file__).parents[2] / "graph_models" / "README.md").read_text(encoding="utf-8")


def test_the_block_of_the_page_runs():
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found = {}
    exec(compile(block, "graph_models/README.md", "exec"), found)
    assert found["embeddings"].shape == (4, 16)


def test_the_page_names_every_model():
    assert {name for name in MODELS if f"`{name}`" not in PAGE} == set()
