"""What every extractor promises, on made-up papers, the demo corpus, and real abstracts."""

import gzip
import json
import os
import pickle
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from paperflow.extract import (
    ENTITY_TYPES,
    EXTRACTORS,
    RELATION_TYPES,
    WITH_HEADS,
    analyse,
    in_order,
)
from paperflow.extract.gather import Gathering
from paperflow.extract.layout import PARTS
from paperflow.extract.model.chunks import Replies, key_of, questions_of
from paperflow.extract.passages import passages_of
from paperflow.extract.reading import Reading
from paperflow.extract.types import CONCEPT_TYPES
from paperflow.records import Facts, Paper, entity_id, relation_id
from tests.extract.full_text import DOCUMENT, PAPER
from tests.extract.reading import demo_papers, plain

GOLDEN = Path(__file__).parent / "golden"
# One of each type that hardly any paper of a small corpus has.
RARE = Paper(
    id="rare",
    title="FooFormer: Deep Maps",
    abstract=(
        "FooFormer extends the transformer and outperforms LightGCN on Yelp by 3% in recall. "
        "The attention heads of a vision transformer matter. We show that depth helps all of it. "
        "Tests support the view that noise acts late and contradict the belief that it is early. "
        "They contradict the view that noise is bad. It uses dropout, but is limited to images. "
        "We leave video for future work on link prediction."
    ),
    authors=("Ada Lovelace",),
    venue="ICML 2024",
    references=("arxiv:1706.03762",),
)

words = st.sampled_from(
    "we propose a the graph transformer (GT) GNNs outperforms uses on ImageNet, CIFAR-10 and that "
    "show limited future work 3.5% BERT . . learning \\emph{deep} $x_1$ ( ) : ; -- “ naïve "
    "图神经 e.g. Sec. \n\n http://a.b/c \\cite{x} İ ß ﬁ \u200b \ud800 \x00 a-b GPT-3.5 's "
    "based of in for".split(" ")
)
prose = st.lists(words, max_size=60).map(" ".join)
texts = st.one_of(prose, st.text(max_size=200), st.just(""))
papers = st.builds(
    Paper,
    id=st.sampled_from(["", "p1", "doi:10.1/x", "arxiv:1706.03762"]),
    title=texts,
    abstract=texts,
    authors=st.lists(texts, max_size=4).map(tuple),
    venue=texts,
    year=st.none() | st.integers(0, 3000),
    keywords=st.lists(texts, max_size=4).map(tuple),
    references=st.lists(st.sampled_from(["arxiv:1706.03762", "doi:10.1/X", "x", " "])).map(tuple),
)


def assert_sound(paper, passages, facts):
    """Check everything that facts promise about their passages and one another."""
    text = {passage.id: passage for passage in passages}
    nodes = {entity.id: entity for entity in facts.entities}
    evidence = [item for fact in (*facts.entities, *facts.relations) for item in fact.evidence]
    evidence += [edge.evidence for edge in facts.hyperedges]
    for item in evidence:
        passage = text[item.passage_id]
        assert item.paper_id == passage.paper_id == paper.id
        assert 0 <= item.start < item.end <= len(passage.text)
        assert item.quote == passage.text[item.start : item.end]
    for entity in facts.entities:
        assert entity.id == entity_id(entity.type, entity.key)
        assert entity.type in ENTITY_TYPES
        assert entity.evidence
        assert entity.key
        assert entity.label.strip()
    for edge in facts.relations:
        assert edge.id == relation_id(edge.type, edge.source, edge.target)
        assert edge.type in RELATION_TYPES
        assert edge.evidence
        assert edge.source in nodes
        assert edge.target in nodes
        assert edge.source != edge.target
    for statement in facts.hyperedges:
        ids = [part.entity_id for part in statement.participants]
        assert len(ids) == len(set(ids)) >= 2
        assert set(ids) <= set(nodes)
        assert {part.role for part in statement.participants} <= {"subject", "object", "context"}
        assert statement.relation
    for group in (facts.entities, facts.relations, facts.hyperedges):
        ids = [fact.id for fact in group]
        assert ids == sorted(set(ids))
    most = 15 if len(passages) <= 3 else 25
    assert sum(entity.type in CONCEPT_TYPES for entity in facts.entities) <= most


@settings(max_examples=150)
@given(papers)
@example(Paper(id="p", title="", abstract="(" * 500 + "GNN" + ")" * 500))
@example(Paper(id="p", title="A" * 3000, abstract="$" * 999 + "\\begin{" * 200))
@example(
    Paper(id="p", title="a", abstract="The GNN, BERT and a graph transformer (GT) win. " * 200)
)
def test_facts_are_sound_whatever_the_paper_holds(paper):
    passages, facts = analyse(paper)
    assert passages == passages_of(paper)
    assert_sound(paper, passages, facts)
    assert analyse(paper) == (passages, facts)


@pytest.mark.parametrize("name", EXTRACTORS.names())
def test_every_extractor_adds_facts_that_are_sound_with_those_before(name):
    reading, before = _reading(name), Facts()
    names = in_order(heads=name in WITH_HEADS)
    for earlier in names[: names.index(name)]:
        before = _joined(before, EXTRACTORS.load(earlier)(reading, before))
    added = EXTRACTORS.load(name)(reading, before)
    assert isinstance(added, Facts)
    assert added != Facts()
    assert_sound(reading.paper, reading.passages, _joined(before, added))


def _reading(extractor):
    """Return a paper with a full text for the extractors that find nothing without one."""
    if extractor == "model":
        passages = passages_of(RARE)
        (question,) = questions_of(passages[:2])
        told = {"type": "limitation", "quote": "depth helps all of it"}
        replies = Replies("m", {key_of("m", question): json.dumps({"findings": [told]})})
        return Reading(RARE, passages, replies=replies)
    if extractor not in ("layout", "citations", "experiments"):
        return Reading(RARE, passages_of(RARE))
    return Reading(PAPER, passages_of(PAPER) + DOCUMENT.passages(PAPER.id), DOCUMENT)


@pytest.mark.parametrize("name", EXTRACTORS.names())
def test_every_extractor_adds_nothing_to_an_empty_paper(name):
    assert EXTRACTORS.load(name)(Reading(Paper(title=""), ()), Facts()) == Facts()


def _joined(*facts):
    return Gathering(*facts).facts()


def test_extractors_run_in_the_order_of_the_table():
    assert in_order()[:2] == ["structure", "concepts"]
    assert set(in_order()) == set(EXTRACTORS.names()) - WITH_HEADS
    assert in_order(heads=True)[:3] == ["structure", "learned", "concepts"]


@pytest.fixture(scope="module")
def demo():
    return [(paper, *analyse(paper)) for paper in demo_papers()]


def test_the_facts_of_the_demo_corpus_are_sound(demo):
    for paper, passages, facts in demo:
        assert_sound(paper, passages, facts)


def test_every_declared_type_is_produced_by_the_demo_corpus_and_a_full_text(demo):
    found = [*(facts for *_, facts in demo), analyse(PAPER, DOCUMENT)[1]]
    assert {entity.type for facts in found for entity in facts.entities} == set(ENTITY_TYPES)
    assert {edge.type for facts in found for edge in facts.relations} == set(RELATION_TYPES)


def test_the_facts_of_a_full_text_are_sound():
    assert_sound(PAPER, *analyse(PAPER, DOCUMENT))


def test_what_the_demo_corpus_is_about_stands_out(demo):
    counts = {}
    for *_, facts in demo:
        for entity in facts.entities:
            if entity.type in CONCEPT_TYPES:
                counts[entity.label] = counts.get(entity.label, 0) + 1
    often = {label for label, count in counts.items() if count >= 4}
    assert {
        "transformer",
        "graph transformer",
        "graph neural network",
        "message passing",
        "attention mechanism",
        "power law",
        "positional encoding",
        "large language model",
        "knowledge graph",
    } <= often
    junk = ("experiment", "result", "proposed", "state-of-the-art", "method", "approach", "paper")
    assert [label for label in often if any(word in label for word in junk)] == []


def test_a_term_has_one_type_in_all_of_the_demo_corpus(demo):
    types = {}
    for *_, facts in demo:
        for entity in facts.entities:
            if entity.type in CONCEPT_TYPES:
                types.setdefault(entity.key, set()).add(entity.type)
    assert {key: found for key, found in types.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A Generalization of Transformer Networks to Graphs", "generalization.json"),
        ("CAT: Curvature-Adaptive Transformers for Geometry-Aware Learning", "cat.json"),
    ],
)
def test_the_facts_of_a_demo_paper_are_as_they_were(demo, title, name):
    file = GOLDEN / name
    facts = next(facts for paper, _, facts in demo if paper.title == title)
    text = json.dumps(plain(facts), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("WRITE_GOLDEN"):
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def test_facts_are_the_same_in_another_process_with_other_hashes(demo):
    program = (
        "import sys; from tests.extract.reading import demo_papers;"
        "from paperflow.extract import analyse; import pickle;"
        "sys.stdout.buffer.write(pickle.dumps([analyse(p) for p in demo_papers()[:12]]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"}
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        env=environment,
        check=True,
        cwd=GOLDEN.parents[2],
    )
    assert pickle.loads(run.stdout) == [(passages, facts) for _, passages, facts in demo[:12]]


def test_the_analysis_can_be_sent_to_another_process():
    assert pickle.loads(pickle.dumps(analyse))(RARE) == analyse(RARE)


def test_extractors_need_no_torch():
    program = (
        "import sys; from paperflow.extract import analyse; from paperflow.records import Paper;"
        "analyse(Paper(id='p', title='Graphs', abstract='We use a GNN. It wins.'));"
        "print([m for m in ('torch', 'transformers', 'sklearn', 'networkx') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert run.stdout.strip() == "[]"


def test_real_abstracts_are_sound_and_have_every_type(real_data):
    entities, relations = set(), set()
    with gzip.open(real_data("conference/papers.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in islice(lines, 0, 90_000, 600):
            row = json.loads(line)
            paper = Paper(
                id=row["id"],
                title=row["title"],
                abstract=row["abstract"] or "",
                authors=tuple(row["authors"]),
                year=row["year"],
                venue=row["venue"],
                keywords=tuple(row["keywords"]),
            )
            passages, facts = analyse(paper)
            assert_sound(paper, passages, facts)
            entities |= {entity.type for entity in facts.entities}
            relations |= {edge.type for edge in facts.relations}
    assert entities == set(ENTITY_TYPES) - {*PARTS, "experiment"}
    # Its records list no references, and few abstracts refute anything.
    rare = {"cites", "contradicts", "part_of", "supports", *(f"has_{part}" for part in PARTS)}
    assert relations >= set(RELATION_TYPES) - rare
