"""SciCite and ACL-ARC: the sentences to learn from and to test on, and folds of the former."""

import gzip
import json
from functools import cache

import numpy as np
from judged import data
from numpy.typing import NDArray

FOLDS = 5
Ints = NDArray[np.int64]
Split = tuple[list[str], Ints]


@cache
def read(name: str) -> tuple[Split, Split]:
    """Return texts and labels to learn from and to test on; de-duplicated as the name says."""
    folder = name.split()[0]
    rows = []
    for part in ("train", "dev", "test"):
        path = data(f"citation-intent/{folder}/{part}.jsonl.gz")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows.append([json.loads(line) for line in file])
    labels = sorted({row["label"].lower() for part in rows for row in part})
    known, test = rows[0] + rows[1], rows[2]
    if "de-duplicated" in name:
        shown = {row["text"] for row in test}
        known = [row for row in known if row["text"] not in shown]
    return tuple(  # type: ignore[return-value]
        (
            [row["text"] for row in part],
            np.array([labels.index(row["label"].lower()) for row in part]),
        )
        for part in (known, test)
    )


def folds(texts: list[str], seed: int, count: int) -> Ints:
    """Return each sentence's fold of so many; equal sentences share theirs."""
    distinct = sorted(set(texts))
    order = np.random.default_rng(seed).permutation(len(distinct)) % count
    of = dict(zip(distinct, order.tolist(), strict=True))
    return np.array([of[text] for text in texts])
