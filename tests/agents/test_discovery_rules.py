"""What the discovery team does by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.agents.discovery.rules import (
    MOST_PARTS,
    covers,
    distinct,
    first_queries,
    more_queries,
    parts_of,
    quoted,
)
from paperflow.records import Paper
from paperflow.retrieval.text import STOP_WORDS, stems, words

TOPICS = st.lists(
    st.sampled_from("graph Graphs, transformers for of large-scale (GPU) and BERT's 3D the".split())
).map(" ".join)
PAPER = Paper(title="Graph Transformers at scale", abstract="We train\non a million nodes.")


@pytest.mark.parametrize(
    ("topic", "parts"),
    [
        ("graph transformers for large graphs", ["graph transformers", "large graphs"]),
        ("cerium-oxide in PCL scaffolds, wound healing",
         ["cerium-oxide", "PCL scaffolds", "wound healing"]),
        ("papers about the state-of-the-art of parsing", ["state-of-the-art", "parsing"]),
        ("attention", ["attention"]),
        ("what is it?", ["what is it?"]),
    ],
)  # fmt: skip
def test_a_question_has_the_parts_that_its_function_words_leave(topic, parts):
    assert parts_of(topic) == parts


@given(TOPICS)
def test_parts_are_few_distinct_and_made_of_the_questions_words(topic):
    parts = parts_of(topic)
    assert len(parts) <= MOST_PARTS
    if stems(topic):
        assert distinct(parts) == parts
        assert {word for part in parts for word in words(part)} <= set(words(topic))
    assert all(part.split()[0].lower() not in STOP_WORDS for part in parts if stems(topic))


@given(TOPICS, st.lists(TOPICS))
def test_nothing_is_asked_twice_in_another_order_or_form(topic, asked):
    new = more_queries(parts_of(topic), parts_of(topic), asked)
    before = {frozenset(stems(query)) for query in asked}
    sets = [frozenset(stems(query)) for query in new]
    assert len(set(sets)) == len(sets)
    assert before.isdisjoint(sets)


def test_the_question_itself_is_asked_first():
    assert first_queries("graphs at scale", ["scale graph", "graphs"]) == [
        "graphs at scale", "graphs",
    ]  # fmt: skip


def test_a_paper_covers_a_part_when_all_its_words_stand_there_in_any_form():
    assert covers(PAPER, "transformer graphs")
    assert covers(PAPER, "million-node training")
    assert not covers(PAPER, "graph attention")


def test_a_quote_is_words_of_the_title_or_the_abstract_whatever_the_spaces():
    assert quoted("train on a  million", PAPER)
    assert quoted("Transformers at scale", PAPER)
    assert not quoted("scale We train", PAPER)
    assert not quoted("Graph", PAPER)
    assert not quoted("", PAPER)
