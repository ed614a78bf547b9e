"""The page about the hypergraph says what happens."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs/hypergraph.md"


def test_the_example_prints_what_its_comments_say(capsys):
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(block, str(PAGE), "exec"), {})
    said = capsys.readouterr().out.splitlines()
    assert said == ["(0, 1, 2)", "[['chitosan', 'wound'], ['hydrogel']]", "[0 0 2]"]
