"""Tokens, roles and the sentence heads: what goes into the heads, and what the small ones say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from paperflow.extract.heads.linear import LinearHead, bucket_counts, weighted
from paperflow.extract.heads.pairs import roles_of
from paperflow.extract.heads.tokens import BUCKETS, MOST_GRAMS, padded_grams, shape, token_spans
from paperflow.extract.train.sentences import Labelled, evaluate, fitted


@given(st.text(max_size=80))
def test_tokens_are_all_of_the_text_but_its_spaces(text):
    spans = token_spans(text)
    assert "".join(text[a:b] for a, b in spans) == "".join(text.split())
    assert all(a < b for a, b in spans)


def test_a_word_with_hyphens_is_one_token():
    text = "(self-attention, GPT-3.5)."
    assert [text[a:b] for a, b in token_spans(text)] == [
        *("(", "self-attention", ",", "GPT-3.5", ")", "."),
    ]


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5))
def test_letters_of_tokens_are_buckets_of_one_width(tokens):
    rows = padded_grams(tokens)
    assert {len(row) for row in rows} == {MOST_GRAMS}
    assert all(0 <= bucket < BUCKETS for row in rows for bucket in row)


def test_the_shape_tells_names_from_words():
    assert [shape(word) for word in ("GPT-3", "graph", "ResNet50")] == ["XX-9", "xx", "XxxXxx99"]


def test_every_token_has_one_role_and_the_order_of_the_pair_shows():
    assert roles_of(7, (1, 2), (4, 6)) == [0, 1, 2, 2, 3, 3, 4]
    assert roles_of(7, (4, 6), (1, 2)) == [5, 8, 7, 7, 6, 6, 9]


def test_a_text_is_weighted_to_length_one():
    idf = np.ones(1 << 10, dtype=np.float32)
    slots, values = weighted("We follow the method of others.", idf)
    assert sorted(bucket_counts("We follow the method of others.", 1 << 10)) == slots.tolist()
    np.testing.assert_allclose(np.linalg.norm(values), 1, rtol=1e-5)
    assert weighted("", idf)[0].tolist() == []


def test_a_head_learns_what_words_tell():
    rows = [
        Labelled(f"{verb} the {thing}.", label)
        for verb, label in (
            ("we use", "uses"),
            ("unlike in", "compares"),
            ("much is known of", "background"),
        )
        for thing in ("model", "parser", "corpus", "network", "method")
    ]
    head = fitted(("background", "uses", "compares"), rows)
    assert evaluate(head, rows)["accuracy"] == 1
    ((label, probability),) = head.classify(["We use the graph."])
    assert label == "uses"
    assert 0.5 < probability <= 1


def test_an_empty_text_gets_the_class_of_the_bias():
    bias = np.array([0, 1], dtype=np.float32)
    head = LinearHead(("a", "b"), np.zeros((8, 2), np.float32), bias, np.ones(8, np.float32))
    assert head.classify([""])[0][0] == "b"
