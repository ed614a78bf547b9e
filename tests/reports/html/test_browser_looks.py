import base64
from pathlib import Path

import pytest

from paperflow.records import Paper
from paperflow.reports.html import render
from paperflow.reports.report import Report, ScoredPaper, ScorePart, SourceStatus
from tests.reports.html.browser import Browser
from tests.reports.html.sample import sample_report
from tests.reports.html.small import SENTENCE, small_report
from tests.reports.html.strategies import HOSTILE

REPORT = sample_report()

# The least contrast of visible words, against the nearest ground that is painted.
CONTRAST = """
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
const rgb = (colour) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const light = ([r, g, b]) => {
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const [x, y, z] = [r, g, b].map((value) => linear(value / 255));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = rgb(getComputedStyle(at).backgroundColor);
    if (colour[3] > 200) return colour;
  }
  return [255, 255, 255, 255];
};
const found = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const silent = element.matches("script, style, noscript, title");
  if (!own || silent || !element.checkVisibility()) continue;
  const style = getComputedStyle(element);
  const ink = rgb(element instanceof SVGElement ? style.fill : style.color);
  const [a, b] = [light(ink), light(ground(element))].sort((x, y) => y - x);
  found.push([(a + 0.05) / (b + 0.05), element.className, element.textContent.slice(0, 30)]);
}
return found.filter(([ratio]) => ratio < 4.5).concat([[found.length]]);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_have_enough_contrast(browser: Browser, sample_file: Path, scheme: str) -> None:
    browser.open(sample_file)
    browser.colours(scheme)
    browser.run("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    browser.run("document.querySelector('#panel-body .pick').click()")
    *poor, (looked_at,) = browser.run(CONTRAST)
    assert poor == []
    assert looked_at > 500


@pytest.mark.parametrize("width", [320, 390, 600, 820, 1024, 1280])
def test_nothing_reaches_beyond_the_width(browser: Browser, sample_file: Path, width: int) -> None:
    browser.open(sample_file, width, 800)
    browser.run("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    assert browser.run("return document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [390, 1280])
def test_hostile_texts_stay_within_the_width_and_run_nothing(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    texts = (*HOSTILE, "x" * 10_000)
    rows = tuple(
        ScoredPaper(
            key=text,
            rank=i + 1,
            total=0.5,
            parts=(ScorePart(name="relevance", value=0.5, share=0.5),),
            marks=(text,),
            paper=Paper(title=text, abstract=text, authors=(text,), venue=text, keywords=(text,)),
        )
        for i, text in enumerate(texts)
    )
    sources = tuple(SourceStatus(name=text, status="failed", note=text) for text in texts)
    path = tmp_path / "hostile.html"
    path.write_text(render(Report(title="x" * 900, papers=rows, sources=sources)), encoding="utf-8")
    browser.open(path, width, 800)
    assert browser.run("return document.documentElement.scrollWidth") == width
    assert browser.problems() == []
    assert len(browser.shown("#papers-table > tbody > tr")) == len(texts)


def test_a_phone_shows_cards_with_a_field_for_the_order(
    browser: Browser, sample_file: Path
) -> None:
    browser.open(sample_file, 390, 844)
    assert not browser.find("#papers-table > thead").is_displayed()
    browser.find("#sort option:nth-child(3)").click()
    first = browser.find("#papers-table > tbody > tr .date-inline").text
    assert first == max(row.paper.date for row in REPORT.papers if "X" not in row.paper.date)


def test_without_scripts_tables_and_quotes_are_there(
    plain_browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "small.html"
    path.write_text(render(small_report()), encoding="utf-8")
    plain_browser.open(path)
    assert plain_browser.find("html").get_attribute("data-script") is None
    words = " ".join(str(plain_browser.find("main").get_property("innerText")).split())
    for text in ("Sparse Attention on Large Graphs", "Flat Memory", "= 0.540", "lee2019elsewhere"):
        assert text in words
    assert words.count(SENTENCE) >= 4  # answer, abstract, edge, statement
    assert plain_browser.find("svg.picture").is_displayed()
    for control in ("#filter", "#canvas", "#theme", "#panel"):
        assert not plain_browser.find(control).is_displayed()


def test_on_paper_everything_is_unfolded(browser: Browser, tmp_path: Path) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    path = tmp_path / "small.html"
    path.write_text(render(small_report()), encoding="utf-8")
    browser.open(path)
    browser.find("#theme").click()  # dark on the screen, and yet white on paper
    printed = base64.b64decode(browser.command("Page.printToPDF", printBackground=True)["data"])
    browser.run("localStorage.clear()")
    pages = list(pdfium.PdfDocument(printed))
    words = " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())
    assert words.count("keeps the memory of graph") >= 4
    assert "Memory matters elsewhere." in words
    assert "Find a node" not in words
    assert pages[0].render(scale=0.2).to_pil().getpixel((2, 2)) == (255, 255, 255)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("device", "width", "height"), [("desktop", 1280, 900), ("phone", 390, 844)]
)
def test_screenshots_for_those_who_look(
    browser: Browser,
    sample_file: Path,
    screenshots: Path,
    scheme: str,
    device: str,
    width: int,
    height: int,
) -> None:
    browser.open(sample_file, width, height)
    browser.colours(scheme)
    path = screenshots / f"report-{device}-{scheme}.png"
    browser.screenshot(path, width, 6000)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_size > 50_000
