"""How two concepts may be joined, by rule: indirect paths, what is known, what is weak."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paperflow.answers.connect import Route
from paperflow.answers.hypothesis import hypothesis
from paperflow.cli import app
from paperflow.errors import BadInput
from paperflow.records import Paper
from paperflow.workspace import find_workspace
from tests.graphs.library import say

TERMS = {name: ("concept", name) for name in ("silk", "gel", "ceria", "wool", "salt")}
SENTENCES = (
    (2019, "silk forms a gel", "form", ("silk", "gel")),
    (2020, "ceria may load a gel", "load", ("ceria", "gel")),
    (2021, "silk is not dyed with ceria", "dye", ("silk", "ceria")),
    (2022, "wool with a salt", "mix", ("wool", "salt")),
    (2023, "wool and silks are fibres", "be", ("wool",)),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Five papers; one names silk and ceria in a statement, one wool and silk in a sentence."""
    workspace = find_workspace(tmp_path_factory.mktemp("silk"), create=True)
    for year, text, relation, names in SENTENCES:
        terms = {TERMS[name]: {} for name in names}
        roles = ("subject", "context")
        parts = [(TERMS[name], role) for name, role in zip(names, roles, strict=False)]
        paper = Paper(title=text, year=year, authors=("Ann Lee",))
        say(workspace.store, paper, f"{text}.", terms, (), [(relation, parts)])
    return workspace


def relations(found):
    return [[step.relation for step in route] for route in found.connection.routes]


def test_no_step_names_both_ends(library):
    found, notes = hypothesis(library, "silk", "ceria")
    assert relations(found) == [["form", "load"]]
    assert notes == []


def test_what_a_statement_joins_is_known(library):
    novelty = hypothesis(library, "silk", "ceria")[0].novelty
    assert novelty.known == "stated"
    (source,) = novelty.sources
    assert source.quote == "silk is not dyed with ceria."
    assert source.key == library.citation_keys()[source.paper_id]


def test_what_only_a_sentence_names_together_is_told_apart(library):
    novelty = hypothesis(library, "wool", "silk")[0].novelty
    assert (novelty.known, len(novelty.sources)) == ("named together", 1)
    assert hypothesis(library, "salt", "silk")[0].novelty.known == "new to the library"


def test_what_is_known_does_not_depend_on_the_paths_that_are_asked_for(library):
    found, _ = hypothesis(library, "silk", "ceria", Route(max_degree=1))
    assert relations(found) == []
    assert found.novelty.known == "stated"


def test_doubts_name_the_step_that_they_are_about(library):
    found, _ = hypothesis(library, "ceria", "silk")
    assert [(doubt.step, doubt.text) for doubt in found.doubts] == [
        (1, "the sentence is hedged: “may”"),
        (1, "gel only tells where or how here, and is what leads on"),
    ]


def test_a_concept_of_many_statements_joins_little(demo):
    found, _ = hypothesis(demo, "link prediction", "graph transformer")
    assert any(
        doubt.text.startswith("graph neural network is too common") for doubt in found.doubts
    )
    assert any("of one paper" in doubt.text for doubt in found.doubts)


def test_a_statement_on_two_paths_has_one_number(demo):
    found, _ = hypothesis(demo, "link prediction", "graph transformer")
    steps = [step.id for route in found.connection.routes for step in route]
    assert len(set(steps)) < len(steps)
    assert sorted(found.numbers.values()) == list(range(1, len(set(steps)) + 1))
    assert set(found.papers) >= {step.paper_id for step in found.steps}


def test_two_names_of_one_concept_are_refused(library):
    with pytest.raises(BadInput, match="are both 'silk'"):
        hypothesis(library, "silk", "Silk")


def run(library, *arguments):
    result = CliRunner().invoke(app, ["hypothesize", *arguments, "-w", str(library.folder)])
    assert result.exit_code == 0, result.output
    return result


def test_the_command_writes_markdown_with_every_quote(library):
    text = run(library, "silk", "ceria").stdout
    assert text.startswith("# How silk and ceria may be joined\n")
    for _, sentence, _, names in SENTENCES[:3]:
        assert f"“{sentence}.”" in text, names
    assert "no language model" in run(library, "silk", "ceria").stderr


def test_the_command_writes_a_page_that_lists_the_papers_it_quotes(library, tmp_path):
    out = tmp_path / "silk.html"
    run(library, "silk", "ceria", "--out", str(out))
    page = Path(out).read_text(encoding="utf-8")
    assert 'id="hypothesis"' in page
    assert "the sentence is hedged: “may”" in page
    assert "silk forms a gel" in page
    assert "wool with a salt" not in page


def test_the_command_prints_json(library):
    found = json.loads(run(library, "silk", "ceria", "--json").stdout)
    assert found["novelty"]["known"] == "stated"
    assert [step["relation"] for step in found["connection"]["routes"][0]] == ["form", "load"]


def test_json_is_printed_beside_the_file_that_is_asked_for(library, tmp_path):
    out = tmp_path / "silk.HTML"
    found = json.loads(run(library, "silk", "ceria", "--json", "--out", str(out)).stdout)
    assert found["novelty"]["known"] == "stated"
    assert out.read_text("utf-8").lstrip().startswith("<!doctype html>")


def test_a_file_of_another_kind_is_refused_before_the_work(library, tmp_path):
    for command in (["hypothesize", "silk", "ceria"], ["review", "silk"]):
        out = tmp_path / "silk.pdf"
        arguments = [*command, "--out", str(out), "-w", str(library.folder)]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 1
        assert "hint: name it .md or .html" in result.stderr
        assert not out.exists()


def test_an_unknown_concept_is_refused_with_a_hint(library):
    result = CliRunner().invoke(app, ["hypothesize", "qqq", "zzz", "-w", str(library.folder)])
    assert result.exit_code == 1
    assert "hint: `paperflow graph hubs`" in result.stderr
