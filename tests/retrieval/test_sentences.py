"""Sentences that answer, and the refusal where none does."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.encoder import HashEncoder
from paperflow.records import Paper, Passage
from paperflow.retrieval.search import search
from paperflow.retrieval.sentences import RankedSentence, answerable, question_idf, rank_sentences
from paperflow.store import Store

ENCODER = HashEncoder()
TEXT = (
    "We present LargeGT. It scales to graphs with a million nodes. "
    "Training takes three hours on one machine."
)


def passages(store: Store, question: str) -> list[Passage]:
    """Return the abstracts of the papers that fit a question."""
    papers = store.papers.many([hit.paper_id for hit in search(store, question, limit=20)])
    return [
        Passage(id=f"{p.id}#1", paper_id=p.id, ordinal=1, section="abstract", text=p.abstract)
        for p in papers
        if p.abstract
    ]


def ask(store: Store, question: str) -> list[RankedSentence]:
    return rank_sentences(question, passages(store, question), store=store)


@pytest.fixture
def library(store: Store) -> Store:
    store.papers.add(
        [
            Paper(title="Graph transformers for large graphs", abstract=TEXT),
            Paper(title="Folding", abstract="Proteins fold. A million of them are known."),
            Paper(title="Recommendation", abstract="Readers want papers. Graphs help."),
        ]
    )
    return store


@pytest.mark.parametrize("encoder", [None, ENCODER], ids=["words", "both"])
def test_the_sentence_that_answers_comes_first(library: Store, encoder: HashEncoder | None) -> None:
    question = "Which models scale to a million nodes?"
    found = rank_sentences(question, passages(library, question), store=library, encoder=encoder)
    assert found[0].text == "It scales to graphs with a million nodes."
    assert (found[0].cosine is None) == (encoder is None)
    assert [item.score for item in found] == sorted((i.score for i in found), reverse=True)


def test_a_sentence_is_a_stretch_of_its_passage(library: Store) -> None:
    for item in ask(library, "graphs with a million nodes"):
        assert item.text == item.passage.text[item.start : item.end]
        assert item.text.strip() == item.text != ""


def test_coverage_is_the_weight_of_the_words_that_are_there(library: Store) -> None:
    question = "million nodes"
    weights = question_idf(library, question)
    assert weights["node"] > weights["million"] > 0
    found = {item.text: item for item in ask(library, question)}
    partly = found["A million of them are known."]
    assert partly.coverage == pytest.approx(weights["million"] / sum(weights.values()), abs=1e-6)
    assert found["It scales to graphs with a million nodes."].coverage == 1.0


def test_context_counts_the_passage_and_the_papers_title(library: Store) -> None:
    found = {item.text: item for item in ask(library, "transformers trained for hours")}
    item = found["Training takes three hours on one machine."]
    assert item.coverage < item.context == 1.0


def test_a_word_that_no_paper_has_weighs_most(library: Store) -> None:
    weights = question_idf(library, "graphs of zebras")
    assert weights["zebra"] == max(weights.values())


def test_the_record_line_is_no_answer(library: Store) -> None:
    paper_id = library.papers.ids()[0]
    line = Passage(id="r", paper_id=paper_id, ordinal=2, section="record", text="Million nodes.")
    assert rank_sentences("million nodes", [line], store=library) == []


def test_a_passage_given_twice_counts_once(library: Store) -> None:
    found = passages(library, "million")
    assert rank_sentences("million", found * 2, store=library) == ask(library, "million")


@given(st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_the_order_of_passages_changes_nothing(demo: Store, chance: random.Random) -> None:
    question = "How does attention scale to large graphs?"
    given_ = passages(demo, question)
    shuffled = chance.sample(given_, len(given_))
    assert rank_sentences(question, shuffled, store=demo, encoder=ENCODER) == rank_sentences(
        question, given_, store=demo, encoder=ENCODER
    )


@given(st.text(max_size=80))
@settings(max_examples=40)
def test_any_question_gives_scores_in_range(demo: Store, question: str) -> None:
    given_ = passages(demo, "graph transformer")
    for item in rank_sentences(question, given_, store=demo, encoder=ENCODER):
        assert 0 <= item.coverage <= item.context <= 1
        assert 0 <= item.score <= 1
        assert item.cosine is None or 0 <= item.cosine <= 1


@pytest.mark.parametrize(
    "question",
    [
        "Which graph neural network uses top-m attention?",
        "How does the graph transformer encode the position of nodes?",
        "How is person re-identification done with graph attention?",
        "What is a graph lottery ticket?",
    ],
)
def test_the_demo_library_answers_what_it_is_about(demo: Store, question: str) -> None:
    assert answerable(question, ask(demo, question))


@pytest.mark.parametrize(
    "question",
    [
        "Does vitamin D reduce the risk of fractures?",
        "What is the boiling point of ethanol?",
        "Which gene is mutated in cystic fibrosis?",
        "How do compilers allocate registers?",
        "",
        "the of and",
        "?",
    ],
)
def test_the_demo_library_refuses_what_it_is_not_about(demo: Store, question: str) -> None:
    assert not answerable(question, ask(demo, question))


def test_no_passages_give_no_answer(demo: Store) -> None:
    assert rank_sentences("graph", [], store=demo, encoder=ENCODER) == []
    assert not answerable("graph", [])
