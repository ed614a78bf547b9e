"""The command `python -m paperflow.extract.train`."""

import argparse
import sys
from pathlib import Path

from paperflow.extract import train as package

SENTENCES = ("intent", "function", "sentiment")
HERE = Path(__file__).resolve()


def main() -> None:
    """Train one head and print its scores."""
    parser = argparse.ArgumentParser(description=package.__doc__)
    parser.add_argument("name", choices=[*SENTENCES, "entities", "relations", "terms"])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("data/heads"))
    parser.add_argument("--cache", type=Path, default=Path("/tmp/paperflow-heads"))
    options = parser.parse_args()
    if options.name in SENTENCES:
        from paperflow.extract.train.sentences import train

        scores = train(options.name, options.data, options.out)
    elif options.name == "terms":
        from paperflow.extract.train.terms import train as train_terms

        scores = train_terms(options.data, options.out)
    else:
        from paperflow.extract.train.scierc import train as train_scierc

        scores = train_scierc(options.name, options.data, options.out, options.cache)
    sys.stdout.write("".join(f"{name}: {value:.4f}\n" for name, value in scores.items()))


if __name__ == "__main__":
    main()
