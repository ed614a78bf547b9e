"""Measure the hypergraph engine beside HyperNetX, XGI, hypergraphx, and plain scipy.sparse.

On a generated scale-free hypergraph with the published figures, at three sizes (16 thousand,
320 thousand, and 20 million hyperedges), and for the growth curve in between. Each library has
a process of its own; every operation has a limit of CPU time and memory. What two libraries
answer differently is not timed. With --folder, finished pieces are kept and not run again.
It takes about a quarter of an hour and 8 GB; with --quick a minute.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from hypergraph_bench.growth import draw
from hypergraph_bench.plan import pieces, run
from hypergraph_bench.verdict import check, rows
from report import show


def main() -> None:
    """Run all pieces, or one of them, then print the table."""
    options = _options()
    with TemporaryDirectory() as temporary:
        folder = Path(options.folder or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        planned = pieces(quick=options.quick)
        if options.only:
            planned = [piece for piece in planned if piece.name == options.only]
        found = {}
        for piece in planned:
            print(f"{piece.name} …", flush=True)
            found[piece.name] = run(piece, folder)
    check(planned, found)
    show(options, rows(found))
    if options.plot:
        draw(found, Path(options.plot))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="the smallest size, about a minute")
    parser.add_argument("--json", metavar="FILE", help="write the rows as JSON")
    parser.add_argument("--plot", metavar="FILE", help="draw the growth curves as SVG")
    parser.add_argument("--folder", help="keep graphs and finished pieces here")
    parser.add_argument("--only", metavar="NAME", help="run one piece, such as ours-16010")
    return parser.parse_args()


if __name__ == "__main__":
    main()
