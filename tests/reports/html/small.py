"""A small report in which everything occurs once, for tests that read the page by eye."""

from paperflow.records import Paper, Participant
from paperflow.reports.report import (
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

SENTENCE = "Sparse attention keeps the memory of graph transformers flat."


def small_report() -> Report:
    """Return two papers, three nodes, two edges, and one statement."""
    return Report(
        title="Sparse attention on graphs",
        revision=1204,
        query="sparse attention on graphs",
        reading=(("topic", "sparse attention graphs"), ("since", "2020")),
        settings=Settings(
            mode="stable",
            weights={"authority": 0.1, "relevance": 0.6, "recency": 0.3},
            as_of="2024-03-01",
            others=(("retrieval", "lexical"),),
        ),
        counts=(Count(name="papers", value=1204), Count(name="with abstract", value=1, of=2)),
        answer=Answer(question="What keeps the memory flat?", quotes=(_quote(),)),
        papers=(_first(), _second()),
        timeline=(Period(label="2021", count=1), Period(label="2023", count=2)),
        graph=_graph(),
        sources=(
            SourceStatus(name="local", status="ok", count=2),
            SourceStatus(name="arxiv", status="rate_limited", note="gave up after 60 s"),
        ),
        notes=("One paper states no year.",),
        keys={"doi:10.1/elsewhere": "lee2019elsewhere"},
    )


def _quote() -> Quote:
    return Quote(
        text=SENTENCE,
        key="noether2023sparse",
        paper_id="doi:10.1/sparse",
        section="abstract",
        page=3,
        score=0.87,
    )


def _first() -> ScoredPaper:
    return ScoredPaper(
        key="noether2023sparse",
        paper=Paper(
            id="doi:10.1/sparse",
            title="Sparse Attention on Large Graphs",
            abstract=SENTENCE,
            authors=("Emmy Noether", "Ada Lovelace", "Mary Cartwright", "Sofya Kovalevskaya", "X"),
            date="2023-05-04",
            venue="Journal of Sparse Graphs",
            kind="journal_article",
            doi="10.1/sparse",
            arxiv_id="2305.00001",
            url="https://example.org/sparse",
            keywords=("attention", "graphs"),
            citation_count=1500,
            sources=("local",),
        ),
        rank=1,
        total=0.74,
        parts=(
            ScorePart(name="relevance", value=0.9, share=0.54),
            ScorePart(name="recency", value=0.5, share=0.15),
            ScorePart(name="authority", value=0.5, share=0.05),
        ),
        marks=("hidden gem",),
        why="Says sparse, attention, graphs.",
    )


def _second() -> ScoredPaper:
    paper = Paper(
        id="title:2", title="Flat Memory", date="XXXX-05-04", author_count=3, url="javascript:x()"
    )
    return ScoredPaper(key="anon-flat", paper=paper, rank=2)


def _graph() -> Graph:
    return Graph(
        nodes=(
            Node(id="p", label="Sparse Attention on Large Graphs", type="paper", weight=3,
                 year=2023, paper_id="doi:10.1/sparse"),
            Node(id="m", label="sparse attention", type="method", weight=2),
            Node(id="c", label="memory", type="concept"),
        ),
        edges=(
            Edge(source="p", target="m", type="proposes", quote=SENTENCE,
                 paper_id="doi:10.1/sparse"),
            Edge(source="m", target="c", type="related_to", quote="Memory matters elsewhere.",
                 paper_id="doi:10.1/elsewhere"),
        ),
        statements=(
            Statement(
                label="keeps_flat",
                participants=(
                    Participant(entity_id="m", role="subject"),
                    Participant(entity_id="c", role="object"),
                ),
                quote=SENTENCE,
                paper_id="doi:10.1/sparse",
            ),
        ),
    )  # fmt: skip
