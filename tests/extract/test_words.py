"""Two spellings of one term have one key, and offsets survive mark-up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.extract.words import adjoining, phrase_key, prose, singular, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Graph Transformers", "graph transformer"),
        ("message-passing", "message passing"),
        ("pre-training", "pretraining"),
        ("pre training", "Pre-Training"),
        ("multi-head self-attention", "multihead self attention"),
        ("modelling behaviours", "modeling behavior"),
        ("optimisation", "optimization"),
        ("generalised analyses", "generalized analysis"),
        ("neighbourhoods", "neighborhood"),
        ("adjacency matrices", "adjacency matrix"),
        ("graph \\emph{transformer}", "graph transformer"),
        ("Parkinson’s disease", "parkinson disease"),
        ("$k$-means", "k-means"),
    ],
)
def test_spellings_of_one_term_share_a_key(one, other):
    assert phrase_key(one) == phrase_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("graph transformer", "transformer graph"),
        ("noise", "noize"),
        ("supervised", "unsupervised"),
        ("Hits@1", "Hits@10"),
        ("under the curve", "underthe curve"),
    ],
)
def test_different_terms_keep_different_keys(one, other):
    assert phrase_key(one) != phrase_key(other)


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("networks", "network"),
        ("classes", "class"),
        ("boxes", "box"),
        ("batches", "batch"),
        ("families", "family"),
        ("hypotheses", "hypothesis"),
        ("corpora", "corpus"),
        ("bias", "bias"),
        ("analysis", "analysis"),
        ("series", "series"),
        ("loss", "loss"),
        ("gps", "gps"),
    ],
)
def test_plurals_become_singular_and_others_stay(plural, one):
    assert singular(plural) == one


def test_names_with_signs_are_one_word():
    text = "PointNet++ on CIFAR-10, GPT-3.5, Hits@10, Q&A and 3D-GS_v2."
    expected = ["PointNet++", "on", "CIFAR-10", "GPT-3.5", "Hits@10", "Q&A", "and", "3D-GS_v2"]
    assert [word.text for word in words(text)] == expected


def test_links_formulas_and_citations_are_no_words():
    text = (
        "See https://a.org/b?c=1, me@x.org, $x_1 + \\alpha$, \\cite{a,b}, [3, 4] and <i>this</i>."
    )
    assert [word.text for word in words(text)] == ["See", "and", "this"]


def test_commands_around_words_leave_the_words_adjoining():
    text = "a graph \\textbf{attention} network (GAT) model"
    found = words(text)
    assert adjoining(text, found[1], found[2])
    assert not adjoining(text, found[3], found[4])


@given(st.text())
def test_blanking_mark_up_keeps_every_offset(text):
    assert len(prose(text)) == len(text)
    assert all(text[word.start : word.end] == word.text for word in words(text))


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=60))
def test_the_key_of_a_key_is_itself(text):
    key = phrase_key(text)
    assert phrase_key(phrase_key(key)) == phrase_key(key)
