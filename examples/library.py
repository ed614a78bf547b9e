"""Use paperflow from Python: papers in, a ranked list, an answer, a graph for PyTorch Geometric.

Run it anywhere: python examples/library.py
"""

import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from paperflow.analysis import analyze
from paperflow.answers import ask
from paperflow.discovery import Choices, add_files, discover
from paperflow.graphs.hetero import to_hetero
from paperflow.graphs.knowledge import knowledge_graph
from paperflow.workspace import find_workspace


def main() -> None:
    """Walk through the bundled corpus."""
    with tempfile.TemporaryDirectory() as folder:
        library = find_workspace(Path(folder), create=True)
        with as_file(files("paperflow") / "data" / "demo" / "papers.jsonl") as path:
            print(add_files(library, [str(path)]).as_dict())
        print(analyze(library).done, "papers analysed")

        found = discover(library, "graph transformers", Choices(limit=3, dense=False))
        for item in found.report.papers[:3]:
            print(f"{item.rank}. {item.paper.title} ({item.total:.2f}: {item.why})")

        answer = ask(library, "What limits message passing?", dense=False)
        for quote in answer.quotes:
            print(f"“{quote.text}” [{quote.key}]")

        data = to_hetero(knowledge_graph(library.store))
        print(data.node_types, data.num_nodes, "nodes,", data.num_edges, "edges")


if __name__ == "__main__":
    main()
