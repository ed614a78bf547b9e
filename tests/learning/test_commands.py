"""The commands that learn: data on stdout, predictions kept, and shown apart from facts."""

import json

import pytest
from typer.testing import CliRunner

from paperflow.analysis import library_report
from paperflow.cli import app
from paperflow.discovery import embed
from paperflow.records import Paper
from paperflow.reports.html import render


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


def test_a_trained_model_is_told_with_its_figures(run):
    trained = run("train", "links", "--model", "mlp", "--json")
    assert trained.exit_code == 0, trained.output
    assert json.loads(trained.stdout)["model"] == "mlp"
    assert "hits@10" in run("predict", "links").stderr


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


def test_too_little_data_ends_with_an_error_and_a_hint(run):
    result = run("train", "concepts")
    assert result.exit_code == 1
    assert "too few" in result.stderr
    assert "hint: analyse more papers" in result.stderr
