"""Ours end to end: the graph as a library of papers with quotes, asked and added to.

Each paper has PAPER statements, each of them a sentence that names its concepts. An answer is
what `paperflow path` gives, by a workspace opened anew: files mapped, names found, quotes read.
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypergraph_bench.cases import FEW, PAPER, Case, name
from hypergraph_bench.operations import Operation, Operations, State
from paperflow.answers.connect import connect
from paperflow.answers.statements import Filter, mapped_statements
from paperflow.graphs.hypergraph.upkeep import follow
from paperflow.records import Entity, Facts, Hyperedge, Paper, Participant, Passage, quote
from paperflow.store.facts import Analysis
from paperflow.workspace import Workspace, find_workspace

MORE = 4  # papers added of each size
SIZES = (10, 100, PAPER)  # their statements


def _workspace(state: State) -> Path:
    """Return the folder of a workspace with every statement and the mapped files."""
    if "folder" not in state.built:
        folder = state.built["folder"] = TemporaryDirectory()
        workspace = find_workspace(Path(folder.name), create=True)
        every = list(_analyses(state.case, PAPER))
        ids = _papers(workspace, len(every) + len(SIZES) * MORE)
        for batch in _batched(zip(ids, every, strict=False), 64):
            workspace.store.facts.put_many(_of(paper, *said) for paper, said in batch)
        state.built["spare"] = ids[len(every) :]
        mapped_statements(workspace, Filter())
    return Path(state.built["folder"].name)


def _papers(workspace: Workspace, count: int) -> list[str]:
    workspace.store.papers.add([Paper(title=f"A paper numbered {n}") for n in range(count)])
    return sorted(paper.id for paper in workspace.store.papers.all())


def _batched(items: Any, size: int) -> Iterator[list[Any]]:
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


def _analyses(case: Case, size: int) -> Iterator[tuple[int, list[list[int]]]]:
    """Yield a paper's number and its rows of nodes."""
    for first in range(0, len(case.rows), size):
        yield first // size, case.rows[first : first + size]


def _of(paper: str, number: int, rows: list[list[int]]) -> Analysis:
    """Return a paper that states these rows, each in a sentence of its own."""
    sentences = [f"{', '.join(map(name, row))} go together." for row in rows]
    passage = Passage(
        id=f"{paper}:0", paper_id=paper, ordinal=0, section="abstract", text=" ".join(sentences)
    )
    entities: dict[int, Entity] = {}
    edges, start = [], 0
    for place, (row, sentence) in enumerate(zip(rows, sentences, strict=True)):
        for node in row:
            at = start + sentence.index(name(node))
            entities.setdefault(node, _entity(passage, node, at))
        edges.append(_hyperedge(passage, f"{number}-{place}", row, start, sentence))
        start += len(sentence) + 1
    facts = Facts(entities=tuple(entities.values()), hyperedges=tuple(edges))
    return Analysis(paper, "", [passage], facts)


def _entity(passage: Passage, node: int, at: int) -> Entity:
    label = name(node)
    said = quote(passage, at, at + len(label))
    return Entity(id=_id(node), type="concept", label=label, key=label, evidence=(said,))


def _hyperedge(passage: Passage, id: str, row: list[int], at: int, sentence: str) -> Hyperedge:
    members = tuple(Participant(entity_id=_id(node), role="") for node in row)
    said = quote(passage, at, at + len(sentence))
    return Hyperedge(id=f"{passage.id}:{id}", relation="", participants=members, evidence=said)


def _id(node: int) -> str:
    return f"concept:{name(node)}"


def _questions(state: State) -> list[tuple[Path, str, str]]:
    pairs = state.case.pairs(5 * FEW).tolist()
    return [(_workspace(state), name(source), name(target)) for source, target in pairs]


def _answer(question: tuple[Path, str, str]) -> Any:
    folder, source, target = question
    return connect(find_workspace(folder), source, target)[0]


def _told(state: State, answers: Any) -> list[int]:
    """Return the lengths; every step must have its quote."""
    if not all(step.quote for answer in answers for route in answer.routes for step in route):
        raise SystemExit("not timed: a step has no quote")
    return [len(answer.routes[0]) if answer.routes else 0 for answer in answers]


def _more(state: State, size: int) -> list[Any]:
    workspace = find_workspace(_workspace(state))
    if "snapshot" not in state.built:
        state.built["snapshot"] = mapped_statements(workspace, Filter())[0]
    numbered = islice(_analyses(state.case, size), MORE)
    spare = [state.built["spare"].pop() for _ in range(MORE)]
    made = [_of(paper, *said) for paper, said in zip(spare, numbered, strict=True)]
    return [(state, workspace, analysis) for analysis in made]


def _add(question: tuple[State, Workspace, Analysis]) -> int:
    """Write a paper's analysis, let the arrays follow, and return how many statements came."""
    state, workspace, analysis = question
    before = state.built["snapshot"]
    workspace.store.facts.put_many([analysis])
    after = state.built["snapshot"] = follow(workspace.store, before)
    return 0 if after is None else after.added - before.added


def _grown(size: int, state: State, found: list[int]) -> None:
    if found != [size] * MORE:
        raise SystemExit("not timed: a paper was not added")


OPERATIONS: Operations = {
    "first answer": Operation(_answer, ready=_questions, said=_told, each=True),
} | {
    f"add one paper of {size} to the store": Operation(
        _add, ready=partial(_more, size=size), said=partial(_grown, size), each=True
    )
    for size in SIZES
}
