from collections.abc import Iterator

from hypothesis import given, settings

from paperflow.records import Paper
from paperflow.reports.html import TEMPLATES, shown
from paperflow.reports.report import Answer, Graph, Report, ScoredPaper
from tests.reports.html.page import Page
from tests.reports.html.strategies import HOSTILE, reports

TAGS = set(
    "html head meta title link style noscript script body a br header div span nav button main"
    " section p h1 h2 h3 q dl dt dd small figure figcaption details summary table caption thead"
    " tbody tfoot tr th td form label input select option output ol ul li blockquote b i em bdi"
    " code aside footer svg g path circle rect line text polygon".split()
)


@settings(max_examples=60)
@given(reports)
def test_every_text_of_a_report_is_text_on_its_page(report: Report) -> None:
    page = Page(report)
    words = page.words()
    for text in _texts(report):
        assert shown(text) in words


@settings(max_examples=60)
@given(reports)
def test_no_text_becomes_markup_script_or_address(report: Report) -> None:
    page = Page(report)
    assert {element.tag.split("}")[-1] for element in page.root.iter()} <= TAGS
    assert _scripts(page) == _our_scripts(bool(report.graph.nodes))
    assert not [name for name in page.find("//@*") if name.attrname.startswith("on")]
    for href in page.find("//a/@href"):
        assert href.startswith(("#", "http://", "https://"))
    ids = page.ids()
    assert len(ids) == len(set(ids))


@settings(max_examples=60)
@given(reports)
def test_the_graphs_data_holds_every_label_and_quote_as_it_is(report: Report) -> None:
    graph = report.graph
    if not graph.nodes:
        return
    data = Page(report).graph()
    known = {node.id: node for node in graph.nodes}
    drawn = [node for node in data["nodes"] if "quote" not in node]
    assert [node["label"] for node in drawn] == [_whole(node.label) for node in known.values()]
    joined = {
        _whole(edge.quote)
        for edge in graph.edges
        if {edge.source, edge.target} <= set(known) and edge.source != edge.target
    }
    assert {said["quote"] for edge in data["edges"] for said in edge["said"]} == joined


def test_hostile_titles_stay_titles() -> None:
    titles = (*HOSTILE, "x" * 10_000)
    rows = tuple(
        ScoredPaper(key=f"k{i}", paper=Paper(title=text), rank=i + 1)
        for i, text in enumerate(titles)
    )
    page = Page(Report(title=HOSTILE[1], papers=rows))
    assert [item.text for item in page.find("//h3")] == [shown(text) for text in titles]
    assert page.find("//title")[0].text == HOSTILE[1]


def _texts(report: Report) -> Iterator[str]:
    """Yield every text that the body shows unchanged."""
    yield from (report.title, report.query, report.settings.mode, report.settings.as_of)
    yield from (text for pair in (*report.reading, *report.settings.others) for text in pair)
    yield from report.notes
    yield from (count.name for count in report.counts)
    yield from (text for source in report.sources for text in (source.name, source.note))
    yield from (text for row in report.papers for text in _row_texts(row))
    yield from _graph_texts(report.graph)
    yield from _answer_texts(report.answer) if report.answer else ()


def _row_texts(row: ScoredPaper) -> Iterator[str]:
    paper = row.paper
    yield from (paper.title, paper.abstract, paper.venue, row.key, row.why)
    yield from (*paper.authors, *paper.keywords, *paper.sources, *row.marks)
    yield from (part.name for part in row.parts)
    yield paper.date if not paper.date.startswith("XXXX-") else paper.date[5:]


def _graph_texts(graph: Graph) -> Iterator[str]:
    ends = {node.id: node.label for node in graph.nodes}
    for edge in graph.edges:
        if {edge.source, edge.target} <= set(ends):
            yield from (ends[edge.source], ends[edge.target], edge.quote)
    for statement in graph.statements:
        if any(part.entity_id in ends for part in statement.participants):
            yield statement.quote


def _answer_texts(answer: Answer) -> Iterator[str]:
    yield from (answer.question, answer.refusal)
    yield from (text for quote in answer.quotes for text in (quote.text, quote.section))


def _scripts(page: Page) -> list[str]:
    return [item.text for item in page.find("//script") if item.get("id") != "graph-data"]


def _our_scripts(with_graph: bool) -> list[str]:
    drawing = ["vendor/cytoscape.min.js", "panel.js", "graph.js"] if with_graph else []
    names = ["theme.js", *drawing, "report.js"]
    return [(TEMPLATES / name).read_text(encoding="utf-8") for name in names]


def _whole(text: str) -> str:
    """Return text as JSON in the page holds it: only halves of surrogate pairs are replaced."""
    return "".join("\ufffd" if _unshowable(letter) else letter for letter in text)


def _unshowable(letter: str) -> bool:
    # Controls below U+0020 are escaped in JSON and so need no replacement.
    return letter > "\x1f" and shown(letter) != letter
