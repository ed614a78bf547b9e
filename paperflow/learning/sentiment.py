"""How a paper is cited: the sentences that cite it, and how a trained head reads each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from paperflow.errors import NotReady
from paperflow.extract.heads.load import card, linear_head
from paperflow.graphs.data import GraphData
from paperflow.graphs.knowledge import knowledge_graph
from paperflow.graphs.rows import Edge
from paperflow.graphs.selection import Selection
from paperflow.learning.predict import KEPT
from paperflow.records import Evidence, Prediction
from paperflow.workspace import Workspace

HEAD = "sentiment"
KIND = "sentiment"
_LEAST_WORDS = 4  # fewer are a name, and no sentence
_ENTRIES = "reference"  # passages of a bibliography say nothing of what they list


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A sentence that cites: whose it is, how it judges, and how sure the head is of that."""

    citing: str
    citing_label: str
    quote: str
    sentiment: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A work with the sentences that cite it, those that judge first, and their numbers."""

    id: str
    label: str
    papers: int
    counts: dict[str, int]
    mentions: tuple[Mention, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return asdict(self)


def sentiment(workspace: Workspace, paper_id: str | None = None, *, limit: int = 10) -> list[Cited]:
    """Return how works are cited, those most judged first; of one with `paper_id`.

    That may be any cited work, in the library or not.

    The head's quality stands in `sentiment_note`. Raise NotReady where no citing sentence is
    known.
    """
    workspace.require_papers()
    graph = knowledge_graph(workspace.store, Selection(types=("paper",), relations=("cites",)))
    wanted = None if paper_id is None else _work_id(workspace, graph, paper_id)
    found = _cited(graph, _entries(workspace))
    if not found:
        raise NotReady(
            "no sentence that cites is known",
            hint="add full texts and analyse them: `paperflow add`, `paperflow analyze`",
        )
    of_paper = [item for item in found if wanted in (None, item.id)]
    return sorted(of_paper, key=_judged_most)[:limit]


def _work_id(workspace: Workspace, graph: GraphData, name: str) -> str:
    """Return the id of a paper, or of a cited work that is not in the library."""
    cited = any(node.key == name for node in graph.nodes())
    return name if cited else workspace.paper_id(name)


def sentiment_note() -> str:
    """Say what judges the sentences, and how good it is."""
    told = card(HEAD)
    return (
        f"judged by a model of {told['data']}: macro-F1 "
        f"{told['scores']['calibrated_macro_f1']:.2f}, "
        f"accuracy {told['scores']['calibrated_accuracy']:.2f}, calibration error "
        f"{told['scores']['calibration_error']:.2f} on cited papers that it has not seen"
    )


def _judged_most(item: Cited) -> tuple[int, int, str]:
    opinions = sum(count for name, count in item.counts.items() if name != "neutral")
    return -opinions, -sum(item.counts.values()), item.id


def _entries(workspace: Workspace) -> set[str]:
    return {item.id for item in workspace.store.facts.passages() if item.kind == _ENTRIES}


def _cited(graph: GraphData, entries: set[str]) -> list[Cited]:
    """Return every cited work with its mentions."""
    nodes = {node.id: node for node in graph.nodes()}
    mentions: dict[str, list[Mention]] = {}
    for edge in graph.edges():
        said = [quote for quote in edge.evidence if _is_sentence(quote, entries)]
        mentions.setdefault(edge.target, []).extend(
            _mentions(edge, said, nodes[edge.source].key, nodes[edge.source].label)
        )
    return [
        _told(nodes[id].key, nodes[id].label, own) for id, own in sorted(mentions.items()) if own
    ]


def _is_sentence(evidence: Evidence, entries: set[str]) -> bool:
    return evidence.passage_id not in entries and len(evidence.quote.split()) >= _LEAST_WORDS


def _mentions(edge: Edge, said: list[Evidence], citing: str, label: str) -> list[Mention]:
    quotes = [item.quote for item in said]
    told = linear_head(HEAD).calibrated(quotes, card(HEAD)["calibration"])
    return [
        Mention(
            citing=citing,
            citing_label=label,
            quote=item.quote,
            sentiment=name,
            score=round(chance, 6),
        )
        for item, (name, chance) in zip(said, told, strict=True)
    ]


def _told(id: str, label: str, mentions: list[Mention]) -> Cited:
    counts = Counter(mention.sentiment for mention in mentions)
    return Cited(
        id=id,
        label=label,
        papers=len({mention.citing for mention in mentions}),
        counts={name: counts[name] for name in linear_head(HEAD).labels},
        mentions=tuple(
            sorted(mentions, key=lambda m: (m.sentiment == "neutral", -m.score, m.citing, m.quote))
        ),
    )


def keep_sentiment(workspace: Workspace, found: Sequence[Cited]) -> None:
    """Keep the surest judgement of each citing and cited paper, of the first KEPT works."""
    if workspace.store.read_only:
        return
    surest: dict[tuple[str, str], Prediction] = {}
    for work in found[:KEPT]:
        for item in work.mentions:
            told = Prediction(
                kind=KIND,
                source=item.citing,
                target=work.id,
                source_label=item.citing_label,
                target_label=work.label,
                score=item.score,
                calibrated=True,
                reasons=(item.sentiment, f"“{item.quote}”"),
                model=f"head {HEAD}",
            )
            before = surest.setdefault((item.citing, work.id), told)
            surest[item.citing, work.id] = max(before, told, key=lambda one: one.score)
    workspace.store.predictions.put(KIND, list(surest.values()), card(HEAD))
