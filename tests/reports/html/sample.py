"""A report as the demo would make it: real titles, summaries of ours, quotes that stand in them."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from paperflow.records import Paper, Participant, fingerprint
from paperflow.reports.report import (
    PARTS,
    Answer,
    Count,
    Edge,
    Graph,
    Node,
    Period,
    Quote,
    Report,
    ScoredPaper,
    ScorePart,
    Settings,
    SourceStatus,
    Statement,
)

DEMO = Path(__file__).parents[3] / "data" / "demo" / "papers.jsonl"
QUERY = "graph transformers that scale to large graphs since 2020"
WEIGHTS = {"relevance": 0.54, "recency": 0.18, "novelty": 0.18, "authority": 0.1}
TOPIC = ("graph", "transformer", "scale", "large", "attention")
KINDS = (
    ("dataset", r"dataset|benchmark|corpus$"),
    ("task", r"prediction|classification|recommendation|generation|planning|detection|answering"),
    ("method", r"transformer|network|encoding|attention|sampling|pruning|pooling|distillation"),
)


def sample_report(limit: int = 40) -> Report:
    """Return the report of a discovery over the demo corpus."""
    papers = _papers()
    rows = _rows(papers)
    listed = [row.paper for row in rows]
    found = Counter(word for paper in listed for word in _concepts(paper))
    counts = Counter(paper.date[:4] for paper in papers if paper.date[:4].isdigit())
    undated = len(papers) - sum(counts.values())
    return Report(
        title="Graph transformers for large graphs",
        revision=148,
        query=QUERY,
        reading=(("topic", "graph transformers large graphs"), ("since", "2020"), ("venue", "any")),
        settings=Settings(
            mode="balanced",
            weights=WEIGHTS,
            as_of=max(paper.date for paper in papers if "X" not in paper.date),
            others=(("retrieval", "lexical and dense, fused"), ("diversity", "MMR, λ = 0.65")),
        ),
        counts=(
            Count(name="papers", value=len(papers)),
            Count(name="with abstract", value=_abstracts(papers), of=len(papers)),
            Count(name="concepts", value=len(found)),
            Count(name="statements", value=len(_statements(listed))),
            Count(name="references linked", value=11, of=29),
        ),
        answer=_answer(rows),
        papers=tuple(rows[:limit]),
        timeline=tuple(Period(label=year, count=counts[year]) for year in sorted(counts)),
        graph=_graph(listed),
        sources=_sources(len(rows)),
        notes=(f"{undated} papers state no year and are left out of the timeline.",),
        keys={row.paper.id: row.key for row in rows},
    )


def _papers() -> list[Paper]:
    lines = DEMO.read_text(encoding="utf-8").splitlines()
    plain = [Paper.from_dict(json.loads(line)) for line in lines]
    return [
        Paper.from_dict({**paper.as_dict(), "id": f"title:{fingerprint(paper.title)[:12]}"})
        for paper in plain
    ]


def _abstracts(papers: Sequence[Paper]) -> int:
    return sum(bool(paper.abstract) for paper in papers)


def _rows(papers: Sequence[Paper]) -> list[ScoredPaper]:
    scored = sorted(papers, key=lambda paper: (-sum(p.share for p in _parts(paper)), paper.id))
    return [
        ScoredPaper(
            key=_key(paper),
            paper=paper,
            rank=rank,
            total=sum(part.share for part in _parts(paper)),
            parts=_parts(paper),
            marks=_marks(paper),
            why=_why(paper),
        )
        for rank, paper in enumerate(scored, start=1)
    ]


def _parts(paper: Paper) -> tuple[ScorePart, ...]:
    text = f"{paper.title} {paper.title} {paper.abstract}".lower()
    year = float(paper.date[:4]) if paper.date[:4].isdigit() else 2015.0
    values = {
        "relevance": min(1.0, sum(min(text.count(word), 4) for word in TOPIC) / 17),
        "recency": 0.5 ** max(0.0, (2026 - year) / 3),
        "novelty": int(fingerprint(paper.title)[:4], 16) / 65535,
        "authority": min(1.0, len(paper.references) / 4),
    }
    return tuple(
        ScorePart(name=name, value=values[name], share=WEIGHTS[name] * values[name])
        for name in PARTS
    )


def _marks(paper: Paper) -> tuple[str, ...]:
    values = {part.name: part.value for part in _parts(paper)}
    gem = ("hidden gem",) if values["novelty"] > 0.8 and values["relevance"] > 0.4 else ()
    return gem + (("canonical",) if values["authority"] >= 0.5 else ())


def _why(paper: Paper) -> str:
    text = f"{paper.title} {paper.abstract}".lower()
    found = [word for word in TOPIC if word in text]
    return f"Says {', '.join(found)}." if found else "Near the query in meaning."


def _key(paper: Paper) -> str:
    name = paper.authors[0].split()[-1] if paper.authors else "anon"
    words = [word for word in re.findall(r"[a-z]+", paper.title.lower()) if len(word) > 3]
    return re.sub(r"[^a-z0-9]", "", f"{name}{paper.date[:4]}{words[0]}".lower())


def _sentences(paper: Paper) -> list[str]:
    return re.split(r"(?<=[.])\s+(?=[A-Z])", paper.abstract)


def _answer(rows: Sequence[ScoredPaper]) -> Answer:
    hits = [
        Quote(
            text=sentence,
            key=row.key,
            paper_id=row.paper.id,
            section="abstract",
            score=round(0.91 - 0.07 * (row.rank % 7), 2),
        )
        for row in rows
        for sentence in _sentences(row.paper)
        if re.search(r"large graphs|million|scal(es|able|ability)", sentence)
    ]
    best = sorted(hits, key=lambda hit: (-(hit.score or 0), hit.paper_id))[:4]
    return Answer(question="Which models scale to large graphs?", quotes=tuple(best))


def _concepts(paper: Paper) -> list[str]:
    text = paper.abstract.lower()
    return [word for word in paper.keywords if word in text]


def _kind(word: str) -> str:
    return next((kind for kind, pattern in KINDS if re.search(pattern, word)), "concept")


def _graph(papers: Sequence[Paper]) -> Graph:
    where = defaultdict(list)
    for paper in papers[:32]:
        for word in _concepts(paper):
            where[word].append(paper)
    words = [
        Node(id=f"w:{word}", label=word, type=_kind(word), weight=len(where[word]))
        for word in sorted(where)
    ]
    joined = {paper.id: paper for word in sorted(where) for paper in where[word]}
    nodes = [
        Node(id=p.id, label=p.title, type="paper", weight=2, year=p.year, paper_id=p.id)
        for p in joined.values()
    ]
    edges = tuple(_edges(list(joined.values())))
    return Graph(nodes=(*nodes, *words), edges=edges, statements=_statements(papers[:32]))


def _edges(papers: Sequence[Paper]) -> Iterator[Edge]:
    for paper in papers:
        for word in _concepts(paper):
            quote = next(said for said in _sentences(paper) if word in said.lower())
            verb = {"task": "addresses", "dataset": "evaluates_on"}.get(_kind(word), "uses")
            end = f"w:{word}"
            yield Edge(source=paper.id, target=end, type=verb, quote=quote, paper_id=paper.id)


def _statements(papers: Sequence[Paper]) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            label="proposes" if "propos" in sentence else "relates",
            participants=tuple(
                Participant(entity_id=f"w:{word}", role="subject" if i == 0 else "object")
                for i, word in enumerate(words)
            ),
            quote=sentence,
            paper_id=paper.id,
        )
        for paper in papers
        for sentence in _sentences(paper)
        if len(words := [word for word in _concepts(paper) if word in sentence.lower()]) >= 3
    )


def _sources(count: int) -> tuple[SourceStatus, ...]:
    return (
        SourceStatus(name="local", status="ok", count=count, note="all papers of the workspace"),
        SourceStatus(name="arxiv", status="rate_limited", note="asked to wait 120 s; gave up"),
        SourceStatus(name="openalex", status="unauthorized", note="needs a key: OPENALEX_API_KEY"),
        SourceStatus(name="crossref", status="skipped", note="--offline"),
    )
