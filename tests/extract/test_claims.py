"""Sentences that claim, achieve, limit, or plan become nodes."""

import pytest

from tests.extract.reading import edges, labels, read


def reported(text):
    return [(type, label) for _, type, label in edges(read(text)) if type != "related_to"]


@pytest.mark.parametrize(
    ("text", "relation", "claim"),
    [
        ("We show that depth hurts small models.", "reports", "depth hurts small models"),
        ("Experiments suggest that noise acts late.", "reports", "noise acts late"),
        ("Tests support the view that noise acts late.", "supports", "noise acts late"),
        ("Tests confirm that noise acts late.", "supports", "noise acts late"),
        ("They contradict the belief that noise acts late.", "contradicts", "noise acts late"),
        ("Contrary to the view that noise acts late, it is early.", "contradicts",
         "noise acts late, it is early"),
    ],
)  # fmt: skip
def test_a_claim_is_the_clause_after_that(text, relation, claim):
    facts = read(text)
    assert labels(facts, "claim") == [claim]
    assert edges(facts, relation) == [("A paper", relation, claim)]


@pytest.mark.parametrize(
    "text",
    [
        "It improves accuracy by 3.5% on average.",
        "It is 2.5x faster and reaches an F1 of 79.27.",
        "The model outperforms all others.",
        "We achieve state-of-the-art results.",
        "It performs better than linear models.",
    ],
)
def test_what_was_achieved_is_a_result(text):
    assert labels(read(text), "result") == [text]


def test_a_result_holds_its_values():
    (result,) = [e for e in read("It gains 30\\% and 1.8 points.").entities if e.type == "result"]
    assert result.properties == {"values": "30\\%; 1.8 points"}


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("However, existing methods suffer from a quadratic cost.", "other work"),
        ("A limitation of our approach is its cost.", "this paper"),
        ("The study is limited to images.", ""),
        ("Earlier methods cannot do so.", "other work"),
    ],
)
def test_a_limitation_says_whose_it_is(text, of):
    (node,) = [e for e in read(text).entities if e.type == "limitation"]
    assert node.label == text
    assert node.properties.get("of", "") == of


@pytest.mark.parametrize(
    "text",
    ["We leave images for future work.", "Open problems are listed.", "In the future it may fly."],
)
def test_plans_are_future_work(text):
    assert labels(read(text), "future_work") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Transformers have achieved impressive results.",
        "We study images and questions.",
        "The data that we use are small.",
        "It parses diagrams and questions and returns solutions that can be verified.",
    ],
)
def test_other_sentences_are_none_of_these(text):
    assert reported(text) == []


def test_a_long_sentence_has_a_short_label_and_its_whole_quote():
    text = "It outperforms " + "every one of the others and " * 10 + "all."
    (node,) = [e for e in read(text).entities if e.type == "result"]
    assert len(node.label) <= 101
    assert node.label.endswith("…")
    assert node.evidence[0].quote == text


def test_the_same_sentence_in_two_papers_is_two_nodes():
    from paperflow.extract import analyse
    from paperflow.records import Paper

    found = [
        {
            e.id
            for e in analyse(
                Paper(id=id, title="T", abstract="It wins by 3%.  It improves by 3%.")
            )[1].entities
            if e.type == "result"
        }
        for id in ("a", "b")
    ]
    assert found[0]
    assert not found[0] & found[1]
