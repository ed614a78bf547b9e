"""Typed edges by rule: what a paper proposes, uses, evaluates on, and how terms relate."""

from collections.abc import Sequence

from paperflow.extract.context import Sentence, paper_node, sentences_of
from paperflow.extract.gather import Gathering
from paperflow.extract.method_rules import between_terms
from paperflow.extract.own import title_name
from paperflow.extract.paper_rules import LOOSEST, paper_relations
from paperflow.extract.passages import TITLE
from paperflow.extract.reading import Reading
from paperflow.extract.sentences import sentence_around
from paperflow.extract.structure import paper_key
from paperflow.extract.types import CONCEPT_TYPES
from paperflow.extract.words import phrase_key
from paperflow.records import Entity, Evidence, Facts, Paper, Passage, quote


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return the edges from the paper to its terms and among its terms, with their sentences."""
    gathering = Gathering()
    node = paper_node(facts, paper_key(reading.paper))
    if node is None:
        return gathering.facts()
    sentences = sentences_of(reading.prose, facts)
    _relate_title(gathering, node, reading.paper, sentences)
    _relate_paper(gathering, node, sentences)
    _relate_rest(gathering, node, reading.passages, facts)
    proposed = _proposed(gathering, facts)
    for sentence in sentences:
        for type, source, target, properties in between_terms(sentence, proposed, node.id):
            gathering.relation(type, source, target, [sentence.evidence], properties)
    return gathering.facts()


def _relate_title(
    gathering: Gathering, node: Entity, paper: Paper, sentences: Sequence[Sentence]
) -> None:
    """Link the paper to X where its title is "X: what it does"."""
    key = phrase_key(title_name(paper.title))
    for sentence in sentences:
        for mention in sentence.mentions if sentence.passage.section == TITLE else ():
            if key and mention.entity.key == key:
                gathering.relation("proposes", node.id, mention.entity.id, [sentence.evidence])


def _relate_paper(gathering: Gathering, node: Entity, sentences: Sequence[Sentence]) -> None:
    for sentence in sentences:
        for type, target in paper_relations(sentence):
            gathering.relation(type, node.id, target.id, [sentence.evidence])


def _relate_rest(
    gathering: Gathering, node: Entity, passages: Sequence[Passage], facts: Facts
) -> None:
    """Link the paper to the terms that no rule linked, by the sentence that names them first."""
    related = {relation.target for relation in gathering.facts().relations}
    by_id = {passage.id: passage for passage in passages}
    for entity in facts.entities:
        if entity.type in CONCEPT_TYPES and entity.id not in related:
            evidence = _sentence(entity.evidence[0], by_id)
            gathering.relation(LOOSEST, node.id, entity.id, [evidence])


def _sentence(mention: Evidence, passages: dict[str, Passage]) -> Evidence:
    """Return the sentence around a mention."""
    passage = passages[mention.passage_id]
    return quote(passage, *sentence_around(passage, mention.start, mention.end))


def _proposed(gathering: Gathering, facts: Facts) -> list[str]:
    """Return the methods that the paper proposes, sorted."""
    methods = {entity.id for entity in facts.entities if entity.type == "method"}
    relations = gathering.facts().relations
    return sorted(r.target for r in relations if r.type == "proposes" and r.target in methods)
