"""Papers made for these tests: each holds something that breaks careless exporters."""

from typing import Any

from hypothesis import strategies as st

from paperflow.records import Paper

PAPERS = (
    Paper(
        id="doi:10.1000/brass",
        title="Brass and braces: what BERT learns about {nested} groups in O'Brien's corpus",
        authors=("Ludwig van der Berg", "Martin Luther Stone Jr.", "Émile Łukasiewicz-Nguyễn"),
        abstract="First part, 100% of it & more.\n\nSecond part costs $5 or $6; see a_b #1 ~ ^2.",
        year=2020,
        date="2020-12-17",
        venue="Journal of Brackets & Braces",
        volume="12",
        issue="3-4",
        pages="101-117",
        doi="https://doi.org/10.1000/brass_(x)<1>",
        url="https://example.org/a%20b?x=1&y=~z#f_g",
        keywords=("braces", "C# & F#"),
        language="en",
        publisher="Müller & Söhne",
        extra={
            "citation_key": "vandenberg20",
            "note": "Read 50% of it",
            "file": r"C:\papers\brass_1.pdf",
            "crossref": "parent",
        },
    ),
    Paper(
        id="arxiv:2001.00001",
        title="Sorting in $O(n \\log n)$ for $5 with $\\mathbb{R}^2$ and α-β pruning",
        authors=("OpenProof Collaboration", "{Barnes and Noble}", "Doe, John"),
        author_count=7,
        year=2020,
        date="2020-01",
        arxiv_id="2001.00001",
        primary_class="cs.DS",
        url="https://arxiv.org/abs/2001.00001",
        pdf_url="https://arxiv.org/pdf/2001.00001",
    ),
    Paper(
        id="title:0a",
        title="深度学习: a survey of 图神经网络 😀",
        authors=("王小明", "Иван Щукин", "김민수"),
        year=2021,
        venue="ICML 2021",
        abstract="测试 «quotes» „low“ – dash — “curly” ‘single’ … ≤ ∑ ² ₂ 𝔸 ﬁ ą đ ŋ",
    ),
    Paper(
        id="title:0b",
        title='<script>alert("x")</script> | *bold* [x](javascript:alert(1)) `code` & <b>HTML</b>',
        authors=("Robert'); DROP TABLE Students;--",),
        date="XXXX-02-10",
    ),
    Paper(
        id="title:0c",
        title='=HYPERLINK("http://evil.example","click")',
        authors=("+Plus", "@at"),
        year=2019,
        venue="-1",
        kind="dataset",
    ),
    Paper(
        id="title:1a",
        title="Twin studies of attention",
        authors=("Ada Twin",),
        year=2022,
        volume="1",
    ),
    Paper(
        id="title:1b",
        title="Twin peaks of attention",
        authors=("Bo Twin",),
        year=2022,
        kind="conference",
        venue="Proceedings of the Twelfth Meeting on Twins",
        pages="e12",
    ),
    Paper(
        id="title:2a", title="Nobody wrote this}", kind="phdthesis", venue="University of Nowhere"
    ),
    Paper(
        id="title:2b",
        title="A {very unbalanced title \\ with 100% backslash\\",
        authors=("de la Cruz",),
        year=1999,
        kind="techreport",
        venue="Institute {of Braces",
        url="https://example.org/{open",
        extra={"Weird field!": "=1+1", "title": "Another title", "isbn": "978-3-16-148410-0"},
    ),
    Paper(
        id="title:3a",
        title="The " + "very " * 60 + "long title of a patient reader",
        authors=tuple(f"Author{number} Number{number}" for number in range(30)),
        year=2024,
        date="2023-05-06",
        kind="misc",
        references=("doi:10.1000/brass", "arxiv:2001.00001"),
        citation_count=0,
        sources=("local",),
    ),
    Paper(
        id="title:3b",
        title="A record as a reader of BibTeX leaves it",
        authors=("Ana María García y Vega", "The Reading Group"),
        year=2011,
        date="2011-11-11",
        kind="article",
        venue="Annals of Reading",
        extra={
            "citation_key": "garcia11",
            "ids": "garcia2011,old",
            "author": r"Garc{\'\i}a y Vega, Ana Mar{\'\i}a and {The Reading Group} and others",
            "note": r"To \emph{appear} in {ACM} C\# & F\#, $x^2$, 100%, see \url{http://a.b/c_d}",
            "annote": r"\input{/etc/passwd} \write18{id} $\def\x{\x}\x$",
            "editor": r"M{\"u}ller, J{\"o}rg and {van den Berg}, A.",
        },
    ),
)

_LINES = "\n\r\t\u2028\x00\x85"
_SPECIAL = st.sampled_from(
    list("\\{}$&%#_~^<>|\"'`@,;:=+-()[]!?*.") + list(_LINES) + ["--", "``", "''", " and ", "$x^2$"]
)
# Lone surrogates are left in: a broken file can bring them.
texts = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.characters(codec=None), max_size=20),
    st.lists(st.one_of(_SPECIAL, st.text(max_size=6)), max_size=12).map("".join),
)
_SHORT = st.one_of(st.just(""), texts)
_DATES = st.one_of(
    st.just(""),
    st.dates().map(str),
    st.from_regex(r"(\d{4}|XXXX)(-\d\d){0,2}", fullmatch=True),
    texts,
)
_KINDS = st.sampled_from(
    ["", "article", "conference", "dataset", "book", "thesis", "preprint", "nonsense"]
)


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    """Draw a paper in which any field may hold anything."""
    values: dict[str, Any] = {
        name: draw(_SHORT)
        for name in ("title", "abstract", "venue", "doi", "arxiv_id", "url", "pages", "volume")
    }
    return Paper(
        id=draw(texts),
        authors=tuple(draw(st.lists(texts, max_size=4))),
        keywords=tuple(draw(st.lists(texts, max_size=3))),
        author_count=draw(st.none() | st.integers(0, 9)),
        year=draw(st.none() | st.integers(1000, 2100)),
        date=draw(_DATES),
        kind=draw(_KINDS),
        extra=draw(st.dictionaries(texts, texts, max_size=3)),
        **values,
    )


libraries = st.lists(papers(), max_size=5, unique_by=lambda paper: paper.id)
