"""Stand-ins for the services: pages, look-ups, and citations in their documented forms.

`find` tells what a query finds. All papers of a service's own form are made of Papers, so
a test can compare what went in with what came out.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from paperflow.records import Paper
from tests.sources.loopback import Reply, Seen

Find = Callable[[str], Sequence[Paper]]
Service = Callable[[Find, Seen], Reply]


def as_json(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _window(papers: Sequence[Paper], start: str, count: str) -> Sequence[Paper]:
    return papers[int(start) : int(start) + int(count)]


def _parts(name: str) -> tuple[str, str]:
    given, _, family = name.rpartition(" ")
    return given, family


def _doi(paper: Paper) -> str:
    return paper.doi or (f"10.48550/arXiv.{paper.arxiv_id}" if paper.arxiv_id else "")


def arxiv(find: Find, seen: Seen) -> Reply:
    query = seen.params.get("search_query", "")
    if query:
        papers = find(re.sub(r"all:", "", query).replace(" OR ", " "))
    else:
        papers = [p for arxiv in seen.params["id_list"].split(",") for p in find(f"arxiv:{arxiv}")]
    shown = _window(papers, seen.params["start"], seen.params["max_results"])
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom"><title>arXiv Query</title>'
        f"<opensearch:totalResults>{len(papers)}</opensearch:totalResults>"
        f"{''.join(map(_entry, shown))}</feed>"
    )
    return Reply(200, feed.encode(), {"Content-Type": "application/atom+xml"})


def _entry(paper: Paper) -> str:
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in paper.authors)
    doi = f"<arxiv:doi>{paper.doi}</arxiv:doi>" if paper.doi else ""
    return (
        f"<entry><id>http://arxiv.org/abs/{paper.arxiv_id}v2</id><title>{escape(paper.title)}"
        f"</title><published>{paper.date}T00:00:00Z</published><summary>{escape(paper.abstract)}"
        f"</summary>{authors}{doi}<arxiv:primary_category term='cs.LG'/></entry>"
    )


def datacite(find: Find, seen: Seen) -> Reply:
    query = seen.params["query"]
    named = re.findall(r'"([^"]+)"', query) if query.startswith("doi:(") else []
    papers = [p for doi in named for p in find(_named(doi))] if named else list(find(query))
    size, page = int(seen.params["page[size]"]), int(seen.params.get("page[number]", 1))
    shown = papers[(page - 1) * size : page * size]
    meta = {"total": len(papers), "totalPages": -(-len(papers) // size)}
    return as_json({"data": [_datacite(paper) for paper in shown], "meta": meta})


def _named(doi: str) -> str:
    own = doi.lower().removeprefix("10.48550/arxiv.")
    return f"doi:{doi.lower()}" if own == doi.lower() else f"arxiv:{own}"


def _datacite(paper: Paper) -> dict[str, Any]:
    people = [dict(zip(("givenName", "familyName"), _parts(a), strict=True)) for a in paper.authors]
    return {
        "id": _doi(paper),
        "attributes": {
            "doi": _doi(paper),
            "titles": [{"title": paper.title}],
            "creators": people,
            "publicationYear": paper.year,
            "types": {"resourceTypeGeneral": "Preprint"},
            "descriptions": [{"description": paper.abstract, "descriptionType": "Abstract"}],
        },
    }


def crossref(find: Find, seen: Seen) -> Reply:
    if seen.path != "/works":
        found = find(f"doi:{unquote(seen.path.removeprefix('/works/')).lower()}")
        if not found:
            return Reply(404, b"Resource not found.")
        return as_json({"status": "ok", "message": _crossref(found[0])})
    papers = find(seen.params["query.bibliographic"])
    shown = _window(papers, seen.params["offset"], seen.params["rows"])
    message = {"total-results": len(papers), "items": [_crossref(paper) for paper in shown]}
    return as_json({"status": "ok", "message-type": "work-list", "message": message})


def _crossref(paper: Paper) -> dict[str, Any]:
    people = [dict(zip(("given", "family"), _parts(name), strict=True)) for name in paper.authors]
    return {
        "DOI": _doi(paper).upper(),
        "title": [paper.title],
        "author": people,
        "abstract": f"<jats:p>{escape(paper.abstract)}</jats:p>" if paper.abstract else "",
        "published": {"date-parts": [[paper.year]]},
        "type": "journal-article",
        "reference": [{"DOI": name.removeprefix("doi:")} for name in paper.references],
    }


def openalex(find: Find, seen: Seen) -> Reply:
    if seen.path != "/works":
        found = find(_named(unquote(seen.path.removeprefix("/works/doi:"))))
        return as_json(_openalex(found[0])) if found else as_json({"error": "not found"}, 404)
    asked = seen.params.get("search") or seen.params["filter"]
    papers = [p for name in asked.removeprefix("openalex:").split("|") for p in find(name)]
    size = int(seen.params["per_page"])
    place = seen.params.get("cursor", "")
    start = int(place.replace("*", "0")) if place else (int(seen.params["page"]) - 1) * size
    after = str(start + size) if start + size < len(papers) else None
    meta = {"count": len(papers), "next_cursor": after}
    shown = papers[start : start + size]
    return as_json({"meta": meta, "results": [_openalex(paper) for paper in shown]})


def _openalex(paper: Paper) -> dict[str, Any]:
    index: dict[str, list[int]] = {}
    for place, word in enumerate(paper.abstract.split()):
        index.setdefault(word, []).append(place)
    return {
        "id": f"https://openalex.org/W{abs(hash_of(paper))}",
        "doi": f"https://doi.org/{_doi(paper)}" if _doi(paper) else None,
        "title": paper.title,
        "publication_year": paper.year,
        "authorships": [{"author": {"display_name": name}} for name in paper.authors],
        "abstract_inverted_index": index or None,
        "referenced_works": [f"https://openalex.org/{name}" for name in paper.references],
        "primary_location": {"source": {"display_name": paper.venue}} if paper.venue else None,
    }


def hash_of(paper: Paper) -> int:
    return int(paper.content_hash[:8], 16)


_SAID = {
    "contexts": ["We build on it.", "It is known."],
    "intents": ["methodology", "background"],
    "contextsWithIntent": [
        {"context": "We build on it.", "intents": ["methodology"]},
        {"context": "It is known.", "intents": ["background"]},
    ],
}


def semantic_scholar(find: Find, seen: Seen) -> Reply:
    if seen.path.endswith("/batch"):
        found = [find(_lower(name)) for name in json.loads(seen.body)["ids"]]
        return as_json([_scholar(papers[0]) if papers else None for papers in found])
    if "/forpaper/" in seen.path:
        return as_json({"recommendedPapers": [_scholar(paper) for paper in find("recommended")]})
    side = seen.path.rpartition("/")[2]
    papers = find(seen.params["query"] if side == "search" else side)
    start, count = seen.params["offset"], seen.params["limit"]
    shown = _window(papers, start, count)
    other = {"references": "citedPaper", "citations": "citingPaper"}.get(side, "")
    rows = [{**_SAID, other: _scholar(paper)} if other else _scholar(paper) for paper in shown]
    after = int(start) + int(count)
    following = {"next": after} if after < len(papers) else {}
    return as_json({"offset": int(start), "total": len(papers), "data": rows, **following})


def _lower(name: str) -> str:
    scheme, _, value = unquote(name).partition(":")
    return f"{scheme.lower()}:{value}"


def _scholar(paper: Paper) -> dict[str, Any]:
    named = {"DOI": paper.doi, "ArXiv": paper.arxiv_id}
    return {
        "paperId": paper.content_hash,
        "externalIds": {name: text for name, text in named.items() if text},
        "title": paper.title,
        "abstract": paper.abstract or None,
        "year": paper.year,
        "venue": paper.venue,
        "authors": [{"authorId": None, "name": name} for name in paper.authors],
    }


def europe_pmc(find: Find, seen: Seen) -> Reply:
    query = seen.params["query"]
    named = re.findall(r'DOI:"([^"]+)"', query)
    papers = [p for doi in named for p in find(f"doi:{doi}")] if named else find(query)
    start = int(seen.params["cursorMark"].replace("*", "0"))
    after = start + int(seen.params["pageSize"])
    rows = [_europe_pmc(paper) for paper in papers[start:after]]
    following = {"nextCursorMark": str(after)} if after < len(papers) else {}
    return as_json({"hitCount": len(papers), "resultList": {"result": rows}, **following})


def _europe_pmc(paper: Paper) -> dict[str, Any]:
    people = [dict(zip(("firstName", "lastName"), _parts(n), strict=True)) for n in paper.authors]
    return {
        "id": paper.content_hash[:8],
        "source": "MED",
        "doi": _doi(paper),
        "title": f"{paper.title}.",
        "abstractText": f"<h4>Background</h4>{escape(paper.abstract)}" if paper.abstract else "",
        "authorList": {"author": people},
        "pubYear": str(paper.year),
    }


def openreview(find: Find, seen: Seen) -> Reply:
    if seen.headers.get("authorization") != "Bearer secret-token":
        return as_json({"name": "ChallengeRequiredError"}, 403)
    papers = find(seen.params["term"])
    shown = _window(papers, seen.params["offset"], seen.params["limit"])
    return as_json({"notes": [_note(paper) for paper in shown], "count": len(papers)})


def _note(paper: Paper) -> dict[str, Any]:
    fields = {"title": paper.title, "abstract": paper.abstract, "authors": list(paper.authors)}
    content = {name: {"value": value} for name, value in fields.items()}
    pdf = {"pdf": {"value": f"/pdf/{paper.content_hash}.pdf"}}
    return {"id": paper.content_hash[:10], "forum": paper.content_hash[:10],
            "content": content | pdf, "pdate": 1_600_000_000_000}  # fmt: skip


def hugging_face(find: Find, seen: Seen) -> Reply:
    if seen.path == "/api/papers/search":
        papers = find(seen.params["q"])[: int(seen.params["limit"])]
    elif seen.path == "/api/daily_papers":
        start = int(seen.params["p"]) * int(seen.params["limit"])
        papers = find("daily")[start : start + int(seen.params["limit"])]
    else:
        papers = find(f"arxiv:{seen.path.rpartition('/')[2]}")
        return as_json(_card(papers[0])["paper"]) if papers else as_json({"error": "none"}, 404)
    return as_json([_card(paper) for paper in papers])


def _card(paper: Paper) -> dict[str, Any]:
    inner = {
        "id": paper.arxiv_id, "title": paper.title, "summary": paper.abstract,
        "authors": [{"name": name} for name in paper.authors],
        "publishedAt": f"{paper.date}T00:00:00.000Z",
    }  # fmt: skip
    return {"paper": inner, "title": paper.title}


SERVICES: dict[str, Service] = {
    "arxiv": arxiv,
    "crossref": crossref,
    "datacite": datacite,
    "europepmc": europe_pmc,
    "huggingface": hugging_face,
    "openalex": openalex,
    "openreview": openreview,
    "semantic_scholar": semantic_scholar,
}
