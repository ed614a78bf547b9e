"""What the graphs add to an answer: sentences on the concepts that a question names."""

import pytest

from paperflow.answers import ask
from paperflow.answers.related import related_quotes
from paperflow.records import Paper
from paperflow.workspace import find_workspace
from tests.graphs.library import say

NAMES = ("silk", "silk gel", "ceria", "wool", "salt")
TERMS = {name: ("concept", name) for name in NAMES}
SAID = (
    ("Silk gels hold ceria.", ("silk gel", "ceria")),
    ("Silk gels are soft.", ("silk gel", "wool")),
    ("Ceria is an oxide.", ("ceria", "salt")),
    ("Wool is mixed with salt.", ("wool", "salt")),
    ("Silk is spun.", ("silk", "salt")),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    workspace = find_workspace(tmp_path_factory.mktemp("silk"), create=True)
    for sentence, names in SAID:
        terms = {TERMS[name]: {} for name in names}
        parts = [(TERMS[name], "subject") for name in names]
        say(workspace.store, Paper(title=sentence), sentence, terms, (), [("be", parts)])
    edge = ("uses", TERMS["silk gel"], TERMS["salt"])
    terms = {TERMS["silk gel"]: {}, TERMS["salt"]: {}}
    say(workspace.store, Paper(title="Salted"), "Silk gels use salt.", terms, [edge])
    return workspace


def texts(library, question, papers=(), most=9):
    return [quote.text for quote in related_quotes(library, question, papers, most)]


def test_statements_that_name_most_of_the_question_come_first(library):
    found = texts(library, "Do silk gels hold ceria?")
    assert found[0] == "Silk gels hold ceria."
    assert set(found[1:3]) == {"Silk gels are soft.", "Ceria is an oxide."}


def test_a_concept_inside_a_longer_one_is_not_what_is_asked_about(library):
    assert "Silk is spun." not in texts(library, "silk gel", most=2)
    assert texts(library, "silk", most=1) == ["Silk is spun."]


def test_statements_one_shared_concept_away_come_last(library):
    found = texts(library, "silk gel")
    assert found[-1] in {"Wool is mixed with salt.", "Ceria is an oxide."}


def test_typed_edges_of_the_papers_found_are_added(library):
    (salted,) = [paper.id for paper in library.store.papers.all() if paper.title == "Salted"]
    assert "Silk gels use salt." in texts(library, "silk gel", [salted])
    assert "Silk gels use salt." not in texts(library, "silk gel")


def test_no_more_than_asked_for_is_added_and_nothing_twice(library):
    found = texts(
        library, "silk gel ceria salt", [paper.id for paper in library.store.papers.all()]
    )
    assert len(found) == len(set(found))
    assert texts(library, "silk gel", most=1) == texts(library, "silk gel")[:1]
    assert texts(library, "zzzyx") == []


def test_what_is_added_has_the_keys_of_its_papers_and_is_not_quoted_already(demo):
    question = "Which receptive field has message passing?"
    plain, more = ask(demo, question, limit=4), ask(demo, question, limit=4, related=6)
    assert more.quotes[:4] == plain.quotes
    added = more.quotes[4:]
    assert 1 <= len(added) <= 6
    assert {quote.text for quote in added}.isdisjoint(quote.text for quote in plain.quotes)
    assert all(quote.key == demo.citation_keys()[quote.paper_id] for quote in added)
