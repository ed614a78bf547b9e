"""A printed reference to its parts: authors, title, year, venue, pages, DOI, arXiv id.

Rules, from the surest to the least: identifiers are taken out first, then names are read
from the front as long as they are names, the year where it stands by itself, the title up to
where its sentence ends. What is not sure stays empty; the printed text is kept beside it.
"""

import re
from dataclasses import dataclass

from paperflow.readers.fields import one_line
from paperflow.records import Paper
from paperflow.store.identity import bare_arxiv_id, bare_doi

_U = "A-Z\u00c0-\u00de\u0100-\u017f\u0386-\u03ab\u0400-\u042f"
_PARTICLE = r"(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ter|ten|zu|af)\s+)"
_FAMILY = rf"{_PARTICLE}{{0,3}}(?:[dDOLM]['’c])?(?:al-)?[{_U}][\w’'-]*[\w](?:\s?-\s?[{_U}][\w’']+)*"
_INITIALS = rf"(?:[{_U}]|Yu|Ch|Th|Zh)\.(?:\s?-?\s?[{_U}][a-z]?\.)*"
_SUFFIX = r"(?:,?\s+(?:Jr|Sr|I{2,3}|IV)\b\.?)?"
_FORMS = (
    rf"{_INITIALS}\s?(?:[{_U}][\w’'-]+\s)?{_FAMILY}(?:\s{_FAMILY})?{_SUFFIX}",  # A. B. Name
    rf"{_FAMILY}(?:\s{_FAMILY})?{_SUFFIX},\s?{_INITIALS}{_SUFFIX}",  # Name, A. B.
    rf"{_FAMILY}(?:\s{_FAMILY})?,?\s[{_U}]{{1,3}}\b(?!\.\w)",  # Name AB
    rf"{_FAMILY}\s{_INITIALS}",  # Name A. B.
    rf"[{_U}][\w’'-]+(?:\s(?:[{_U}]\.?-?)+(?=\s)|\s[{_U}][\w’'-]+){{0,2}}\s{_FAMILY}{_SUFFIX}",
    rf"{_FAMILY},\s[{_U}][\w’'-]+(?:\s[{_U}][\w’'-]+)?(?:\s[{_U}]\.)*",  # Name, Ada
)
_NAMES = tuple(re.compile(form) for form in _FORMS)
_BETWEEN = re.compile(r"\s*(?:,?\s*(?:and|&|und|et|y)\s+|[,;]\s*(?:and\s+|&\s*)?)")
_ET_AL = re.compile(r"\s*[,;]?\s*(?:and\s+)?(?:et\s*al\b\.?|others\b\.?|\.\.\.|…)")
_EDITORS = re.compile(r"\s*,?\s*\(?\b(?:eds?|editors?|hrsg)\b\.?\)?", re.IGNORECASE)
_LABEL = re.compile(r"\s*(?:\[[^\[\]]{1,40}\]|\(\d{1,3}\)|\d{1,3}\.(?=\s))\s*")
_URL = re.compile(
    r"(?:URL:?\s*|available\s+(?:at|from):?\s*)?<?(https?://[^\s<>]+|www\.[^\s<>]+)>?", re.I
)
_DOI = re.compile(
    r"(?:doi\s*:?\s*)?(?:https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/[^\s,;]+[^\s,;.])", re.I
)
_ARXIV = re.compile(
    r"(?:CoRR,?\s*|arXiv\s+(?:e-)?prints?,?\s*)*(?:arXiv\s*:\s*|abs/|arXiv\s+)"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\s*\[[\w.-]+\])?", re.I
)  # fmt: skip
_YEAR = re.compile(r"(?<![\w:/–—-])((?:1[5-9]|20)\d\d)([a-z])?(?![\w/–—]|-\d|\(\d|:\d)")
_PAREN_YEAR = re.compile(
    r"[(\[](?:[^()\[\]]{0,24}[\s,])?((?:1[5-9]|20)\d\d)([a-z])?(?:[,\s/][^()\[\]]{0,20})?[)\]]"
)
_QUOTED = re.compile(
    r"[“\"„«](.{8,400}?)[”\"“»](?!\w)|``(.{8,400}?)(?:''|”)|‘(.{12,300}?)[.,]?’(?=[\s,.;])"
)
_PAGES = re.compile(
    r"\b(?:pp?|pages?|S)\.?\s*(\d+)\s*[-–—]+\s*(\d+)|[,:]\s*(\d{1,5})\s*[-–—]+\s*(\d{1,5})"
)
_VOLUME = re.compile(
    r"\b(?:vol(?:ume)?|Bd)\.?\s*(\d+)"
    r"|[\s,](\d{1,4})\s*(?:\(([\w–-]{1,8})\))?\s*[:,]\s*(?:pp?\.\s*)?[A-Z]?\d",
    re.I,
)
_END = re.compile(
    r"(?<=[\w)\]”\"’'$?!])(?:\.(?=\s|$)|[?!](?=\s))(?!\s*(?!pp?\.|arXiv|in\s|vol|ed)[a-z])"
)
_SHORT = re.compile(
    rf"(?:^|[\s(])(?:[{_U}]|vs|al|Jr|Sr|St|Dr|No|Vol|pp|ed|eds|Proc|Conf|Int|Int’l|Trans|J|Univ"
    rf"|Symp|Ann|Rev|Lett|Phys|Math|Sci|Am|Soc|Natl|Acad|Res|Comput|Mach|Learn|Adv|Process|Syst"
    rf"|Neural|Inf|Technol|Eng|Med|Biol|Chem|i\.e|e\.g|cf)$"
)
_IN = re.compile(r"[,.]?\s+(?:In:?|in:)\s+(?=\S)|[,.]\s+in\s+(?=[A-Z])")
_VENUE_START = re.compile(
    rf",\s+(?=(?:in\s+)?(?:Proc|Proceedings|Journal|Trans|IEEE|ACM|Phys|Ann|Nature|Science|arXiv"
    rf"|Adv|Advances"
    rf"|Int|J\.|Comm|Commun|SIAM|Math|Nucl|Rev|Lett|Bull|Astro|Mon|Eur|Publ|PhD|Ph\.D|Master"
    rf"|Springer"
    rf"|Cambridge|Oxford|Elsevier|Wiley|MIT|Princeton|[{_U}][\w.]+\s+(?:J|Phys|Math|Lett|Rev)\.))"
)
_TAIL = re.compile(
    r"[,.;:]?\s*(?:\b(?:vol(?:ume)?|no|pp?|pages?|number|issue|ser)\b\.?\s*\d|\d|\((?:19|20)?\d"
    r"|\bedited\b|URL\b|doi\b"
    r"|\b(?:Eds?|editors?)\b)",
    re.I,
)


@dataclass(slots=True)
class _Rest:
    """What is left of the text, and what was found so far."""

    text: str
    found: dict[str, str]

    def take(self, pattern: re.Pattern[str], name: str) -> None:
        """Move what `pattern` finds to `found`."""
        if match := pattern.search(self.text):
            self.found[name] = next(filter(None, match.groups()), "")
            self.text = f"{self.text[: match.start()]} {self.text[match.end() :]}".strip()


def parse(text: str, *, source: str = "reference") -> Paper:
    """Return what a printed reference says; an empty title where none can be told."""
    rest = _Rest(one_line(_LABEL.sub("", text, count=1) if _LABEL.match(text) else text), {})
    _identifiers(rest)
    authors, rest.text = take_authors(rest.text)
    year, letter = _year(rest)
    title, venue = _title_and_venue(rest.text)
    volume = _VOLUME.search(venue)
    pages = _PAGES.search(rest.text)
    numbers = [part for part in pages.groups() if part] if pages else []
    return Paper(
        title=title,
        authors=tuple(authors),
        year=year,
        venue=_venue(venue),
        volume=(volume[1] or volume[2] or "") if volume else "",
        issue=(volume[3] or "") if volume else "",
        pages="-".join(numbers),
        doi=bare_doi(rest.found.get("doi", "")),
        arxiv_id=bare_arxiv_id(rest.found.get("arxiv", "")),
        url=rest.found.get("url", "").rstrip(".,;)"),
        sources=(source,),
        extra={"year_letter": letter} if letter else {},
    )


def _identifiers(rest: _Rest) -> None:
    rest.take(_DOI, "doi")
    rest.take(_ARXIV, "arxiv")
    rest.take(_URL, "url")
    if "arxiv.org/" in rest.found.get("url", ""):
        rest.found.setdefault("arxiv", rest.found["url"])


def take_authors(text: str) -> tuple[list[str], str]:
    """Return the names at the front of a reference, and what follows them."""
    best: tuple[list[str], int] = ([], 0)
    for form in _NAMES:
        found = _list_of(form, text)
        if (found[1] > best[1]) and _ends_list(text, found[1]):
            best = found
    names, end = best
    if not names:
        return _group_author(text)
    if more := _ET_AL.match(text, end):
        end = more.end()
    if editors := _EDITORS.match(text, end):
        end = editors.end()
    return [_display(name) for name in names], text[end:].lstrip(" .,:;")


def _list_of(form: re.Pattern[str], text: str) -> tuple[list[str], int]:
    """Return names of one form, where a list may go on in another (the first is inverted)."""
    names: list[str] = []
    end = 0
    while len(names) < 200:
        found = form.match(text, end) or (_other(text, end) if names else None)
        if not found:
            break
        names.append(found[0])
        last = found.end()
        between = _BETWEEN.match(text, last)
        if not between or _QUOTED.match(text, between.end()):
            return names, last
        end = between.end()
    return names, last if names else 0


def _other(text: str, start: int) -> re.Match[str] | None:
    """Return a name with initials in whatever form; a full name only after "and"."""
    forms = _NAMES if re.search(r"(?:and|&)\s+$", text[:start]) else _NAMES[:2]
    return next((found for form in forms if (found := form.match(text, start))), None)


def _ends_list(text: str, end: int) -> bool:
    """Tell whether names may end here: at a stop, a year, or something in quotes."""
    return bool(
        end == len(text)
        or _ET_AL.match(text, end)
        or _EDITORS.match(text, end)
        or re.match(
            r"\s*[.,:;]|\s*[(\[]\s*(?:1[5-9]|20)\d\d|\s*[“\"„‘`]|\s+(?:1[5-9]|20)\d\d\b", text[end:]
        )
        or text[end - 1] == "."
    )


def _group_author(text: str) -> tuple[list[str], str]:
    """Return what stands before a year in brackets as one name, where it is short."""
    found = re.match(r"([^.()“\"]{2,60}?)[.,]?\s*\((?:1[5-9]|20)\d\d[a-z]?\)", text)
    if found and len(found[1].split()) <= 6:
        return [found[1].strip()], text[found.end(1) :].lstrip(" .,")
    return [], text


def _display(name: str) -> str:
    """Return "First Last" of a name in any of the forms."""
    name = " ".join(name.split())
    if comma := re.match(r"([^,]+),\s?(.+)", name):
        return f"{comma[2]} {comma[1]}" if not re.match(r"(?:Jr|Sr)", comma[2]) else name
    if short := re.fullmatch(rf"(.{{2,}}?),?\s([{_U}]{{1,3}})", name):
        return f"{short[2]} {short[1]}"
    if after := re.fullmatch(rf"(\S{{2,}}(?:\s\S{{2,}})?)\s({_INITIALS})", name):
        return f"{after[2]} {after[1]}"
    return name


def _year(rest: _Rest) -> tuple[int | None, str]:
    """Take the year: in brackets, else right after the authors, else the last one."""
    bracketed = _PAREN_YEAR.search(rest.text)
    first = re.match(
        r"[\s,.(\[]*((?:1[5-9]|20)\d\d)([a-z])?\b(?:,\s[A-Z][a-z]+[ \d]*(?=\)))?[)\].,:;]*\s*",
        rest.text,
    )
    plain = list(_YEAR.finditer(rest.text))
    found = first or bracketed or (plain[-1] if plain else None)
    if not found:
        return None, ""
    if first:
        rest.text = rest.text[found.end() :]
    elif bracketed and bracketed.start() < 2:
        rest.text = rest.text[found.end() :].lstrip(" .,:;")
    return int(found[1]), found[2] or ""


def _title_and_venue(text: str) -> tuple[str, str]:
    """Split what follows the authors at the end of the title."""
    if quoted := _QUOTED.search(text[:600]):
        title = next(filter(None, quoted.groups()))
        return title.strip(" ,.;"), text[quoted.end() :].lstrip(" ,.;")
    stop = _first_stop(text)
    inside = _IN.search(text, 8, stop if stop else len(text))
    if inside:
        return text[: inside.start()].strip(" ,.;"), text[inside.end() :]
    venue = _VENUE_START.search(text, 0, stop if stop else len(text))
    if venue:
        return text[: venue.start()].strip(" ,.;"), text[venue.end() :]
    if not stop:
        return _without_tail(text)
    return text[:stop].strip(" ,.;"), text[stop:].lstrip(" .,;")


def _first_stop(text: str) -> int:
    """Return where the first sentence ends, 0 where it does not."""
    for found in _END.finditer(text):
        if not _SHORT.search(text[: found.start()]) and found.start() > 5:
            return found.end()
    return 0


def _without_tail(text: str) -> tuple[str, str]:
    """A text without a stop: title up to the first comma before numbers, if it reads like one."""
    tail = _TAIL.search(text)
    head = text[: tail.start()] if tail else text
    title, comma, venue = head.rpartition(", ")
    if comma and len(title.split()) > 2:
        return title.strip(" ,.;"), venue + text[len(head) :]
    words = len(head.split())
    return (head.strip(" ,.;"), text[len(head) :]) if words > 3 else ("", text)


def _venue(text: str) -> str:
    """Return the name of the venue: what stands before volume, pages, and year."""
    text = re.sub(r"^(?:In:?|in:?)\s+", "", text.strip(" .,;"))
    text = re.sub(r"^[^.]{3,160}?\((?:Eds?|editors?|eds)\.?\),?\s*", "", text)
    text = re.sub(
        rf"^(?:{_INITIALS}\s?{_FAMILY}(?:,\s(?:and\s)?"
        rf"|\sand\s))+{_INITIALS}\s?{_FAMILY},?\s(?:editors?,\s)?",
        "",
        text,
    )
    tail = _TAIL.search(text)
    head = text[: tail.start()] if tail else text
    head = re.split(r"(?<=[a-z)]{3})\.\s+(?=[A-Z])", head, maxsplit=1)[0]
    return "" if head.lower().startswith(("arxiv", "corr")) else head.strip(" ,.;:(")
