"""A paper to read: its record, its headings, and its text in pages of whole passages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from paperflow.errors import BadInput, UnknownName
from paperflow.extract.passages import RECORD, TITLE, passages_of
from paperflow.records import Paper, Passage
from paperflow.reports.text import counted
from paperflow.workspace import Workspace

PAGE = 4000  # characters of text on a page: about a thousand tokens
_HEADINGS = 12  # that are told where a section is not found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One page of a paper; `sections` are all headings of its text, in their order."""

    paper: Paper
    key: str
    page: int
    pages: int
    sections: tuple[str, ...]
    passages: tuple[Passage, ...]


def read(
    workspace: Workspace, name: str, *, page: int = 1, section: str = "", most: int = PAGE
) -> Reading:
    """Return a page of the paper's text, of the sections whose heading holds `section`.

    A paper that is not analysed yet has its abstract alone. Raise UnknownName for an unknown
    paper or section, BadInput for a page that is not there.
    """
    paper_id = workspace.paper_id(name)
    (paper,) = workspace.store.papers.many([paper_id])
    known = list(workspace.store.facts.passages(paper_id)) or passages_of(paper)
    text = [item for item in known if item.section not in (TITLE, RECORD)]
    sections = tuple(dict.fromkeys(item.section for item in text if item.section))
    pages = list(_pages(_inside(text, section, sections), most)) or [()]
    if not 1 <= page <= len(pages):
        raise BadInput(
            f"there is no page {page}", hint=f"the text has {counted(len(pages), 'page')}"
        )
    return Reading(
        paper=paper, key=workspace.citation_keys()[paper_id], page=page, pages=len(pages),
        sections=sections, passages=pages[page - 1],
    )  # fmt: skip


def _inside(text: Sequence[Passage], section: str, sections: Sequence[str]) -> list[Passage]:
    wanted = section.casefold().strip()
    found = [item for item in text if wanted in item.section.casefold()]
    if wanted and not found:
        known = "; ".join(sections[:_HEADINGS]) or "the paper has no text here"
        raise UnknownName(f"no section called {section!r}", hint=f"known: {known}")
    return found


def _pages(passages: Iterable[Passage], most: int) -> Iterator[tuple[Passage, ...]]:
    """Yield passages in groups of at most `most` characters; a longer passage is cut."""
    page: list[Passage] = []
    size = 0
    for piece in _pieces(passages, most):
        if page and size + len(piece.text) > most:
            yield tuple(page)
            page, size = [], 0
        page.append(piece)
        size += len(piece.text)
    if page:
        yield tuple(page)


def _pieces(passages: Iterable[Passage], most: int) -> Iterator[Passage]:
    for passage in passages:
        for start in range(0, len(passage.text), most):
            yield replace(passage, text=passage.text[start : start + most])
