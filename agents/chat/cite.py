"""An answer's citations and quotes, held against the library."""

import re
from collections.abc import Iterable, Iterator

from paperflow.agents.chat.events import Answer, Source
from paperflow.workspace import Workspace

NOT_THERE = "[not in the library]"
UNCITED = "this cites no paper of the library: it is the model's own word"

_BRACKETS = re.compile(r"\[([^\[\]\n]+)\](?!\()")
_NAME = re.compile(r"[^\s;,]+")
_LIKE_A_KEY = re.compile(r"@?[a-z0-9]+_[a-z0-9]+_(?:\d{4}[a-z]*|nd[a-z]*)")
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"\n]+)\"")
_WORDS = 4  # of a quote, at least: fewer are a term or irony


def checked(workspace: Workspace, text: str) -> Answer:
    """Return the answer with the papers it cites; mark keys and quotes that are not there."""
    papers = {key: id for id, key in workspace.citation_keys().items()}
    named = list(dict.fromkeys(_keys(text)))
    cited = [key for key in named if key in papers]
    doubts = [f"no paper [{key}] in the library" for key in named if key not in papers]
    marked = _BRACKETS.sub(lambda found: _marked_keys(found[0], papers), text)
    said = _passages(workspace, [papers[key] for key in cited])
    for quote in _quotes(text):
        if not any(_plain(quote) in passage for passage in said):
            doubts.append(f"no cited paper says “{quote}”")
            marked = re.sub(rf"[“\"]{re.escape(quote)}[”\"]", rf"\g<0> {NOT_THERE}", marked)
    return Answer(marked, tuple(_sources(workspace, papers, cited)), tuple(dict.fromkeys(doubts)))


def cited_in(workspace: Workspace, texts: Iterable[str]) -> list[str]:
    """Return the ids of the papers that these texts cite, each once, in their order."""
    papers = {key: id for id, key in workspace.citation_keys().items()}
    keys = dict.fromkeys(key for text in texts for key in _keys(text))
    return [papers[key] for key in keys if key in papers]


def _keys(text: str) -> Iterator[str]:
    """Yield the citation keys, and what looks like one, between square brackets."""
    for found in _BRACKETS.finditer(text):
        names = _NAME.findall(found[1])
        yield from (name.lstrip("@") for name in names if _LIKE_A_KEY.fullmatch(name))


def _marked_keys(brackets: str, papers: dict[str, str]) -> str:
    unknown = [key for key in _keys(brackets) if key not in papers]
    return f"{brackets} {NOT_THERE}" if unknown else brackets


def _quotes(text: str) -> Iterator[str]:
    for found in _QUOTED.finditer(text):
        quote = found[1] or found[2]
        if len(quote.split()) >= _WORDS:
            yield quote


def _passages(workspace: Workspace, paper_ids: list[str]) -> list[str]:
    facts = workspace.store.facts
    return [_plain(passage.text) for id in paper_ids for passage in facts.passages(id)]


def _plain(text: str) -> str:
    """Return a text as it is compared: without case, punctuation at its ends, and line breaks."""
    return " ".join(text.split()).strip(" .,;:…").casefold()


def _sources(workspace: Workspace, papers: dict[str, str], keys: list[str]) -> Iterator[Source]:
    found = {paper.id: paper for paper in workspace.store.papers.many([papers[k] for k in keys])}
    for key in keys:
        paper = found[papers[key]]
        yield Source(key, paper.id, paper.title, tuple(paper.authors), paper.year)
