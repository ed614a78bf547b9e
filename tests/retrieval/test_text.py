"""Words as the full-text index cuts them, stems, and TF-IDF."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.records import Paper
from paperflow.retrieval.text import STOP_WORDS, cosines, plain, stem, tfidf, words, words_of
from paperflow.store import Store

SENTENCES = ["Graph attention graph", "Attention is needed", "folding of proteins", "", "the"]


def test_words_are_lower_case_without_accents_and_signs() -> None:
    assert words("Erdős–Rényi graphs: k-core, GPT_4!") == [
        "erdos", "renyi", "graphs", "k", "core", "gpt", "4",
    ]  # fmt: skip


@given(st.text(max_size=60))
def test_words_of_plain_text_are_the_words_of_the_text(text: str) -> None:
    assert words(plain(text)) == words(text)


@pytest.mark.parametrize(
    ("word", "other"), [("graphs", "graph"), ("relational", "relation"), ("learned", "learning")]
)
def test_forms_of_a_word_share_a_stem_as_in_the_index(store: Store, word: str, other: str) -> None:
    store.papers.add([Paper(title=f"A paper on {word}")])
    found = store.search.document_frequency([other])[other] == 1
    assert found == (stem(word) == stem(other))


@given(st.text(alphabet="abcdeginosty", min_size=1, max_size=14))
def test_a_word_is_found_by_its_stem(word: str) -> None:
    assert word in words_of([stem(word)]).findall(f"some {word}, other")


def test_a_pattern_of_no_stems_finds_nothing() -> None:
    assert words_of([]).findall("anything at all") == []
    assert words_of(["graph"]).findall("graphs paragraphs graphical") == ["graphs", "graphical"]


def test_tfidf_equals_scikit_learns() -> None:
    text = pytest.importorskip("sklearn.feature_extraction.text")
    reference = text.TfidfVectorizer(
        analyzer=lambda value: [word for word in words(value) if word not in STOP_WORDS],
        sublinear_tf=True,
    ).fit_transform(SENTENCES)
    assert np.allclose(tfidf(SENTENCES), reference.toarray())


@given(st.lists(st.text(alphabet="ab cd", max_size=20), max_size=6))
def test_cosines_are_symmetric_and_in_range(texts: list[str]) -> None:
    values = cosines(texts)
    assert values.shape == (len(texts), len(texts))
    assert np.allclose(values, values.T)
    assert ((values >= 0) & (values <= 1)).all()
