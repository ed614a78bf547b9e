"""What the discovery team does by rule: parts of a question, queries, and what covers a part."""

import re
from collections.abc import Iterable, Sequence

from paperflow.records import Paper
from paperflow.retrieval.text import REQUEST_WORDS, STOP_WORDS, plain, stems

_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[^\w\s]")
MOST_PARTS = 6
_LONGEST = 300  # characters of a query


def parts_of(topic: str) -> list[str]:
    """Return the parts of a topic: the runs of words between function words and marks.

    "graph transformers for large graphs" has the parts "graph transformers" and "large graphs".
    """
    runs: list[list[str]] = [[]]
    for token in _TOKEN.findall(topic):
        if _tells(token):
            runs[-1].append(token)
        else:
            runs.append([])
    return distinct(" ".join(run) for run in runs if run)[:MOST_PARTS] or [topic]


def _tells(token: str) -> bool:
    word = plain(token)
    return word[0].isalnum() and word not in STOP_WORDS and word not in REQUEST_WORDS


def distinct(queries: Iterable[str], asked: Iterable[str] = ()) -> list[str]:
    """Return the queries that were not asked yet, in any order or form of their words."""
    seen = {frozenset(stems(query)) for query in asked} | {frozenset[str]()}
    found = []
    for query in queries:
        words = frozenset(stems(query))
        if words not in seen:
            seen.add(words)
            found.append(" ".join(query.split())[:_LONGEST])
    return found


def first_queries(topic: str, parts: Sequence[str]) -> list[str]:
    """Return the topic and each of its parts."""
    return distinct([topic, *parts])


def more_queries(gaps: Sequence[str], parts: Sequence[str], asked: Sequence[str]) -> list[str]:
    """Return a gap beside each other part, then each of its words by itself."""
    beside = [f"{gap} {part}" for gap in gaps for part in parts if part != gap]
    apart = [word for gap in gaps for word in gap.split()]
    return distinct([*beside, *apart], asked)


def covers(paper: Paper, part: str) -> bool:
    """Tell whether every word of a part stands in a paper's title, abstract, or keywords."""
    text = " ".join([paper.title, paper.abstract, *paper.keywords])
    return set(stems(part)) <= set(stems(text))


def quoted(quote: str, paper: Paper) -> bool:
    """Tell whether a quote of some words stands in a paper's title or abstract."""
    words = " ".join(quote.split())
    return len(words.split()) > 1 and any(
        words in " ".join(text.split()) for text in (paper.title, paper.abstract)
    )
