"""One small file a format, with a place for the title, and short ways to read."""

import io
from dataclasses import dataclass

from paperflow.readers import read
from paperflow.records import Failure, Paper

_ABSTRACT = (
    "Every bridge in a town of seven is crossed once by somebody who counts. We say who that is, "
    "and how long it takes, for towns of any number of islands; the proof draws no picture and "
    "needs no more than pairs of odd numbers. Experiments on a river agree with it."
)


@dataclass(frozen=True)
class Sample:
    """A file of one format: its usual name, and its text with `{title}` in it."""

    name: str
    template: str

    def text(self, title: str = "Bridges of a Café") -> str:
        return self.template.replace("{title}", title)


SAMPLES = {
    "bibtex": Sample("refs.bib", "@article{euler36,\n  title = {{title}},\n  year = 1736\n}\n"),
    "ris": Sample("refs.ris", "TY  - JOUR\nTI  - {title}\nPY  - 1736\nER  - \n"),
    "csl": Sample("refs.json", '[{"type": "book", "title": "{title}", "issued": {}}]\n'),
    "anthology": Sample(
        "E36.xml",
        '<collection id="E36"><volume id="1"><meta><booktitle>Walks</booktitle><year>1736</year>'
        '</meta>\n<paper id="1"><title><![CDATA[{title}]]></title><author><first>Leonhard</first>'
        f"<last>Euler</last></author><abstract>{_ABSTRACT}</abstract></paper></volume></collection>\n",
    ),
    "jsonl": Sample("papers.jsonl", '{"title": "{title}", "year": 1736}\n'),
    "table": Sample("papers.csv", "Title,Year,Authors\n{title},1736,Leonhard Euler\n"),
    "listing": Sample(
        "page.txt",
        f"Daily Papers\n\nApr 22\n\n{{title}}\n\n{_ABSTRACT}\n\n  • 2 authors\n·\nMay 4, 1736 1\n",
    ),
    "text": Sample("note.txt", f"{{title}}\n\n{_ABSTRACT}\n"),
}


def items(content: str | bytes, name: str = "", kind: str | None = None) -> list[Paper | Failure]:
    """Read a file's content to the end."""
    data = content.encode() if isinstance(content, str) else content
    return list(read(io.BytesIO(data), kind=kind, name=name))


def papers(content: str | bytes, name: str = "", kind: str | None = None) -> list[Paper]:
    """Read a content in which nothing may be wrong."""
    found = items(content, name, kind)
    assert not [item for item in found if isinstance(item, Failure)], found
    return [item for item in found if isinstance(item, Paper)]


def paper(content: str | bytes, name: str = "", kind: str | None = None) -> Paper:
    """Read a content that holds one paper."""
    (only,) = papers(content, name, kind)
    return only


def failures(content: str | bytes, name: str = "", kind: str | None = None) -> list[Failure]:
    """Read a content and return what went wrong."""
    return [item for item in items(content, name, kind) if isinstance(item, Failure)]
