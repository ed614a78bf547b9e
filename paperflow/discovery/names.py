"""Papers by name: a DOI, an arXiv id, an address that holds one, or a list of them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from paperflow.discovery.gather import Told
from paperflow.records import Failure, Paper
from paperflow.sources import SOURCES, Answer, Finder, Source, collect
from paperflow.sources.web import Web
from paperflow.store.identity import bare_arxiv_id, bare_doi

# Who is asked for a name, one after the other, until it is known.
FINDERS = {
    "doi": ("crossref", "datacite", "openalex", "semantic_scholar", "europepmc"),
    "arxiv": ("arxiv", "semantic_scholar", "openalex", "huggingface"),
}
_DAILY = re.compile(
    r"https?://huggingface\.co/papers(?:/(?:date|week|month))?/(\d{4}-(?:\d{2}(?:-\d{2})?|W\d{2}))"
)
_ARXIV_NAME = re.compile(
    r"(?:https?://(?:[\w-]+\.)?arxiv\.org/(?:abs|pdf|html|e-print|src)/"
    r"|https?://huggingface\.co/papers/|arxiv:\s*)?"
    r"(\d{4}\.\d{4,5}|[a-z][a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?/?",
    re.IGNORECASE,
)
_DOI_NAME = re.compile(r"(?:doi:\s*|https?://\S+?/|https?://\S+?[?&=])?(10\.\d[\d.]*/\S+)", re.I)
_ARXIV_DOI = "10.48550/arxiv."
_LONGEST_LIST = 1 << 20  # bytes of a file that may be a list of names


def paper_name(text: str) -> str:
    """Return "doi:…" or "arxiv:…" for a DOI, an arXiv id, or an address with one, else ""."""
    text = text.strip().strip("<>\"'").rstrip(".,;")
    if found := _ARXIV_NAME.fullmatch(text):
        return f"arxiv:{found[1].lower()}"
    if found := _DOI_NAME.fullmatch(text):
        doi = bare_doi(found[1].partition("?")[0].partition("#")[0])
        if doi.startswith(_ARXIV_DOI):
            return f"arxiv:{bare_arxiv_id(doi.removeprefix(_ARXIV_DOI))}"
        return f"doi:{doi}" if doi else ""
    return ""


def daily_page(text: str) -> str:
    """Return the day, week, or month of a Hugging Face page of daily papers, or ""."""
    found = _DAILY.fullmatch(text.strip().rstrip("/"))
    return found[1] if found else ""


def is_address(text: str) -> bool:
    """Tell whether a text is an address on the web."""
    return text.strip().lower().startswith(("http://", "https://"))


def names_in(path: Path) -> list[str]:
    """Return the names in a file that is a list of nothing else, one a line; else []."""
    try:
        if path.suffix.lower() not in {".txt", ""} or path.stat().st_size > _LONGEST_LIST:
            return []
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return []
    stated = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    names = [paper_name(line) for line in stated]
    return names if names and all(names) else []


def find_papers(
    names: Sequence[str],
    web: Web,
    *,
    given: Mapping[str, Source] | None = None,
    told: Told | None = None,
) -> Iterator[Paper | Failure]:
    """Yield the papers of these names, and a Failure for each that no source knows."""
    for scheme, order in FINDERS.items():
        missing = list(dict.fromkeys(name for name in names if name.startswith(f"{scheme}:")))
        reasons: dict[str, str] = {}
        for source in order if missing else ():
            finder = (given or {}).get(source) or SOURCES.load(source)(web)
            answer = _found(source, finder, missing)
            yield from answer.papers
            missing = _still_missing(missing, answer.papers)
            reasons[source] = answer.note or "does not know it"
            if told:
                told(answer)
            if not missing:
                break
        reason = "; ".join(f"{source}: {text}" for source, text in reasons.items())
        yield from (Failure(item=name, reason=reason) for name in missing)


def find_daily(when: str, web: Web) -> Iterable[Paper | Failure]:
    """Return the daily papers of a day, week, or month, and a Failure where they broke off."""
    from paperflow.sources.hugging_face import HuggingFace

    answer = collect("huggingface", lambda: HuggingFace(web).daily(when))
    broken = [Failure(item=f"daily papers of {when}", reason=answer.note)]
    return [*answer.papers, *(broken if answer.status != "ok" else [])]


def _found(name: str, source: Source, missing: Sequence[str]) -> Answer:
    if not isinstance(source, Finder):
        return Answer(name=name, status="skipped", note="looks up no names")
    return collect(name, lambda: source.find(missing))


def _still_missing(names: Sequence[str], papers: Iterable[Paper]) -> list[str]:
    known = {name for paper in papers for name in (f"doi:{paper.doi}", f"arxiv:{paper.arxiv_id}")}
    return [name for name in names if name not in known]
