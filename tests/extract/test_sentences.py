"""Sentences are found where a reader finds them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from paperflow.extract.passages import passages_of
from paperflow.extract.sentences import sentence_around, sentence_at, sentence_spans
from paperflow.records import Paper


def split(text):
    return [text[start:end] for start, end in sentence_spans(text)]


def test_abbreviations_end_no_sentence():
    whole = [
        "We propose GPS (cf. Sec. 3 and Eq. 2).",
        "In Tab. 4 and Figs. 2 and 3, e.g. GNNs, i.e. Models of Smith et al. (2020), improve.",
        "Transformers vs. CNNs are compared w.r.t. Accuracy.",
        "See App. A, Thm. 2 and No. 7.",
    ]
    assert split(" ".join(whole)) == whole


def test_decimals_end_no_sentence():
    assert split("It reaches 84.7% at v2.0. Then 3.5 points more.") == [
        "It reaches 84.7% at v2.0.",
        "Then 3.5 points more.",
    ]


def test_a_full_stop_after_a_listed_word_still_ends_the_sentence():
    assert split("It solves many tasks. Models differ. The problem is hard. Others fail.") == [
        "It solves many tasks.",
        "Models differ.",
        "The problem is hard.",
        "Others fail.",
    ]


def test_space_around_sentences_belongs_to_none():
    assert split("  One is here.\n\n Two is there.  ") == ["One is here.", "Two is there."]
    assert split(" \n ") == []


def test_what_is_no_prose_is_cut_into_pieces():
    text = "word " * 5000
    assert all(end - start <= 2000 for start, end in sentence_spans(text))
    assert all(end - start <= 2000 for start, end in sentence_spans("x" * 50_000))


def test_the_sentence_around_a_place_holds_it():
    paper = Paper(id="p", title="T", abstract="One is short. Two has graph transformers. Three.")
    passage = passages_of(paper)[1]
    at = passage.text.index("graph")
    start, end = sentence_around(passage, at, at + 5)
    assert passage.text[start:end] == "Two has graph transformers."
    assert sentence_at("", 3) == (0, 0)


@given(st.text(alphabet=st.sampled_from("ab .!?\nEG.éX($1"), max_size=300))
def test_sentences_are_in_order_and_lose_only_space(text):
    spans = sentence_spans(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())
