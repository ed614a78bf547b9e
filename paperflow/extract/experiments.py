"""Experiments and their results, from tables and from sentences, each with what it stands on.

A result is a value with method, data set, metric and split. From a table it quotes the
value's cell and the headings over and beside it; from a sentence, the sentence.
"""

from collections.abc import Collection, Iterator, Mapping

from paperflow.documents import Table
from paperflow.extract.context import paper_node
from paperflow.extract.gather import Gathering
from paperflow.extract.measured import Named
from paperflow.extract.reading import Reading, whole
from paperflow.extract.structure import paper_key
from paperflow.extract.tables import Cell, Measurement, measurements
from paperflow.extract.types import CONCEPT_TYPES
from paperflow.extract.words import phrase_key
from paperflow.records import (
    Entity,
    Evidence,
    Facts,
    Hyperedge,
    Participant,
    Passage,
    entity_id,
    fingerprint,
    quote,
)


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return an experiment for each table of results, and a result for each of its values."""
    gathering = Gathering()
    node = paper_node(facts, paper_key(reading.paper))
    if reading.document is None or node is None:
        return gathering.facts()
    own = own_names(facts)
    tables = {entity.id for entity in facts.entities if entity.type == "table"}
    for number, table in enumerate(reading.document.tables):
        blocks = reading.blocks
        if table.body in blocks:
            caption = blocks.get(-1 if table.block is None else table.block)
            found = measurements(table, caption.text if caption else "", own)
            if found:
                page = _Page(gathering, node, table, blocks[table.body], caption, own, tables)
                page.add(number, found)
    return gathering.facts()


def own_names(facts: Facts) -> dict[str, Named]:
    """Return the terms that were found in the paper, by key and by acronym."""
    found: dict[str, Named] = {}
    for entity in facts.entities:
        if entity.type in CONCEPT_TYPES:
            named = Named(entity.type, entity.key, entity.label, 0, 0)
            short = phrase_key(entity.properties.get("acronym", ""))
            found |= {key: named for key in (entity.key, short) if key}
    return found


class _Page:
    """A table of results whose facts are being gathered."""

    def __init__(
        self,
        gathering: Gathering,
        node: Entity,
        table: Table,
        body: Passage,
        caption: Passage | None,
        own: Mapping[str, Named],
        tables: Collection[str],
    ) -> None:
        self._gathering, self._node, self._table, self._tables = gathering, node, table, tables
        self._body, self._caption, self._own = body, caption, own

    def add(self, number: int, found: list[Measurement]) -> None:
        """Add the experiment of this table and its results."""
        key = f"{self._node.key}#experiment-{number + 1}"
        said = [whole(self._caption)] if self._caption else [self._quoted(found[0].cell)]
        label = " ".join(said[0].quote.split())[:100]
        experiment = self._gathering.entity("experiment", key, label, said)
        self._gathering.relation("reports", self._node.id, experiment, said)
        table = entity_id("table", f"{self._node.key}#table-{number + 1}")
        if table in self._tables:
            self._gathering.relation("part_of", experiment, table, said)
        for item in found:
            self._add(experiment, item, f"{key}-{item.cell.row}-{item.cell.column}")

    def _add(self, experiment: str, item: Measurement, key: str) -> None:
        value = self._quoted(item.cell)
        heads = [item.method_cell, item.metric_cell, item.dataset_cell]
        evidence = [value, *(self._quoted(cell) for cell in heads if cell)]
        properties = properties_of(item)
        result = self._gathering.entity("result", key, label_of(item), evidence, properties)
        self._gathering.relation("part_of", result, experiment, [value])
        parts = list(self._parts(item))
        for relation, id, _, quoted in parts:
            source = experiment if relation == "evaluates_on" else result
            self._gathering.relation(relation, source, id, [quoted])
        members = {result: "object", **{id: role for _, id, role, _ in parts}}
        self._gathering.hyperedge(
            Hyperedge(
                id=f"statement:{fingerprint(self._body.id, key)[:20]}",
                relation="measure",
                participants=tuple(
                    Participant(entity_id=id, role=role) for id, role in members.items()
                ),
                evidence=value,
            )
        )

    def _parts(self, item: Measurement) -> Iterator[tuple[str, str, str, Evidence]]:
        """Yield relation, node, role and quote of method, data set, and metric."""
        caption = whole(self._caption) if self._caption else self._quoted(item.cell)
        for type, relation, role, name, cell in (
            ("method", "uses", "subject", item.method, item.method_cell),
            ("dataset", "evaluates_on", "context", item.dataset, item.dataset_cell),
            ("metric", "reports", "context", item.metric, item.metric_cell),
        ):
            if name and phrase_key(name):
                quoted = self._quoted(cell) if cell else caption
                yield relation, self._term(type, name, quoted), role, quoted

    def _term(self, type: str, name: str, quoted: Evidence) -> str:
        """Return the node of a term: the paper's own of this key, else a new one of this type."""
        known = self._own.get(phrase_key(name), Named(type, phrase_key(name), name, 0, 0))
        if known.type not in (type, "concept"):
            known = Named(type, phrase_key(name), name, 0, 0)
        return self._gathering.entity(known.type, known.key, known.label, [quoted])

    def _quoted(self, cell: Cell) -> Evidence:
        return quote(self._body, *self._table.cell_span(cell.row, cell.column))


def properties_of(item: Measurement) -> dict[str, str]:
    """Return what a measurement tells, without what it does not."""
    told = {
        "value": item.value,
        "method": item.method,
        "dataset": item.dataset,
        "metric": item.metric,
        "split": item.split,
        "better": item.better,
    }
    return {name: value for name, value in told.items() if value}


def label_of(item: Measurement) -> str:
    """Return a measurement in words: "GT: accuracy 91.2 on Cora"."""
    place = f" on {item.dataset}" if item.dataset else ""
    who = f"{item.method}: " if item.method else ""
    return f"{who}{item.metric} {item.value}{place}"
