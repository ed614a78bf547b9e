"""The trained heads on their test splits, beside what rules or the commonest class reach.

Entities and relations: SciERC's official test split, words as distributed. Citation intent:
SciCite; function: ACL-ARC, as distributed; sentiment: Athar, a fifth of the cited papers.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from judged import data
from report import Row, arguments, show

from paperflow.extract import analyse
from paperflow.extract.heads.crf import spans_of
from paperflow.extract.heads.load import card, linear_head
from paperflow.extract.heads.reader import text_reader
from paperflow.extract.train.pairs import Marked, classified, found, marked
from paperflow.extract.train.scierc import Example, read
from paperflow.extract.train.sentences import acl_arc, athar, evaluate, scicite
from paperflow.extract.train.tagger import scores
from paperflow.records import Paper

TYPES = {
    "Task": "task",
    "Method": "method",
    "Metric": "metric",
    "Material": "dataset",
    "OtherScientificTerm": "concept",
}


def main() -> None:
    """Measure every head that ships."""
    options = arguments(__doc__)
    folder = data("citation-intent").parent
    cache = Path(tempfile.gettempdir()) / "paperflow-heads"
    test = list(read("test", folder, cache))
    heads = text_reader()
    entity, pairs = scores(heads.tagger, test), marked(test)
    related = {**classified(heads.classifier, pairs), **found(heads.classifier, pairs)}
    rows = [
        Row("entities, exact span and type", entity["f1"], "F1", ruled(test), 0.55, note="SciERC"),
        Row("entities, exact span", entity["span_f1"], "F1"),
        Row("relations", related["macro_f1"], "macroF1", commonest(pairs), 0.70, note="SciERC"),
        Row("relations, all classes alike", related["micro_f1"], "F1"),
        Row("which pairs are related", related["related_f1"], "F1"),
        *(row for name in ("intent", "function", "sentiment") for row in sentence_rows(name)),
    ]
    show(options, [*rows, *speed(test)])


def ruled(test: Sequence[Example]) -> float:
    """Return F1 of exact span and type of the rules, Generic left out of the truth."""
    right = told = true = 0
    for example in test:
        truth, text = _as_text(example)
        _, facts = analyse(Paper(id="p", title="", abstract=text))
        found = {
            (item.start, item.end, entity.type)
            for entity in facts.entities
            for item in entity.evidence
            if entity.type in TYPES.values()
        }
        right, told, true = right + len(found & truth), told + len(found), true + len(truth)
    return 2 * right / max(1, told + true)


def _as_text(example: Example) -> tuple[set[tuple[int, int, str]], str]:
    """Return the entities by characters of the words joined by spaces, and this text."""
    starts = [0]
    for word in example.words:
        starts.append(starts[-1] + len(word) + 1)
    truth = {
        (starts[a], starts[b] - 1, TYPES[kind])
        for a, b, kind in spans_of(example.labels)
        if kind in TYPES
    }
    return truth, " ".join(example.words)


def commonest(pairs: Sequence[Marked]) -> float:
    """Return macro-F1 of always telling the commonest relation."""
    from sklearn.metrics import f1_score

    truth = [pair.relation for pair in pairs if pair.relation]
    usual = Counter(truth).most_common(1)[0][0]
    return float(f1_score(truth, [usual] * len(truth), average="macro", zero_division=0))


def sentence_rows(name: str) -> list[Row]:
    """Return macro-F1 of a sentence head, beside the commonest class's."""
    from sklearn.metrics import f1_score

    folder = data("citation-intent").parent
    split = {"intent": scicite, "function": acl_arc, "sentiment": athar}[name](folder)
    told = evaluate(linear_head(name), split.test)["macro_f1"]
    truth = [row.label for row in split.test]
    usual = Counter(truth).most_common(1)[0][0]
    sober = float(f1_score(truth, [usual] * len(truth), average="macro", zero_division=0))
    rows = [Row(f"citation {name}", told, "macroF1", sober, note=card(name)["data"])]
    if "macro_f1_deduplicated" in card(name)["scores"]:
        clean = card(name)["scores"]["macro_f1_deduplicated"]
        rows.append(Row(f"citation {name}, without the leak", clean, "macroF1", note="from card"))
    return rows


def speed(test: Sequence[Example]) -> list[Row]:
    """Return what an abstract costs with rules alone and with the heads."""
    texts = [" ".join(w for e in test[at : at + 6] for w in e.words) for at in range(0, 240, 6)]
    papers = [Paper(id=str(at), title="", abstract=text) for at, text in enumerate(texts)]
    spent = {}
    for heads in (False, True):
        analyse(papers[0], heads=heads)
        started = process_time()
        for paper in papers:
            analyse(paper, heads=heads)
        spent[heads] = 1000 * (process_time() - started) / len(papers)
    note = "CPU time of an abstract of six sentences"
    return [Row("with the heads", spent[True], "ms", spent[False], note=note)]


if __name__ == "__main__":
    main()
