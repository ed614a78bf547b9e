r"""The bibliography of a LaTeX source: \bibitem entries, a .bbl file, or .bib files."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from paperflow.readers.bibtex import paper as paper_of_entry
from paperflow.readers.bibtex_entries import Entries
from paperflow.readers.bibtex_entries import Entry as BibEntry
from paperflow.readers.builder import without_links
from paperflow.readers.fields import BadRecord, one_line
from paperflow.readers.file import File
from paperflow.readers.references import parse, take_authors
from paperflow.readers.tex.files import Source
from paperflow.readers.tex.source import argument, option
from paperflow.records import Paper

_ITEM = re.compile(r"\\bibitem\b")
_FILES = re.compile(r"\{([^{}]*)\}")
_RESOURCE = re.compile(r"\\addbibresource\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}")
_INLINE = re.compile(
    r"\\begin\s*\{filecontents\*?\}(?:\s*\[[^\]]*\])?\s*\{([^{}]*\.bib)\}(.*?)\\end\s*\{filecontents",
    re.DOTALL,
)
_PREAMBLE = re.compile(
    r"\\(?:providecommand|expandafter|newcommand|def)\b.*?(?=\\bibitem)", re.DOTALL
)
_MAX_ENTRIES = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `text` as LaTeX, in `parts` where it says what they are; `work` where known."""

    key: str
    label: str
    text: str
    parts: Sequence[str] = ()
    work: Paper | None = None


def entries(source: Source, text: str, command: str, asked: Mapping[str, None]) -> list[Entry]:
    """Return the entries that a bibliography command prints, looked for in the source's files."""
    named = _FILES.search(command)
    files = [name.strip() for name in named[1].split(",")] if named else []
    files += [found[1].removesuffix(".bib") for found in _RESOURCE.finditer(text)]
    bbl = source.first(
        f"{source.name}.bbl", *(f"{name}.bbl" for name in files), "main.bbl", "ms.bbl", "output.bbl"
    )
    if bbl and _ITEM.search(bbl[1]):
        return printed(bbl[1])
    held = {found[1].removesuffix(".bib"): found[2] for found in _INLINE.finditer(text)}
    texts = [
        held.get(name) or source.get(f"{name.removesuffix('.bib')}.bib")
        for name in dict.fromkeys((*files, *held))
    ]
    return _cited([entry for item in texts if item for entry in _entries(item)], asked)


def printed(text: str) -> list[Entry]:
    r"""Return the entries of a thebibliography environment."""
    text = re.sub(r"(?<!\\)%[^\n]*\n?", "", text)
    text = text.partition("\\end{thebibliography}")[0]
    starts = [found.end() for found in _ITEM.finditer(text)][:_MAX_ENTRIES]
    ends = [found.start() for found in _ITEM.finditer(text)][1:]
    return [_item(text[start:end]) for start, end in zip(starts, [*ends, len(text)], strict=False)]


def _item(text: str) -> Entry:
    label, at = option(text, 0)
    key, at = argument(text, at)
    body = re.sub(
        r"\\(?:bibinfo|bibfield|bibnamefont|bibfnamefont|href@noop|BibitemOpen|BibitemShut|natexlab)\b(?:\s*\{(?:author|title|journal|volume|pages|year|number|publisher|booktitle|editor|address|NoStop|note|series|edition|school|doi|eprint|url|institution)\s*\})?",
        "",
        text[at:],
    )
    parts = list(re.split(r"\\newblock\b", body)) if "\\newblock" in body else []
    return Entry(key.strip(), _label(label or ""), body.replace("\\newblock", " "), parts)


def _label(label: str) -> str:
    """Return natbib's "Ho et~al.(2020)Ho, Jain, and Abbeel" as "Ho et al., 2020"."""
    label = re.sub(r"\\natexlab\s*\{([^{}]*)\}", r"\1", label)
    label = re.sub(r"\{([^{}]*)\}", r"\1", label)
    found = re.match(r"\s*(.+?)\s*\(((?:19|20)\d\d[a-z]?|n\.d\.)\)", one_line(label))
    return f"{found[1]}, {found[2]}" if found else label


def work_of(text: str, parts: Sequence[str]) -> Paper:
    r"""Return what a printed entry says; \newblock parts its authors, title and venue."""
    text = one_line(without_links(text))
    work = parse(text)
    plain = [one_line(without_links(part)).strip() for part in parts]
    if len(plain) < 2 or not plain[0]:
        return work
    authors, left = take_authors(plain[0])
    title = plain[1].rstrip(".,")
    if re.fullmatch(r"(?:19|20)\d\d[a-z]?", title) and len(plain) > 2:
        title = plain[2].rstrip(".,")
    quoted = re.match(r"[“\"](.+?)[,.]?[”\"]", title)
    return (
        replace(work, title=quoted[1] if quoted else title, authors=tuple(authors) or work.authors)
        if not left or authors
        else work
    )


def _entries(text: str) -> Iterable[BibEntry]:
    data = text.encode()
    file = File(io.BytesIO(data), "bib", data[:1000])
    return [item for item in Entries(file) if isinstance(item, BibEntry)]


def _cited(found: Sequence[BibEntry], asked: Mapping[str, None]) -> list[Entry]:
    """Return the entries that are cited, in the order of their citation."""
    known = {entry.key: entry for entry in found}
    wanted = [key for key in asked if key in known] if "*" not in asked else list(known)
    out = []
    for key in wanted[:_MAX_ENTRIES]:
        try:
            work = paper_of_entry(known[key])
        except BadRecord:
            continue
        out.append(Entry(key, "", _sentence(work), (), replace(work, sources=("reference",))))
    return out


def _sentence(work: Paper) -> str:
    """Print an entry as a plain bibliography style does."""
    people = (
        ", ".join(work.authors[:-1])
        + (" and " if len(work.authors) > 1 else "")
        + "".join(work.authors[-1:])
    )
    venue = ", ".join(filter(None, (work.venue, work.volume, work.pages, str(work.year or ""))))
    text = ". ".join(part.rstrip(".") for part in (people, work.title, venue) if part)
    identifier = (
        f" doi:{work.doi}." if work.doi else f" arXiv:{work.arxiv_id}." if work.arxiv_id else ""
    )
    return f"{text}.{identifier}"


def stem(name: str) -> str:
    """Return a file's name without folder and ending."""
    return PurePosixPath(name).stem
