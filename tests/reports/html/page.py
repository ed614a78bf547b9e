"""Reads a rendered page as a browser would: its elements, its texts, its scripts."""

import json
import re
from pathlib import Path
from typing import Any

from lxml import html

from paperflow.reports.html import render
from paperflow.reports.report import Report

GOLDEN = Path(__file__).parent / "golden" / "small.html"


class Page:
    """A parsed page with the few questions that the tests ask."""

    def __init__(self, report: Report) -> None:
        self.text = render(report)
        self.root = html.document_fromstring(self.text)

    def find(self, path: str) -> list[Any]:
        """Return the elements, attributes, or texts at an XPath."""
        return list(self.root.xpath(path))

    def words(self, path: str = "//body") -> str:
        """Return the text of the first element at `path`, its spaces as they stand."""
        return str(self.find(path)[0].text_content())

    def line(self, path: str) -> str:
        """Return the text of the first element at `path` in one line."""
        return " ".join(self.words(path).split())

    def ids(self) -> list[str]:
        """Return every id of the page."""
        return [str(item) for item in self.find("//@id")]

    def graph(self) -> Any:
        """Return the data of the graph's script."""
        return json.loads(self.find("//script[@id='graph-data']")[0].text)

    def bare(self) -> str:
        """Return the markup without what stands in styles, scripts, and the policy."""
        text = re.sub(r"(<(style|script)[^>]*>).*?(</\2>)", r"\1\3", self.text, flags=re.DOTALL)
        text = re.sub(r"'sha256-[^']+'", "'sha256-…'", text.replace("&#39;", "'"))
        return re.sub(r"\n\s*\n+", "\n", text)
