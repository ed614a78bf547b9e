"""The graph models on their tasks, beside sober baselines and published figures.

    python benchmarks/models.py [TASK ...] [--quick] [--seeds N] [--json FILE]
    python benchmarks/models.py --table

Each figure is a mean over seeds with its standard deviation; models are selected on validation
alone. What is measured is kept in `PAPERFLOW_CACHE` by case and seed, so a run that was stopped
goes on; `--fresh` measures again. `--table` measures nothing: it prints what stands in
`benchmarks/results` as Markdown.
"""

import sys
from importlib import import_module
from pathlib import Path

from model_bench.experiment import Bench, choices, estimate, measure
from model_bench.table import table
from report import Row, show

RESULTS = Path(__file__).parent / "results"
TASKS = {
    "kg": "umls and nations: knowledge-graph completion",
    "node": "Cora and CiteSeer, public split: node classification",
    "sentiment": "Athar's citations: how a paper is cited, text against text and graph",
    "links": "Cora and CiteSeer: link prediction, random and hard negatives",
    "cane": "CANE's Cora: links of a text graph from 15 to 95 % of its edges",
    "lastfm": "Last.fm: which pairs of reader and item are taken, with a knowledge graph",
    "citeulike": "CiteULike-t: papers for readers, with citations and tags",
    "intent": "SciCite and ACL-ARC: the intent of a citation from its sentence",
    "wn18rr": "WN18RR: CAT at rank 32 beside fixed geometries, with drawn negatives",
    "sampling": "nodes a second of the neighbour sampler",
    "compile": "each model's forward by torch.compile, beside the same forward as it is",
}


def main() -> None:
    """Measure the chosen tasks, or all of them."""
    options = choices(__doc__, TASKS)
    if options.table:
        print(table(RESULTS, options.tasks or TASKS))
        return
    rows: list[Row] = []
    benches = {name: _bench(name, options.quick) for name in options.tasks or TASKS}
    seeds = range(2 if options.quick else options.seeds)
    print(estimate(benches, seeds, options.fresh), file=sys.stderr)
    for name, bench in benches.items():
        print(f"{name}: {TASKS[name]}", file=sys.stderr)
        rows += bench.rows(measure(name, bench, seeds, options.fresh))
    show(options, rows)


def _bench(name: str, quick: bool) -> Bench:
    module = import_module(f"model_bench.{name}")
    bench: Bench = module.bench(quick)
    return bench


if __name__ == "__main__":
    main()
