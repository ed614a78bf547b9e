"""The commands that learn: data on stdout, predictions kept, and shown apart from facts."""

import json
import re
from contextlib import nullcontext
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from paperflow.analysis import library_report
from paperflow.cli import app
from paperflow.discovery import embed
from paperflow.learning.models import known_models
from paperflow.records import Paper
from paperflow.reports.expected import expected
from paperflow.reports.html import render
from paperflow.workspace import find_workspace


@pytest.fixture
def run(copied):
    """Return a function that runs a command on a copy of the library."""

    def command(*words: str):
        return CliRunner().invoke(app, [*words, "-w", str(copied.folder)])

    return command


def test_links_are_told_kept_and_shown_in_the_report_as_expected(run, copied):
    assert "Expected" not in render(library_report(copied))
    result = run("predict", "links", "--paper", "10.2/bread-1", "--limit", "2", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert len(found["citations"]["predictions"]) == 2
    assert "no concepts" in result.stderr
    page = render(library_report(copied))
    assert "Citations that are missing (" in page
    assert "Citations that are missing (2)" not in page
    assert found["citations"]["predictions"][0]["target_label"] in page
    assert "The scores are no probabilities" in page


def test_what_has_become_a_fact_is_expected_no_more(run, copied):
    run("predict", "links", "--paper", "10.2/bread-1")
    first = copied.store.predictions.all("citation")[0]
    assert first.source == "doi:10.2/bread-1"
    paper = copied.store.papers.get(first.source)
    copied.store.papers.add([replace(paper, references=(*paper.references, first.target))])
    (told,) = expected(copied.store)
    assert told.predictions
    assert first not in told.predictions


def test_training_draws_its_curve_and_tells_all_ways_to_score(run, tmp_path):
    drawn = tmp_path / "curve.svg"
    result = run("train", "recommend", "--model", "bpr", "--plot", str(drawn))
    assert result.exit_code == 0, result.output
    assert all(way in result.stdout for way in ("rule", "evidence and model", "model alone"))
    assert "share right in test" in result.stdout
    lines = ElementTree.parse(drawn).iter("{http://www.w3.org/2000/svg}polyline")
    assert all(len(line.get("points").split()) > 1 for line in lines)


def test_who_stops_a_training_is_told_how_to_go_on(run, copied, monkeypatch):
    def stop(epoch):
        raise KeyboardInterrupt

    bar = "paperflow.graph_models.training.training_bar"
    monkeypatch.setattr(bar, lambda *_: nullcontext(stop))
    result = run("train", "recommend", "--model", "bpr")
    assert result.exit_code != 0
    assert "the same command goes on" in result.stderr
    assert len(list(copied.models.glob("recommend-*.run"))) == 1


def test_the_help_of_train_names_every_model(run):
    words = set(re.findall(r"[a-z-]+", run("train", "--help").stdout))
    assert words >= set(known_models())


def test_a_trained_model_is_told_with_its_figures(run, copied):
    trained = run("train", "links", "--model", "mlp", "--json")
    assert trained.exit_code == 0, trained.output
    assert json.loads(trained.stdout)["model"] == "mlp"
    assert "hits@10" in run("predict", "links").stderr
    page = render(library_report(copied))
    assert "rule hits@10: " in page
    assert "validation mrr" not in page


def test_stars_are_put_listed_and_taken_away(run):
    assert json.loads(run("star", "10.2/bread-1", "--json").stdout)[0]["id"] == "doi:10.2/bread-1"
    assert run("recommend", "--limit", "2").exit_code == 0
    assert json.loads(run("star", "10.2/bread-1", "--remove", "--json").stdout) == []
    assert run("star", "nothing of this name").exit_code == 1


def test_taking_stars_from_no_paper_is_a_mistake_of_usage(run):
    result = run("star", "--remove")
    assert result.exit_code == 2
    assert "name the papers" in result.stderr


def test_each_table_of_links_has_a_title_and_an_empty_one_says_none(run, copied):
    assert run("predict", "links", "--limit", "1").stdout.startswith("Citations that are missing\n")
    whales = Paper(title="Sleep of newborn whales", abstract="Calves rest.", doi="10.3/whales")
    copied.store.papers.add([whales])
    embed(copied)
    result = run("predict", "links", "--paper", "10.3/whales")
    assert result.stdout == "Citations that are missing\nnone\n"
    assert "nothing speaks for a missing citation" in result.stderr


def test_a_library_from_which_nothing_can_be_told_is_a_failure_with_both_reasons(tmp_path):
    find_workspace(tmp_path, create=True).store.papers.add([Paper(title="Bridges of a Town")])
    result = CliRunner().invoke(app, ["predict", "links", "-w", str(tmp_path)])
    assert result.exit_code == 1
    assert "no citations: " in result.stderr
    assert "no concepts: " in result.stderr


def test_too_little_data_ends_with_an_error_and_a_hint(run):
    result = run("train", "concepts")
    assert result.exit_code == 1
    assert "too few" in result.stderr
    assert "hint: analyse more papers" in result.stderr
