"""A report as one HTML file: nothing is fetched, every text is escaped, tables need no script."""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from paperflow.reports import charts, drawing, hulls, view
from paperflow.reports.hypothesis import KNOWN, NEAREST
from paperflow.reports.prose import cited
from paperflow.reports.report import PARTS, Report
from paperflow.reports.review import DRAFT, Review, place, told

TEMPLATES = Path(__file__).with_name("templates")
STYLES = ("base.css", "papers.css", "graph.css", "hypergraph.css", "print.css")

# What HTML can't hold (controls, halves of a surrogate pair) is shown as U+FFFD.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)

# As retrieval/scores.py computes them.
MEANINGS: Mapping[str, str] = {
    "relevance": "how well title and abstract answer the query; the best candidate has 1",
    "recency": "how new it is: from the library's first day, 0, to the day counted from, 1",
    "novelty": "how unlike the other candidates its words are; 0 without an abstract",
    "authority": "how often it is cited, by any source's count or within the library",
}


def render(report: Report) -> str:
    """Return the page; the same report gives the same text, on any day and machine."""
    refs = view.References(report)
    network = view.network(report.graph, refs)
    weights = report.settings.weights
    page = (
        _environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            rows=view.rows(report),
            network=network,
            refs=refs,
            parts=_in_order({part.name for row in report.papers for part in row.parts}),
            weights=[(name, weights[name]) for name in _in_order(weights)],
            meanings=MEANINGS,
            diversified=_is_diversified(report),
            timeline=charts.filled(report.timeline),
            undated=_undated(report),
            assets=_assets(bool(network)),
            policy=_policy(bool(network)),
        )
    )
    return shown(page)


def render_review(review: Review) -> str:
    """Return a review as a page of its own."""
    page = (
        _environment()
        .get_template("review.html.jinja")
        .render(review=review, draft=DRAFT, assets=_assets(False), policy=_policy(False))
    )
    return shown(page)


def shown(text: str) -> str:
    """Return text as a page can hold it: line ends as "\\n", the unshowable as U+FFFD."""
    return _UNSHOWABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["json"] = lambda data: Markup(view.as_json(data))
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["score"] = lambda number: f"{number:.2f}"
    environment.filters["exact"] = lambda number: f"{number:.3f}"
    environment.filters["place"] = place
    environment.filters["told"] = told
    environment.globals.update(
        score_bar=charts.score_bar,
        score_chart=charts.score_chart,
        timeline_chart=charts.timeline_chart,
        part_class=charts.part_class,
        sign=drawing.sign,
        draw_route=hulls.draw_route,
        cited=cited,
        known=KNOWN,
        nearest=NEAREST,
    )
    return environment


def _in_order(names: Iterable[str]) -> list[str]:
    """Return the parts' names in their usual order, unknown ones last by name."""
    order = {name: i for i, name in enumerate(PARTS)}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def _is_diversified(report: Report) -> bool:
    """Tell whether a paper stands above one with a higher total."""
    totals = [row.total for row in report.papers if row.total is not None]
    return any(later > earlier + 1e-9 for earlier, later in pairwise(totals))


def _undated(report: Report) -> list[tuple[str, int]]:
    """Return the periods that the timeline can't draw."""
    return [(item.label, item.count) for item in report.timeline if not charts.filled([item])]


@cache
def _assets(with_graph: bool) -> Mapping[str, Markup]:
    """Return the page's style and scripts, each as it stands between its tags."""
    names = {"theme": "theme.js", "noscript": "noscript.css", "report": "report.js"}
    if with_graph:
        names |= {"cytoscape": "vendor/cytoscape.min.js", "canvas": "vendor/cytoscape.css"}
        names |= {"graph": "graph.js", "panel": "panel.js"}
    assets = {name: _read(file) for name, file in names.items()}
    assets["style"] = "".join(_read(file) for file in STYLES)
    return {name: Markup(_inline(text)) for name, text in assets.items()}


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _inline(text: str) -> str:
    """Return text that can't end the element it stands in; a mistake of ours if it could."""
    if re.search(r"</(script|style)|<!--", text, re.IGNORECASE):
        raise ValueError("an asset would end its own element")
    return text


@cache
def _policy(with_graph: bool) -> str:
    """Return the Content-Security-Policy: our own scripts and styles by hash, nothing else."""
    assets = _assets(with_graph)
    styles = [name for name in assets if name in {"style", "noscript", "canvas"}]
    scripts = [name for name in assets if name not in styles]
    return "; ".join(
        (
            "default-src 'none'",
            "script-src " + " ".join(_hash(assets[name]) for name in scripts),
            "style-src " + " ".join(_hash(assets[name]) for name in styles),
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
