"""The contract suite's engines, and papers and facts by hand.

Every test of this folder that takes `store` runs on every engine in ENGINES.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from paperflow.records import (
    Entity,
    Facts,
    Hyperedge,
    Paper,
    Participant,
    Passage,
    Relation,
    entity_id,
    quote,
    relation_id,
)
from paperflow.store import Store, open_store

ENGINES: dict[str, Callable[[Path], str]] = {
    "sqlite": lambda folder: f"sqlite:///{folder / 'store.sqlite'}",
}


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return an empty store of each engine."""
    with open_store(ENGINES[request.param](tmp_path)) as opened:
        yield opened


TEXT = "LargeGT extends graph transformers to large graphs."


def analysed(paper: Paper, text: str = TEXT) -> tuple[list[Passage], Facts]:
    """Return one passage and the facts of its one sentence: two entities, an edge, a statement."""
    passage = Passage(
        id=f"p:{paper.id}", paper_id=paper.id, ordinal=0, section="abstract", text=text
    )
    first, second = text.split()[0], text.split()[2]
    ends = [entity_id("method", word.lower()) for word in (first, second)]
    words = [(word, text.index(word)) for word in (first, second)]
    entities = tuple(
        Entity(
            id=id, type="method", key=word.lower(), label=word,
            evidence=(quote(passage, at, at + len(word)),),
        )
        for id, (word, at) in zip(ends, words, strict=True)
    )  # fmt: skip
    whole = quote(passage, 0, len(text))
    edge = Relation(
        id=relation_id("extends", *ends), type="extends", source=ends[0], target=ends[1],
        evidence=(whole,),
    )  # fmt: skip
    members = tuple(
        Participant(entity_id=id, role=role)
        for id, role in zip(ends, ("subject", "object"), strict=True)
    )
    statement = Hyperedge(
        id=f"h:{paper.id}", relation="extend", participants=members, evidence=whole
    )
    return [passage], Facts(entities=entities, relations=(edge,), hyperedges=(statement,))


@pytest.fixture
def filled(store):
    """Return a store with two analysed papers that share an entity."""
    store.papers.add([Paper(title="Large graphs", year=2023), Paper(title="Small graphs")])
    texts = [TEXT, "TANGNN extends graph networks."]
    for paper, text in zip(store.papers.all(), texts, strict=True):
        passages, facts = analysed(paper, text)
        fingerprint = next(f for p, f in store.facts.pending("1") if p.id == paper.id)
        store.facts.put(paper.id, fingerprint, passages, facts)
    return store
