"""The page on the kernels is true: its blocks run, and the layers it replaces agree."""

import re
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "kernels.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_of_the_page_runs(number):
    if "torch_geometric" in BLOCKS[number]:
        pytest.importorskip("torch_geometric")
    torch.manual_seed(number)
    exec(compile(BLOCKS[number], f"docs/kernels.md block {number}", "exec"), {})


def test_the_page_names_every_public_function():
    from paperflow import ops

    missing = {name for name in ops.__all__ if f"`{name}" not in PAGE and f"ops.{name}" not in PAGE}
    assert missing == set()
