"""Phrases end at verbs and function words, and lose what says nothing."""

import pytest

from paperflow.extract.phrases import candidates


def phrases(text):
    return [text[found.start : found.end] for found in candidates(text, [])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We propose a novel sparse graph encoder for maps.", ["sparse graph encoder"]),
        ("A differentiable gate routes each of them.", ["differentiable gate"]),
        ("The mesh encoder models surface geometry.", ["mesh encoder", "surface geometry"]),
        ("Causal inference supports this view.", ["Causal inference"]),
        ("Our methods exploit membership queries.", ["membership queries"]),
        ("It can therefore form induction heads.", ["induction heads"]),
        ("partially observable environments and weakly supervised detectors",
         ["partially observable environments", "weakly supervised detectors"]),
        ("The causal graph learned here", ["causal graph"]),
    ],
)  # fmt: skip
def test_phrases_end_at_verbs(text, expected):
    assert phrases(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "extensive experiments on real-world datasets",
        "the proposed method achieves state-of-the-art results",
        "showcasing superior performance",
        "to enable in-depth studies of large-scale data",
        "several new approaches",
        "see https://a.org/sparse-graph-encoder and $\\alpha$ in \\cite{graph encoder}",
    ],
)
def test_words_of_every_paper_are_no_phrase(text):
    assert phrases(text) == []


def test_gerunds_that_act_are_cut_and_those_that_name_stay():
    assert phrases("Training Transformers for Mesh Simulation") == [
        "Transformers",
        "Mesh Simulation",
    ]
    assert phrases("by masking random tokens") == ["random tokens"]
    assert phrases("the message passing scheme") == ["message passing"]


def test_a_plural_ends_a_phrase_unless_it_is_the_last_word():
    assert phrases("mesh encoders surface maps") == ["mesh encoders", "surface maps"]


def test_words_of_known_terms_are_not_cut():
    text = "large language model agents"
    assert [text[c.start : c.end] for c in candidates(text, [(0, 20)])] == [text]
