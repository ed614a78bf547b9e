"""A small library by hand: papers and what their sentences say."""

from collections.abc import Mapping, Sequence

from paperflow.records import (
    Entity,
    Evidence,
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
from paperflow.store import Store

Term = tuple[str, str]  # type, key


def say(
    store: Store,
    paper: Paper,
    sentence: str,
    terms: Mapping[Term, Mapping[str, str]] = {},
    edges: Sequence[tuple[str, Term, Term]] = (),
    statements: Sequence[tuple[str, Sequence[tuple[Term, str]]]] = (),
) -> str:
    """Add a paper that says one sentence; return its id.

    `terms` are the nodes with their properties ("label" stands for the label), each
    quoting the whole sentence, as edges and statements do.
    """
    before = set(store.papers.ids())
    store.papers.add([paper])
    paper_id = next(iter(set(store.papers.ids()) - before))
    passage = Passage(
        id=f"passage:{paper_id}", paper_id=paper_id, ordinal=0, section="title", text=sentence
    )
    whole = quote(passage, 0, len(sentence))
    own = {("paper", paper_id): {"label": paper.title}}
    facts = Facts(
        entities=tuple(
            _entity(term, dict(values), whole) for term, values in {**own, **terms}.items()
        ),
        relations=tuple(_edge(type, a, b, whole) for type, a, b in edges),
        hyperedges=tuple(
            _statement(f"{paper_id}#{number}", relation, parts, whole)
            for number, (relation, parts) in enumerate(statements)
        ),
    )
    fingerprint = next(found for item, found in store.facts.pending("1") if item.id == paper_id)
    store.facts.put(paper_id, fingerprint, [passage], facts)
    return paper_id


def _entity(term: Term, values: dict[str, str], said: Evidence) -> Entity:
    label = values.pop("label", term[1])
    return Entity(
        id=entity_id(*term), type=term[0], key=term[1], label=label,
        properties=values, evidence=(said,),
    )  # fmt: skip


def _edge(type: str, source: Term, target: Term, said: Evidence) -> Relation:
    ends = entity_id(*source), entity_id(*target)
    return Relation(
        id=relation_id(type, *ends), type=type, source=ends[0], target=ends[1], evidence=(said,)
    )


def _statement(
    id: str, relation: str, parts: Sequence[tuple[Term, str]], said: Evidence
) -> Hyperedge:
    members = tuple(Participant(entity_id=entity_id(*term), role=role) for term, role in parts)
    return Hyperedge(id=id, relation=relation, participants=members, evidence=said)
