"""What can be learned from a library, and whether there is enough of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from paperflow.errors import NotReady, UnknownName
from paperflow.learning.build import citation_links, concept_links, reader_links
from paperflow.learning.graph import LinkGraph
from paperflow.learning.split import Split
from paperflow.workspace import Workspace

LEAST_LINKS = 200  # fewer leave too few hidden ones to validate and to test on
LEAST_FOUND = 10  # hidden links among the candidates, or there is nothing to calibrate on
LARGE = 2000  # links from which a larger model pays


@dataclass(frozen=True)
class Task:
    """A graph to learn from, what its links are called, and the model for few and for many."""

    graph: Callable[[Workspace], LinkGraph]
    links: str
    small: str
    large: str
    hint: str


def shelf(workspace: Workspace) -> list[str]:
    """Return the papers that the reader starred, else all that were added."""
    return workspace.store.stars.all() or workspace.store.papers.ids()


def _reading(workspace: Workspace) -> LinkGraph:
    return reader_links(workspace, shelf(workspace))


TASKS = {
    "links": Task(
        citation_links, "citations", "sage", "sage",
        "add full texts or records with references: `paperflow expand`",
    ),
    "concepts": Task(
        concept_links, "links between concepts", "distmult", "distmult",
        "analyse more papers: `paperflow add`, `paperflow analyze`",
    ),
    "recommend": Task(
        _reading, "citations and stars", "lightgcn", "kgat",
        "add papers with references, and star what you like: `paperflow star ID`",
    ),
}  # fmt: skip


def task_named(name: str) -> Task:
    """Return the task of this name; raise UnknownName for any other."""
    if name not in TASKS:
        raise UnknownName(f"no task named {name!r}", hint=f"known: {', '.join(TASKS)}")
    return TASKS[name]


def check_size(graph: LinkGraph, task: Task) -> None:
    """Refuse a graph with too few links."""
    if graph.num_links < LEAST_LINKS:
        raise NotReady(
            f"the library has {graph.num_links} {task.links}: too few to learn from, "
            f"{LEAST_LINKS} are the least, of which a tenth validates and a tenth tests",
            hint=task.hint,
        )


def check_found(split: Split, task: Task) -> None:
    """Refuse a graph whose hidden links nothing points at."""
    hidden = int(split.valid.sum()), int(split.test.sum())
    if min(hidden) < LEAST_FOUND:
        raise NotReady(
            f"of the hidden {task.links}, {hidden[0]} to validate and {hidden[1]} to test can be "
            f"found by text or neighbours: {LEAST_FOUND} are the least",
            hint=task.hint,
        )


def checkpoint(workspace: Workspace, task: str) -> Path:
    """Return where the model of a task is kept."""
    return workspace.models / task
