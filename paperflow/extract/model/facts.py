"""What a language model told of a paper, merged with what the rules found in it.

Each fact says in its property `model` how both agree: "agrees" where the rules found it too,
"alone" where only the model did, "says TYPE" where the model gives a term another type (the
rules' type stands). A fact of the rules alone has no such property.
"""

from collections.abc import Iterator

from paperflow.extract.claims import shortened
from paperflow.extract.context import paper_node
from paperflow.extract.experiments import own_names
from paperflow.extract.gather import Gathering
from paperflow.extract.layout import part_key
from paperflow.extract.measured import Named, direction_of
from paperflow.extract.model.check import Placed, checked, measured
from paperflow.extract.model.chunks import Question, Replies, answered, questions_of
from paperflow.extract.model.gaps import Place, gaps_of
from paperflow.extract.model.schema import THIS_PAPER, Finding, Link, Statement, Term
from paperflow.extract.paper_rules import LOOSEST
from paperflow.extract.reading import Reading
from paperflow.extract.sentences import sentence_around
from paperflow.extract.shapes import label_of
from paperflow.extract.structure import paper_key
from paperflow.extract.words import phrase_key
from paperflow.records import (
    Entity,
    Evidence,
    Facts,
    Hyperedge,
    Participant,
    entity_id,
    fingerprint,
    quote,
    relation_id,
)

AGREES, ALONE = "agrees", "alone"


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return what the model's replies add to the rules' facts, and where both agree."""
    node = paper_node(facts, paper_key(reading.paper))
    if reading.replies is None or node is None:
        return Facts()
    merged = _Merged(node, facts)
    for question in questions_of(reading.prose):
        for placed in _told(question, reading.replies):
            merged.add(placed)
    for gap in gaps_of(reading):
        for placed in _told(gap.question, reading.replies):
            merged.add_to_part(placed, gap.place)
    return merged.facts()


def _told(question: Question, replies: Replies) -> Iterator[Placed]:
    """Yield what the replies to a question say truly."""
    for part, reply in answered(question, replies):
        yield from checked(part, reply).kept


class _Merged:
    """The model's facts about one paper, being laid over those of the rules."""

    def __init__(self, node: Entity, facts: Facts) -> None:
        self._node, self._rules = node, facts
        self._known = {e.id for e in facts.entities} | {r.id for r in facts.relations}
        self._terms = own_names(facts)
        self._gathering = Gathering()
        self._alone: dict[str, Evidence] = {}  # terms of the model's own, each with its sentence

    def add(self, placed: Placed) -> None:
        """Add something that a passage says."""
        match placed.said:
            case Term() as term:
                self._add_term(placed, term)
            case Link() as link:
                self._add_link(placed, link)
            case Finding() as finding:
                self._add_finding(placed, finding)
            case Statement() as statement:
                self._add_statement(placed, statement)

    def add_to_part(self, placed: Placed, place: Place) -> None:
        """Add a term that was named of a part; but for sections, relate it to the part."""
        kind, number, _ = place
        if isinstance(placed.said, Term):
            self._add_term(placed, placed.said)
            id = self._id(placed.said.name)
            if id and kind != "section":
                part = entity_id(kind, part_key(self._node.key, kind, number))
                self._relate(LOOSEST, id, part, placed.evidence)

    def facts(self) -> Facts:
        """Return all that was added; a term that nothing links is related to the paper."""
        linked = {relation.target for relation in self._gathering.facts().relations}
        for id, sentence in self._alone.items():
            if id not in linked:
                self._relate(LOOSEST, self._node.id, id, sentence)
        return self._gathering.facts()

    def _add_term(self, placed: Placed, term: Term) -> None:
        mention, key = placed.named(term.name), phrase_key(term.name)
        if mention is None or not key:
            return
        label = label_of(mention.quote, key, starts_sentence=False)
        named = self._terms.setdefault(key, Named(term.type, key, label, 0, 0))
        id = entity_id(named.type, named.key)
        told = self._agreement(id)
        if told == ALONE:
            sentence = sentence_around(placed.passage, mention.start, mention.end)
            self._alone.setdefault(id, quote(placed.passage, *sentence))
        elif named.type != term.type:
            told = f"says {term.type}"
        self._gathering.entity(named.type, named.key, named.label, [mention], {"model": told})

    def _add_link(self, placed: Placed, link: Link) -> None:
        source, target = self._id(link.source), self._id(link.target)
        if source and target:
            self._relate(link.type, source, target, placed.evidence)

    def _relate(self, type: str, source: str, target: str, evidence: Evidence) -> None:
        told = self._agreement(relation_id(type, source, target))
        self._gathering.relation(type, source, target, [evidence], {"model": told})

    def _add_finding(self, placed: Placed, finding: Finding) -> None:
        evidence = placed.evidence
        if same := next(self._overlapping(finding.type, evidence), None):
            properties = {"model": AGREES}
            self._gathering.entity(same.type, same.key, same.label, [evidence], properties)
            return
        told = measured(placed)
        better = {"better": direction_of(told["metric"])} if "metric" in told else {}
        key = f"{self._node.key}#{fingerprint(finding.type, evidence.quote)[:12]}"
        properties = {**told, **better, "model": ALONE}
        label = shortened(evidence.quote)
        id = self._gathering.entity(finding.type, key, label, [evidence], properties)
        self._relate("reports", self._node.id, id, evidence)

    def _overlapping(self, type: str, place: Evidence) -> Iterator[Entity]:
        """Yield the rules' nodes of this type that quote the same words, or some of them."""
        for entity in self._rules.entities:
            if entity.type == type and any(_overlap(item, place) for item in entity.evidence):
                yield entity

    def _add_statement(self, placed: Placed, statement: Statement) -> None:
        roles: dict[str, str] = {}
        for role in ("subject", "object", "context"):
            for name in getattr(statement, f"{role}s"):
                if id := self._id(name):
                    roles.setdefault(id, role)
        if len(roles) < 2 or self._is_told(set(roles), placed.evidence):
            return
        relation = " ".join(statement.relation.lower().split())
        place = (placed.passage.id, str(placed.start), relation, *roles)
        self._gathering.hyperedge(
            Hyperedge(
                id=f"statement:{fingerprint(*place)[:20]}",
                relation=relation,
                participants=tuple(Participant(entity_id=i, role=r) for i, r in roles.items()),
                evidence=placed.evidence,
            )
        )

    def _is_told(self, members: set[str], place: Evidence) -> bool:
        """Tell whether the rules have a statement of the same terms in the same sentence."""
        return any(
            _overlap(edge.evidence, place) and {p.entity_id for p in edge.participants} == members
            for edge in self._rules.hyperedges
        )

    def _id(self, name: str) -> str:
        """Return the node that a name means, or ""."""
        if name.lower() == THIS_PAPER:
            return self._node.id
        named = self._terms.get(phrase_key(name))
        return entity_id(named.type, named.key) if named else ""

    def _agreement(self, id: str) -> str:
        return AGREES if id in self._known else ALONE


def _overlap(one: Evidence, other: Evidence) -> bool:
    same = one.passage_id == other.passage_id
    return same and one.start < other.end and other.start < one.end
