"""Answers: quotes with keys and places, or that the library does not say."""

from collections import Counter

import pytest

from paperflow.answers import ask
from paperflow.errors import BadInput, NotReady
from paperflow.records import Paper
from paperflow.workspace import find_workspace


@pytest.mark.parametrize("dense", [True, False], ids=["with vectors", "by words"])
def test_an_answer_is_quotes_from_the_library_each_with_key_and_place(demo, dense):
    answer = ask(demo, "Which graph transformers scale to large graphs?", dense=dense)
    texts = [passage.text for passage in demo.store.facts.passages()]
    keys = demo.citation_keys()
    assert answer.refusal == ""
    assert 1 <= len(answer.quotes) <= 5
    for quote in answer.quotes:
        assert any(quote.text in text for text in texts)
        assert quote.key == keys[quote.paper_id]
        assert quote.section == "abstract"
        assert quote.title


def test_the_best_quote_speaks_of_what_was_asked(demo):
    answer = ask(demo, "Which framework scales graph transformers with a codebook?")
    assert "dwivedi_graph_2023" in [quote.key for quote in answer.quotes[:2]]


def test_quotes_come_best_first_and_few_from_one_paper(demo):
    answer = ask(demo, "How does attention work in graph transformers?", limit=8)
    scores = [quote.score for quote in answer.quotes]
    assert scores == sorted(scores, reverse=True)
    assert max(Counter(quote.paper_id for quote in answer.quotes).values()) <= 2


@pytest.mark.parametrize(
    "question",
    [
        "Which antibiotics treat bacterial pneumonia in children?",
        "Who won the football world cup in 1998?",
        "How long should pasta boil?",
        "zzzyx qqqwv?",
    ],
)
def test_what_the_library_does_not_say_is_refused(demo, question):
    answer = ask(demo, question)
    assert answer.quotes == ()
    assert answer.refusal == "The library does not say."


def test_a_question_that_can_not_be_asked_is_an_error_with_a_hint(demo, tmp_path):
    with pytest.raises(BadInput, match="empty"):
        ask(demo, "  ")
    workspace = find_workspace(tmp_path, create=True)
    with pytest.raises(NotReady, match="library is empty"):
        ask(workspace, "Why?")
    workspace.store.papers.add([Paper(title="One")])
    with pytest.raises(NotReady, match="not analysed"):
        ask(workspace, "Why?")
