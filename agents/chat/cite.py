"""An answer's citations, quotes, and sentences, held against the library."""

import re
from collections.abc import Iterable, Iterator, Mapping

from paperflow.agents.chat.events import Answer, Source
from paperflow.answers.support import invented, lack
from paperflow.extract.sentences import sentence_spans
from paperflow.workspace import Workspace

NOT_THERE = "[not in the library]"
UNCITED = "this cites no paper of the library: it is the model's own word"

_BRACKETS = re.compile(r"\s*\[([^\[\]\n]+)\](?!\()")
_AFTER_ITS_END = re.compile(r"([.!?])([”\"]?)(\s*\[[^\[\]\n]+\])(?!\s*[.,;:])")
_NAME = re.compile(r"[^\s;,]+")
_LIKE_A_KEY = re.compile(r"@?[a-z0-9]+_[a-z0-9]+_(?:\d{4}[a-z]*|nd[a-z]*)")
_GOES_ON = "[.,;)”"  # what begins so belongs to the sentence before
_SHOWN = 60  # characters of a sentence in a message
_Papers = Mapping[str, str]  # ids by citation key


def checked(workspace: Workspace, text: str) -> Answer:
    """Return the answer with the papers it cites, and what the library does not bear out.

    Keys and quotes that are not there are marked in the text. Each sentence that cites is held
    against the papers that it cites: numbers, denials, and what it is about.
    """
    papers = _papers(workspace)
    cited = [key for key in dict.fromkeys(_keys(text)) if key in papers]
    said = {key: _said(workspace, papers[key]) for key in cited}
    false = invented(text, " ".join(said.values()))
    marked = _BRACKETS.sub(lambda found: _marked_keys(found[0], papers), text)
    for quote in false:
        marked = re.sub(rf"[“\"]{re.escape(quote)}[”\"]", rf"\g<0> {NOT_THERE}", marked)
    doubts = [f"no paper [{key}] in the library" for key in _keys(text) if key not in papers]
    doubts += [f"no cited paper says “{quote}”" for quote in false]
    doubts += _sentence_doubts(text, said, false) if cited else [UNCITED]
    return Answer(marked, tuple(_sources(workspace, papers, cited)), tuple(dict.fromkeys(doubts)))


def cited_in(workspace: Workspace, texts: Iterable[str]) -> list[str]:
    """Return the ids of the papers that these texts cite, each once, in their order."""
    papers = _papers(workspace)
    keys = dict.fromkeys(key for text in texts for key in _keys(text))
    return [papers[key] for key in keys if key in papers]


def _papers(workspace: Workspace) -> _Papers:
    return {key: id for id, key in workspace.citation_keys().items()}


def _said(workspace: Workspace, paper_id: str) -> str:
    return " ".join(passage.text for passage in workspace.store.facts.passages(paper_id))


def _keys(text: str) -> Iterator[str]:
    """Yield the citation keys, and what looks like one, between square brackets."""
    for found in _BRACKETS.finditer(text):
        names = _NAME.findall(found[1])
        yield from (name.lstrip("@") for name in names if _LIKE_A_KEY.fullmatch(name))


def _marked_keys(brackets: str, papers: _Papers) -> str:
    unknown = [key for key in _keys(brackets) if key not in papers]
    return f"{brackets} {NOT_THERE}" if unknown else brackets


def _sentence_doubts(text: str, said: Mapping[str, str], false: Iterable[str]) -> Iterator[str]:
    """Yield what speaks against each sentence that cites, and how many cite nothing."""
    uncited = 0
    for sentence in _sentences(text):
        keys = list(_keys(sentence))
        quoted = [said[key] for key in keys if key in said]
        plain = _BRACKETS.sub("", sentence)
        told = not quoted or any(quote in sentence for quote in false)
        if reason := "" if told else lack(plain, quoted):
            yield f"{_shortened(plain)}: {reason.replace('its quotes', 'what it cites')}"
        uncited += not keys
    if uncited:
        yield f"{uncited} sentence{'s cite' if uncited > 1 else ' cites'} nothing"


def _sentences(text: str) -> list[str]:
    """Return the sentences, each with the brackets and marks that follow it."""
    text = _AFTER_ITS_END.sub(r"\2\3\1", text)
    spans: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        if spans and text[start] in _GOES_ON:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [text[start:end] for start, end in spans]


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"


def _sources(workspace: Workspace, papers: _Papers, keys: list[str]) -> Iterator[Source]:
    for key, paper in zip(
        keys, workspace.store.papers.many([papers[k] for k in keys]), strict=True
    ):
        yield Source(key, paper.id, paper.title, tuple(paper.authors), paper.year)
