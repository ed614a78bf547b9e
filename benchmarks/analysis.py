"""How fast papers are analysed: speed, memory, growth, and the share of each stage.

Usage: python benchmarks/analysis.py [--quick] [--json FILE] [--only PART]

Abstracts are those of the conference corpus, full texts ICLR 2022's (about 70,000 characters
each). Every part runs in a process of its own, so that its peak memory is its own. Before a part
is believed, the store that it made must pass the checks of `paperflow doctor`.
"""

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from judged import conference, data
from report import Row, show

from paperflow.documents import Document
from paperflow.engine import batched, cores
from paperflow.readers.prose import document_of, has_sections
from paperflow.records import Paper

SIZES = (15, 30, 60, 120)
LIBRARY = 300
MINUTES = 20.0  # for the library with the trained heads on two cores
Figures = dict[str, Any]


def main() -> None:
    """Run the parts, each in its own process, or one part here."""
    options = parsed()
    if options.part:
        print(json.dumps(PARTS[options.part](options.size, options.heads)))
        return
    rows: list[Row] = []
    for name, make in TABLE.items():
        if options.only in name:
            rows += make(options.quick)
    show(options, rows, keep=bool(options.only))


def parsed() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes, about a minute")
    parser.add_argument("--json", metavar="FILE", help="write the rows; with --only others stay")
    parser.add_argument("--only", default="", metavar="PART", help=f"one of {', '.join(TABLE)}")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--heads", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def alone(part: str, size: int, *, heads: bool) -> Figures:
    """Return what a part measures in a process of its own."""
    command = [sys.executable, __file__, "--part", part, "--size", str(size)]
    threads = {} if part == "library" else {"OMP_NUM_THREADS": "1"}  # its workers share the cores
    done = subprocess.run(
        [*command, *["--heads"] * heads],
        stdout=subprocess.PIPE, check=True, text=True, env={**os.environ, **threads},
    )  # fmt: skip
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def speed(quick: bool) -> Iterator[Row]:
    """Yield documents a second and core, with and without the trained heads."""
    for kind, sizes in (("abstracts", (1000, 60)), ("texts", (30, 6))):
        for heads, size in zip((False, True), sizes, strict=True):
            size = max(4, size // 10) if quick else size
            found = alone(kind, size, heads=heads)
            name = f"{kind}{', heads' if heads else ''}"
            note = f"{size} documents, one core; peak {found['peak']:.0f} MB"
            yield Row(f"{name}: documents a second", size / found["cpu"], "1/s", note=note)
    found = alone("texts in float32", size, heads=True)
    name = "texts, heads, float32: documents a second"
    yield Row(name, size / found["cpu"], "1/s", note=f"{size} documents, one core")


def stages(quick: bool) -> Iterator[Row]:
    """Yield each stage's share of the time that full texts take."""
    for heads in (False, True):
        found = alone("stages", 2 if quick else 6, heads=heads)
        whole = sum(found["stages"].values())
        for name, spent in sorted(found["stages"].items(), key=lambda item: -item[1]):
            label = f"share{', heads' if heads else ''}: {name}"
            yield Row(label, spent / whole, "", note=f"{spent:.2f} s of {whole:.2f}")


def growth(quick: bool) -> Iterator[Row]:
    """Yield time and peak memory of growing libraries of full texts, without the heads."""
    base = 0.0
    for size in SIZES[: 2 if quick else None]:
        found = alone("texts", size, heads=False)
        each = found["cpu"] / size
        base = base or each
        note = f"{found['wall']:.1f} s wall, peak {found['peak']:.0f} MB"
        yield Row(f"{size} texts: CPU a text", each, "s", base, note=note)


def library(quick: bool) -> Iterator[Row]:
    """Yield the minutes that a library takes on all cores, and a second run's seconds."""
    size = 12 if quick else LIBRARY
    for heads in (False, True):
        found = alone("library", size, heads=heads)
        name = f"library{', heads' if heads else ''}"
        goal = None if quick else MINUTES
        note = f"{size} texts, {cores()} workers, {found['cpu']:.0f} s CPU"
        yield Row(f"{name}: minutes", found["wall"] / 60, "min", None, goal, False, note)
        note = f"one new paper beside {size}; processor time {found['again_cpu']:.1f} s"
        yield Row(f"{name}: second run", found["again"], "s", None, 10, False, note)


def analysed(papers: Iterator[Paper | Document], heads: bool, workers: int) -> Figures:
    """Analyse documents in a new store; return wall, CPU (children's too), and a second run."""
    from paperflow.pipeline import analyze_papers
    from paperflow.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "store.sqlite")
        new = fill(store, papers)
        _warm(heads and workers == 1)
        wall, cpu = timed(lambda: analyze_papers(store, workers=workers, heads=heads))
        put(store, [new])
        again, again_cpu = timed(lambda: analyze_papers(store, workers=workers, heads=heads))
        if problems := list(store.checks.problems()):
            sys.exit(f"refused: {problems[:3]}")
        if store.facts.counts()["passages"] <= store.papers.count():
            sys.exit("refused: papers without passages")
    peak = max(resource.getrusage(who).ru_maxrss for who in WHO) / 1024
    return {"wall": wall, "cpu": cpu, "again": again, "again_cpu": again_cpu, "peak": peak}


WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU seconds of a run, its workers' too."""
    wall, before = perf_counter(), os.times()
    run()
    after = os.times()
    return perf_counter() - wall, sum(after[:4]) - sum(before[:4])


def _warm(heads: bool) -> None:
    """Load what is loaded once in a process."""
    from paperflow.extract import analyse

    paper = Paper(id="w", title="Graphs", abstract="We use a graph transformer for parsing.")
    analyse(paper, heads=heads)


def fill(store: Any, papers: Iterator[Paper | Document]) -> Paper | Document:
    """Put all papers but the last, few at a time, and return the last."""
    held: list[Paper | Document] = []
    for batch in batched(papers, 8):
        put(store, held)
        put(store, batch[:-1])
        held = batch[-1:]
    return held[0]


def put(store: Any, items: list[Paper | Document]) -> None:
    """Add papers, and the full texts of those that have one."""
    texts = [item for item in items if isinstance(item, Document)]
    store.papers.add([item.paper if isinstance(item, Document) else item for item in items])
    store.documents.put_many(texts)


def in_float32(size: int, heads: bool) -> Figures:
    """Analyse full texts as on a processor without bfloat16."""
    from paperflow import encoder

    encoder._has_bfloat16 = lambda: False
    return analysed(islice(full_texts(), size + 1), heads, 1)


def abstracts() -> Iterator[Paper]:
    """Yield conference papers with an abstract."""
    return (paper for _, paper in conference() if paper.abstract)


def full_texts() -> Iterator[Paper | Document]:
    """Yield ICLR's papers as the text reader has them, each a work of its own."""
    from paperflow.readers.text import _paper

    with gzip.open(data("iclr2022-reviews/papers.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            paper, body = _paper(f"Paper {number} {row['id']}\n{row['text']}")
            yield document_of(paper, body) if has_sections(body) else replace(paper)


def stage_times(size: int, heads: bool) -> Figures:
    """Return the CPU seconds of each extractor, of reading a text, and of keeping facts."""
    from paperflow.extract import EXTRACTORS, in_order
    from paperflow.extract.gather import Gathering
    from paperflow.extract.passages import passages_of
    from paperflow.extract.reading import Reading

    _warm(heads)
    spent: dict[str, float] = {}
    for item in islice(full_texts(), size):
        paper = replace(item.paper if isinstance(item, Document) else item, id="p")
        document = item if isinstance(item, Document) else None
        passages = passages_of(paper) + (document.passages("p") if document else ())
        gathering = Gathering()
        for name in in_order(heads=heads):
            started = process_time()
            gathering.add(
                EXTRACTORS.load(name)(Reading(paper, passages, document), gathering.facts())
            )
            spent[name] = spent.get(name, 0) + process_time() - started
    return {"stages": spent}


PARTS: dict[str, Callable[[int, bool], Figures]] = {
    "abstracts": lambda size, heads: analysed(islice(abstracts(), size + 1), heads, 1),
    "texts": lambda size, heads: analysed(islice(full_texts(), size + 1), heads, 1),
    "texts in float32": lambda size, heads: in_float32(size, heads),
    "library": lambda size, heads: analysed(islice(full_texts(), size), heads, 0),
    "stages": stage_times,
}
TABLE: dict[str, Callable[[bool], Iterator[Row]]] = {
    "speed": speed,
    "stages": stages,
    "growth": growth,
    "library": library,
}

if __name__ == "__main__":
    main()
