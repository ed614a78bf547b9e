"""Discovery and answers that follow citations, when asked."""

from paperflow.answers import ask
from paperflow.discovery import Choices, discover


def test_discover_and_ask_follow_citations_when_asked(demo, tmp_path):
    choices = Choices(limit=10, citations=True)
    found = discover(demo, "graph transformers", choices, out=tmp_path / "run")
    assert found.manifest["configuration"]["citations"]
    plain = discover(demo, "graph transformers", Choices(limit=10), out=tmp_path / "plain")
    assert "citations" not in plain.manifest["configuration"]
    assert ask(demo, "Which graph transformers scale to large graphs?", citations=True).quotes
