"""Short ways to read a made-up paper and look at what was found."""

import json
from dataclasses import asdict
from pathlib import Path

from paperflow.extract import analyse
from paperflow.records import Facts, Paper

DEMO = Path(__file__).parents[2] / "data" / "demo" / "papers.jsonl"


def demo_papers():
    """Return the papers of the demo corpus, each with an id of its own."""
    rows = (json.loads(line) for line in DEMO.read_text("utf-8").splitlines())
    return [
        Paper.from_dict(
            {**row, "id": f"arxiv:{row['arxiv_id']}" if row["arxiv_id"] else row["title"]}
        )
        for row in rows
    ]


def read(abstract, title="A paper", **fields):
    """Return the facts of a paper with this abstract."""
    return analyse(Paper(id="p1", title=title, abstract=abstract, **fields))[1]


def types(facts):
    """Return the type of every node by its label."""
    return {entity.label: entity.type for entity in facts.entities}


def labels(facts, type=""):
    """Return the labels of the nodes of a type, sorted."""
    return sorted(entity.label for entity in facts.entities if not type or entity.type == type)


def edges(facts, type=""):
    """Return (source, type, target) of every edge, by labels."""
    label = {entity.id: entity.label for entity in facts.entities}
    return sorted(
        (label[edge.source], edge.type, label[edge.target])
        for edge in facts.relations
        if not type or edge.type == type
    )


def statements(facts):
    """Return (relation, subjects, objects, contexts) of every statement, by labels."""
    label = {entity.id: entity.label for entity in facts.entities}
    return [
        (
            edge.relation,
            *(
                [label[part.entity_id] for part in edge.participants if part.role == role]
                for role in ("subject", "object", "context")
            ),
        )
        for edge in facts.hyperedges
    ]


def plain(facts: Facts):
    """Return facts as plain JSON values, short enough to be read as a golden file."""
    label = {entity.id: f"{entity.type}: {entity.label}" for entity in facts.entities}
    return {
        "nodes": [
            {
                "id": entity.id,
                "node": label[entity.id],
                "key": entity.key,
                "quotes": [item.quote for item in entity.evidence],
                **({"properties": dict(entity.properties)} if entity.properties else {}),
            }
            for entity in facts.entities
        ],
        "edges": [
            f"{label[edge.source]} -> {edge.type} -> {label[edge.target]}"
            for edge in facts.relations
        ],
        "statements": [
            {
                "relation": edge.relation,
                "participants": [
                    f"{part.role} {label[part.entity_id]}" for part in edge.participants
                ],
                "evidence": asdict(edge.evidence),
            }
            for edge in facts.hyperedges
        ],
    }
