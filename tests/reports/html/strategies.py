"""Reports as no one would write them: any text in any place."""

from hypothesis import strategies as st

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

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title></style></noscript><!-- ",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; &amp; &#60;",
    "\u202egnitset \u2067عنوان\u2069",
    "nul \x00 bell \x07 lone \ud800 line\u2028end",
    "]]> <![CDATA[",
    "javascript:alert(1)",
    "=HYPERLINK(1)",
    "x" * 300,
)
anything = st.text(st.characters(), max_size=12)
texts = st.one_of(st.sampled_from(HOSTILE), anything)
names = texts.filter(bool)
shares = st.floats(0, 1)
ids = st.sampled_from([f"id{i}" for i in range(6)])
pairs = st.tuples(names, texts)


def _many(items: st.SearchStrategy, most: int = 3) -> st.SearchStrategy:
    return st.lists(items, max_size=most).map(tuple)


papers = st.builds(
    Paper,
    id=ids,
    title=texts,
    abstract=texts,
    authors=_many(texts),
    author_count=st.none() | st.integers(0, 9),
    date=st.sampled_from(["", "2020", "2020-12-01", "XXXX-05-01"]) | texts,
    venue=texts,
    kind=texts,
    doi=texts,
    arxiv_id=texts,
    url=texts,
    pdf_url=texts,
    keywords=_many(texts),
    citation_count=st.none() | st.integers(0, 10**6),
    sources=_many(texts),
)
score_parts = st.builds(ScorePart, name=names, value=shares, share=shares)
rows = st.builds(
    ScoredPaper,
    key=texts,
    paper=papers,
    rank=st.integers(1, 10**6),
    total=st.none() | shares,
    parts=_many(score_parts),
    marks=_many(names),
    why=texts,
)
nodes = st.builds(
    Node,
    id=ids,
    label=texts,
    type=names,
    weight=st.floats(allow_nan=False, allow_infinity=False, width=32),
    year=st.none() | st.integers(0, 3000),
    paper_id=st.just("") | ids,
)
edges = st.builds(Edge, source=ids, target=ids, type=texts, quote=texts, paper_id=ids)
participants = st.builds(Participant, entity_id=ids, role=texts)
statements = st.builds(
    Statement, label=texts, participants=_many(participants), quote=texts, paper_id=ids
)
graphs = st.builds(
    Graph, nodes=_many(nodes, 6), edges=_many(edges, 4), statements=_many(statements)
)
quotes = st.builds(
    Quote,
    text=texts,
    key=texts,
    paper_id=ids,
    section=texts,
    page=st.none() | st.integers(1, 999),
    score=st.none() | shares,
)
reports = st.builds(
    Report,
    title=texts,
    revision=st.integers(0, 10**9),
    query=texts,
    reading=_many(pairs),
    settings=st.builds(
        Settings,
        mode=texts,
        weights=st.dictionaries(names, shares, max_size=3),
        as_of=texts,
        others=_many(pairs),
    ),
    counts=_many(st.builds(Count, name=texts, value=st.integers(0), of=st.none() | st.integers(0))),
    answer=st.none() | st.builds(Answer, question=texts, quotes=_many(quotes), refusal=texts),
    papers=_many(rows),
    timeline=_many(
        st.builds(
            Period,
            label=st.sampled_from(["1999", "2020", "2020-01", "9999", "0000-13"]) | texts,
            count=st.integers(0, 10**6),
        )
    ),
    graph=graphs,
    sources=_many(
        st.builds(
            SourceStatus,
            name=texts,
            status=st.sampled_from(["ok", "rate_limited", "unauthorized", "failed", "skipped"]),
            count=st.integers(0, 10**6),
            note=texts,
        )
    ),
    notes=_many(texts),
    keys=st.dictionaries(ids, texts, max_size=3),
)
