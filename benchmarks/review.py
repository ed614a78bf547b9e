"""How well paperflow's rating of a paper, made without a language model, agrees with reviewers.

    python benchmarks/review.py [--quick] [--json FILE] [--train FOLDER]

Trained on titles and abstracts of ICLR 2017 and 2018 and on full texts of ICLR 2022; tested on
60 papers of ICLR 2022 that nothing was fitted on, and in folds of all 300. Features, their
number, and penalties are selected on each training part alone. `--train FOLDER` writes the model
of the fixed split and its card, which ship in data/heads.

Published figures are on 500 papers of the same conference, of which these are 300.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from report import Row, show
from review_bench.evaluate import REPEATS, SCIENTIST, table_rows
from review_bench.papers import TEST, new, old
from review_bench.protocol import Table, abstracts, texts, train_abstracts, train_texts
from review_bench.rated import Rated
from vector_cache import VectorCache, fill

from paperflow.encoder import load_encoder
from paperflow.extract.rating.linear import Floats, Linear, fit
from paperflow.extract.rating.rater import HEAD
from paperflow.extract.train.save import rounded, save_head


def main() -> None:
    """Measure, print, and write what is asked for."""
    options = parsed()
    print("about a minute; the first time three, to read and encode the papers", file=sys.stderr)
    before, papers = old(), new()
    learned = abstracts(before, vectors(before))
    check(learned)
    centred = train_abstracts(learned)
    mean = float(np.mean([paper.mean for paper in before]))
    abstract = replace(centred, bias=centred.bias + mean)
    ratings = abstract.predict(abstracts(papers, vectors(papers)).features)
    plain, printed = (texts(papers, ratings, giveaways=more) for more in (False, True))
    rows = table_rows(plain, printed, papers, 1 if options.quick else REPEATS)
    print(f"published: {SCIENTIST}")
    show(options, rows)
    if options.train:
        save(options.train, abstract, plain, rows)


def parsed() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="folds once instead of five times")
    parser.add_argument("--json", metavar="FILE", help="write the rows as JSON")
    parser.add_argument("--train", metavar="FOLDER", type=Path, help="write the model here")
    return parser.parse_args()


def vectors(papers: list[Rated]) -> Floats:
    """Return the encoder's vectors [N, D] of titles and abstracts; they are kept in a file."""
    encoder = load_encoder("minilm")
    cache = VectorCache(encoder.name)
    records = [paper.paper for paper in papers]
    fill(cache, encoder, records)
    known = cache.get(paper.content_hash for paper in records)
    return np.array([known[paper.content_hash] for paper in records], np.float64)


def check(table: Table) -> None:
    """End the program unless our ridge regression is scikit-learn's."""
    from sklearn.linear_model import Ridge

    spread = table.features.std(0)
    standard = (table.features - table.features.mean(0)) / np.where(spread < 1e-6, 1, spread)
    peer = Ridge(alpha=30.0).fit(standard.clip(-3, 3), table.target)
    found = fit(table.names, table.features, table.target, 30.0).predict(table.features)
    if not np.allclose(found, peer.predict(standard.clip(-3, 3)), atol=1e-8):
        sys.exit("refused: the regression is not the peer's")


def save(folder: Path, abstract: Linear, table: Table, rows: list[Row]) -> None:
    """Write the model of the fixed split and its card."""
    text = train_texts(table, np.arange(TEST, len(table.target)))
    card = {
        "labels": ["rating from 1 to 10"],
        "features": {"abstract": list(abstract.names), "text": list(text.names)},
        "seed": 0,
        "scores": rounded(measured(rows)),
        "data": "titles, abstracts and ratings of 1,461 submissions to ICLR 2017 and 2018; full "
        "texts and ratings of 240 submissions to ICLR 2022",
        "terms": "none stated by their sources; research use",
        "split": "of 300 papers of ICLR 2022 the 60 with the smallest fingerprints are test",
    }
    save_head(folder, HEAD, {**abstract.arrays("abstract"), **text.arrays("text")}, card)


def measured(rows: list[Row]) -> dict[str, float]:
    """Return what the card says: of full texts on the test part, of abstracts on all papers."""
    found = {row.name: row for row in rows}
    return {
        f"{part}_{key}": getattr(found[f"{name}: {label}"], field)
        for part, name in PARTS.items()
        for key, (label, field) in CARD.items()
    }


PARTS = {"text": f"{TEST} held out", "abstract": "title and abstract alone, 300"}
CARD = {
    "pearson": ("Pearson", "value"),
    "spearman": ("Spearman", "value"),
    "error": ("mean absolute error", "value"),
    "constant_error": ("mean absolute error", "baseline"),
    "auc": ("accept or reject, AUC", "value"),
}


if __name__ == "__main__":
    main()
