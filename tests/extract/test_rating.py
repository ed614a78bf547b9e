"""The rating of a paper: what is counted, what must not be, and the regression."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from paperflow.documents import Document
from paperflow.encoder import HashEncoder
from paperflow.extract.heads.load import card
from paperflow.extract.rating.features import abstract_features, main_text, text_features
from paperflow.extract.rating.linear import Linear, fit
from paperflow.extract.rating.rater import ABSTRACT, Rater, abstract_names, rater
from paperflow.readers.prose import document_of
from paperflow.records import Paper

PAPER = Paper(title="A Title: of five words", abstract="We prove a bound. It is 3.5 % novel.")
SENTENCE = "We compare our parser with a baseline (Roe et al., 2019), as Table 1 shows. "
MAIN = f"## 1 Introduction\n\n{SENTENCE * 60}\n\n## 2 Results\n\n{SENTENCE * 60}\n\n"
END = "## References\n\nRichard Roe and Ann Poe. Parsing by hand. Journal, 2019.\n\n"


def read(text: str) -> Document:
    return document_of(PAPER, text)


def counted(text: str) -> dict[str, float]:
    found = text_features(read(text))
    assert found is not None
    return found


def test_words_of_the_abstract_are_counted():
    found = abstract_features(PAPER)
    assert found["title: words"] == 5
    assert found["title: colon"] == 1
    assert found["abstract: theory"] == 2
    assert found["abstract: numbers"] == found["abstract: percentages"] == 1
    assert set(abstract_features(Paper(title=""))) == set(found)


def test_the_main_text_is_counted_in_rates():
    found = counted(MAIN + END)
    assert found["text: works cited"] == 1
    assert found["text: baselines"] == pytest.approx(found["text: tables"])
    assert found["text: citations"] == pytest.approx(found["text: baselines"])
    assert found["text: words a sentence"] == len(SENTENCE.split())


@pytest.mark.parametrize(
    "after",
    [
        "## Acknowledgements\n\nWe thank everybody for a baseline.\n\n",
        "## Author Contributions\n\nAll authors compare.\n\n",
        "## References\n\nAnn Poe. 2021.\n\n## A Appendix\n\n" + SENTENCE * 500,
    ],
)
def test_nothing_after_the_main_text_counts(after):
    assert counted(MAIN + after) == counted(MAIN)


def test_a_longer_text_counts_as_one_of_nine_pages():
    long, longer = (counted(f"## 1 Introduction\n\n{SENTENCE * n}\n\n") for n in (600, 900))
    assert long == longer


def test_headings_are_no_text_and_a_stub_is_no_full_text():
    assert all(block.kind != "heading" for block in main_text(read(MAIN)).values())
    assert text_features(read("## 1 Introduction\n\nShort.\n\n## 2 End\n\nShort.")) is None


values = st.floats(-100, 100, allow_nan=False, width=32)


@given(arrays(np.float64, (12, 3), elements=values), arrays(np.float64, 12, elements=values))
def test_the_regression_is_at_a_minimum_of_its_loss(features, target):
    model = fit(["a", "b", "c"], features, target, penalty=2.0)

    def loss(step: np.ndarray) -> float:
        moved = Linear(model.names, model.mean, model.scale, model.weights + step, model.bias)
        free = moved.parts(features).sum(1)
        rest = target - free - (target - free).mean()
        return float((rest**2).sum() + 2.0 * (moved.weights**2).sum())

    for column in range(3):
        for size in (-0.5, 0.5):
            step = np.zeros(3)
            step[column] = size
            assert loss(step) >= loss(np.zeros(3)) - 1e-6 * (1 + loss(np.zeros(3)))
    assert np.isclose(model.predict(features).mean(), target.mean(), atol=1e-6)


def test_weights_survive_being_kept():
    model = fit(["a"], np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 2.0, 3.0]), 0.5)
    kept = Linear.from_arrays(
        "x", ["a"], {k: v.astype(np.float32) for k, v in model.arrays("x").items()}
    )
    assert np.allclose(kept.predict(np.array([[3.0]])), model.predict(np.array([[3.0]])))


def test_a_rating_tells_what_moved_it():
    names = abstract_names(HashEncoder().dimension)
    zeros, ones = np.zeros(len(names)), np.ones(len(names))
    abstract = Linear(tuple(names), zeros, ones, zeros, 5.0)
    columns = (ABSTRACT, "text: works cited")
    text = Linear(columns, np.array([5.0, 0.0]), np.ones(2), np.array([1.0, 0.5]), 5.0)
    found = Rater(abstract, text).rate(PAPER, read(MAIN + END), HashEncoder())
    assert (found.value, found.from_text) == (5.5, True)
    assert found.parts == (("text: works cited", 0.5),)
    assert not Rater(abstract, text).rate(PAPER, None, HashEncoder()).from_text


def test_the_shipped_model_asks_for_what_is_counted():
    told = card("rating")["features"]
    assert told["abstract"] == abstract_names(384)
    assert set(told["text"]) <= {ABSTRACT, *counted(MAIN)}
    assert len(rater().text.weights) == len(told["text"])


def test_no_name_and_no_year_is_looked_at():
    source = Path(text_features.__code__.co_filename).read_text(encoding="utf-8")
    assert "paper.authors" not in source
    plain = counted(MAIN + END)
    later = counted((MAIN + END).replace("2019", "2021"))
    assert plain == later
