"""Links of a text graph: CANE's Cora, 15 to 95 % of the edges for training.

As in Tu et al. (CANE, 2017) a test pair is compared with one whose target is drawn; the figure
is AUC. A tenth of the training pairs validates: it chooses the epoch of a GCN over the texts'
vectors, and how its score is blended with the cosine of texts, of their neighbours, and walks.
"""

import gzip
from functools import cache
from typing import Any

import numpy as np
import torch
from judged import data
from numpy.typing import NDArray
from report import Row
from torch import Tensor

from model_bench.evidence import Blend, Evidence
from model_bench.experiment import Bench, Case, Found, Result, average, row
from model_bench.pairs import Setting, Split, train_links
from model_bench.texts import vectors
from paperflow.graph_models.evaluate import auc
from paperflow.graph_models.samplers import EdgeSet, typed_negatives

# Published AUC in percent (Tu et al., 2017, table 2) by the share of training edges.
CANE = {15: 85.2, 25: 90.5, 35: 92.2, 45: 93.5, 55: 93.4, 65: 93.6, 75: 94.4, 85: 95.0, 95: 92.5}
SETTING = Setting(
    head="dot",
    hidden=128,
    dropout=0.5,
    likeness=10.0,
    plan={"epochs": 40, "patience": 8, "rate": 3e-3},
)


@cache
def read() -> tuple[NDArray[np.float32], Tensor]:
    """Return the vectors of the texts [N, 384], and undirected pairs [2, E]."""
    with gzip.open(data("cane-cora/data.txt.gz"), "rt", encoding="utf-8") as file:
        texts = [line.strip() for line in file]
    with gzip.open(data("cane-cora/graph.txt.gz"), "rt", encoding="utf-8") as file:
        pairs = np.array([line.split()[:2] for line in file if line.strip()], dtype=np.int64)
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    return vectors(texts), torch.from_numpy(pairs.T.copy())


def split_of(share: int, seed: int) -> Split:
    """Return the split that trains on `share` percent of the pairs."""
    features, pairs = read()
    torch.manual_seed(seed)
    order = torch.randperm(pairs.shape[1])
    count = round(len(order) * share / 100)
    held = max(30, count // 10)
    known = EdgeSet(torch.cat([pairs, pairs.flip(0)], 1), len(features))
    alike = torch.zeros(len(features), dtype=torch.int64)
    valid, test = pairs[:, order[:held]], pairs[:, order[count:]]
    return Split(
        pairs[:, order[held:count]],
        (valid, typed_negatives(known, valid, alike)),
        (test, typed_negatives(known, test, alike)),
        len(features),
    )


def learnt(share: int, seed: int) -> Result:
    """Train on a share of the pairs and return the test AUC, beside that of the text alone."""
    features, _ = read()
    split = split_of(share, seed)

    def score(model: Any) -> float:
        return auc(*model.judge(*split.valid))

    model, found = train_links(features, split, SETTING, seed, score)
    evidence = Evidence(features, model.adjacency)
    blend = Blend(*evidence.beside(model, split.valid))
    test = evidence.beside(model, split.test)
    return {
        "valid": found.best_score,
        "auc": auc(*(blend.score(x) for x in test)),
        "model": auc(*(x[:, 0] for x in test)),
        "text": auc(*(x[:, 1] for x in test)),
    }


def bench(quick: bool) -> Bench:
    """Return one case a share; two shares when quick."""
    shares = (15, 95) if quick else tuple(CANE)

    def case(share: int) -> Case:
        return Case(f"{share} %", lambda seed: learnt(share, seed), 12.0, f"{SETTING} blended")

    return Bench([case(share) for share in shares], rows)


def rows(found: Found) -> list[Row]:
    """Return AUC beside CANE's, which is the goal."""
    return [
        row(
            f"cane-cora, {name} of the edges",
            results,
            "auc",
            baseline=average(results, "text"),
            goal=CANE[int(name.split()[0])] / 100,
            note=f"GCN alone {average(results, 'model'):.3f}; baseline: texts; goal: CANE",
        )
        for name, results in found.items()
    ]
