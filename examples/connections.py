"""From abstracts to a hypergraph to a path between two concepts that no paper names together.

Run it anywhere: python examples/connections.py [PAPERS.jsonl.gz]
Without a file it reads `../shared/data/conference` beside the checkout, else the bundled corpus;
of a large file, 1,000 papers that the seed fixes.
"""

import gzip
import random
import sys
import tempfile
from importlib.resources import files
from itertools import combinations
from pathlib import Path

from paperflow.analysis import analyze, library_report
from paperflow.answers.connect import connect
from paperflow.answers.network import central_nodes
from paperflow.answers.statements import Filter
from paperflow.discovery import add_files
from paperflow.graphs.knowledge import knowledge_graph
from paperflow.reports.html import render
from paperflow.workspace import Workspace, find_workspace

CONFERENCE = Path(__file__).parents[2] / "shared" / "data" / "conference" / "papers.jsonl.gz"
PAPERS, SEED = 1_000, 2026
CONCEPTS = Filter(types=("concept", "method", "task", "dataset"))


def main() -> None:
    """Read the slice, connect two hubs, and write the report into the current folder."""
    named = Path(sys.argv[1]) if sys.argv[1:] else CONFERENCE
    with tempfile.TemporaryDirectory() as folder:
        library = find_workspace(Path(folder), create=True)
        part = Path(folder) / "slice.jsonl"
        part.write_text("".join(lines(named)), encoding="utf-8")
        add_files(library, [str(part)])
        print(analyze(library).done, "papers analysed")
        source, target = strangers(library)
        found, _ = connect(library, source, target)
        print(found.as_text())
        report = library_report(library, title=f"{source} and {target}", connection=found)
        Path("connection.html").write_text(render(report), encoding="utf-8")


def lines(path: Path) -> list[str]:
    """Return the records of the slice, in their order."""
    if not path.exists():
        bundled = files("paperflow") / "data" / "demo" / "papers.jsonl"
        return bundled.read_text(encoding="utf-8").splitlines(keepends=True)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        every = file.readlines()
    chosen = sorted(random.Random(SEED).sample(range(len(every)), min(PAPERS, len(every))))
    return [every[number] for number in chosen]


def strangers(library: Workspace) -> tuple[str, str]:
    """Return the best known two concepts that no paper names both, and a path joins."""
    papers = {
        node.id: {item.paper_id for item in node.evidence}
        for node in knowledge_graph(library.store).nodes()
    }
    known = central_nodes(library, CONCEPTS, limit=60)
    pairs = sorted(combinations(range(len(known)), 2), key=sum)
    for first, second in pairs:
        a, b = known[first], known[second]
        apart = papers[a["id"]].isdisjoint(papers[b["id"]])
        if apart and connect(library, a["id"], b["id"])[0].routes:
            return a["label"], b["label"]
    raise SystemExit("every two concepts share a paper")


if __name__ == "__main__":
    main()
