"""Terms in order of worth, by the head that ships."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.encoder import HashEncoder
from paperflow.extract.heads.trees import Trees
from paperflow.extract.term_candidates import candidates_of
from paperflow.extract.term_features import GROUPS, features_of, slots
from paperflow.extract.terms import ranked_terms, term_head

TITLE = "Sparse graph transformers for node classification"
TEXT = (
    f"{TITLE}. We propose a sparse attention mechanism for large graphs. Sparse attention makes "
    "graph transformers faster, and node classification on citation networks more accurate."
)


def test_terms_are_phrases_of_the_text_and_the_likeliest_come_first():
    terms = ranked_terms(TEXT, title=len(TITLE))
    assert all(term.surface in TEXT for term in terms)
    chances = [term.probability for term in terms]
    assert chances == sorted(chances, reverse=True)
    assert {"node classification", "sparse attention"} <= {term.key for term in terms}


def test_no_term_is_a_verb_or_a_stop_word():
    keys = {term.key for term in ranked_terms(TEXT, title=len(TITLE))}
    assert not keys & {"propose", "make", "we", "more", "large"}


def test_an_encoder_changes_the_order_but_not_the_terms_that_may_come():
    plain = ranked_terms(TEXT, most=100)
    added = ranked_terms(TEXT, most=100, encoder=HashEncoder())
    assert {term.key for term in plain} == {term.key for term in added}


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_any_text_gives_terms_of_its_own_each_once(text):
    terms = ranked_terms(text)
    assert len({term.key for term in terms}) == len(terms) <= 10
    assert terms == ranked_terms(text)


def test_every_part_of_a_stretch_is_a_candidate_and_counts_where_it_stands():
    found = {item.key: item for item in candidates_of("Graph attention networks. Graph attention.")}
    assert {"graph", "attention", "graph attention", "graph attention network"} <= set(found)
    item = found["graph attention"]
    assert (item.count, item.whole, item.begins, item.ends) == (2, 1, 1, 0)


def test_a_term_may_hold_a_participle_but_no_stop_word():
    found = {item.surface for item in candidates_of("The theory of fully constrained planning.")}
    assert "fully constrained planning" in found
    assert not any("of" in surface.split() for surface in found)


def test_what_is_known_of_words_lies_in_hashed_slots():
    (item,) = candidates_of("transformers")
    at = slots(item, len(term_head().prior))
    assert len(at) == 3
    assert np.isfinite(term_head().prior[at]).all()


def test_an_author_gives_fewer_terms_than_an_indexer_notes():
    told = {
        style: ranked_terms(TEXT, title=len(TITLE), style=style, most=100)
        for style in ("index", "author")
    }
    assert 2 <= len(told["author"]) < len(told["index"])


def test_the_groups_of_features_are_all_features():
    head, found = term_head(), candidates_of(TEXT)
    features = features_of(TEXT, 0, found, head.prior, head.rarity, "index")
    assert features.shape == (len(found), sum(GROUPS.values()))
    assert head.trees.feature.max() < features.shape[1]


def test_trees_lead_each_row_to_its_leaf():
    feature = np.array([[0, 1, 1]])
    threshold = np.array([[0.5, 1.5, 2.5]], dtype=np.float32)
    value = np.array([[-2, -1, 1, 2]], dtype=np.float32)
    trees = Trees(feature, threshold, value, np.zeros(1, np.float32))
    rows = np.array([[0, 1], [0, 2], [1, 2], [1, 3]], dtype=np.float32)
    np.testing.assert_allclose(trees.probabilities(rows), 1 / (1 + np.exp([2, 1, -1, -2])), 1e-6)
