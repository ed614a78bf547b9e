"""Real papers: what their sources, their editors, or other programs say stands in them."""

import io
import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from report import Row

from paperflow.documents import Document
from paperflow.readers import READERS, File
from paperflow.readers.file import HEAD
from paperflow.readers.markers import find_citations
from paperflow.readers.references import parse
from paperflow.store.identity import normal
from reading_bench.score import Score

_NUMBER = re.compile(r"^(?:Figure|Table)\s*\d+\s*[.:]\s*")


def read_all(path: Path, kind: str, data: bytes | None = None) -> Iterator[Document]:
    """Yield the documents of a file."""
    content = path.read_bytes() if data is None else data
    for item in READERS.load(kind).read(File(io.BytesIO(content), str(path), content[:HEAD], path)):
        assert isinstance(item, Document), item
        yield item


def _rows(name: str, scores: dict[str, Score]) -> list[Row]:
    rows = []
    for measure, score in scores.items():
        note = f"precision {score.precision:.3f}, recall {score.recall:.3f} of {score.wanted}"
        rows.append(Row(f"{name}: {measure}", score.f1, "F1", note=note))
        for wrong in score.wrong[:12]:
            print(f"  {name}, {measure}: {wrong[:160]}")
    return rows


def latex_pdf_rows(data: Path, *, quick: bool) -> list[Row]:
    """Compare PDFs with their LaTeX: headings, captions, references, and citation links."""
    folder = data / "pdf-latex"
    gold = json.loads((folder / "gold_from_latex.json").read_text("utf-8"))
    names = ("title", "headings", "captions", "reference titles", "citation links")
    scores = {name: Score() for name in names}
    for stem, truth in gold.items():
        (found,) = read_all(folder / f"{stem}.pdf", "pdf")
        (source,) = read_all(folder / f"{stem}.tex", "tex")
        scores["title"].add([normal(found.paper.title)], [normal(truth["title"])], stem)
        sections = [s.title for s in found.sections if normal(s.title) != "references"]
        scores["headings"].add(map(normal, sections), map(normal, truth["sections"]), stem)
        scores["captions"].add(_captions(found), _captions(source), stem)
        titles = [normal(r.work.title) for r in found.references]
        scores["reference titles"].add(titles, map(normal, truth["reftitles"]), stem)
        scores["citation links"].add(_cited(found), _cited(source), stem)
    return _rows("6 papers by their LaTeX", scores)


def _captions(document: Document) -> list[str]:
    """Return captions, letters of the running text only: formulas are printed differently."""
    parts = [f.block for f in document.figures] + [
        t.block for t in document.tables if t.block is not None
    ]
    texts = (re.sub(r"\$[^$]*\$", "", document.blocks[n].text) for n in parts)
    return [normal(_NUMBER.sub("", text))[:60] for text in texts]


def _cited(document: Document) -> list[str]:
    """Return the title of every target of every citation."""
    return [
        normal(document.references[target].work.title)[:40]
        for link in document.citations()
        for target in link.targets
    ]


def acl_rows(data: Path, *, quick: bool) -> list[Row]:
    """Compare a paper in two columns with what GROBID read of it."""
    folder = data / "pdf-acl"
    (found,) = read_all(folder / "N18-3011.pdf", "pdf")
    (peer,) = read_all(folder / "N18-3011.tei.xml", "tei")
    names = ("title", "headings", "reference titles", "authors of references")
    scores = {name: Score() for name in names}
    scores["title"].add([normal(found.paper.title)], [normal(peer.paper.title)], "N18-3011")
    headings = [[normal(s.title) for s in item.sections] for item in (found, peer)]
    scores["headings"].add(*headings, "N18-3011")
    titles = [[normal(r.work.title) for r in item.references] for item in (found, peer)]
    scores["reference titles"].add(*titles, "N18-3011")
    people = [
        [normal(r.work.authors[0].split()[-1]) for r in item.references if r.work.authors]
        for item in (found, peer)
    ]
    scores["authors of references"].add(*people, "N18-3011")
    return _rows("a two-column paper beside GROBID", scores)


def jats_rows(data: Path, *, quick: bool) -> list[Row]:
    """Compare JATS with counts taken straight from its elements."""
    scores = {name: Score() for name in ("headings", "floats", "references", "citation links")}
    for path in sorted((data / "jats").glob("*.nxml")):
        (found,) = read_all(path, "jats")
        root = etree.parse(str(path), etree.XMLParser(load_dtd=False, resolve_entities=False))
        titles = [" ".join(t.itertext()) for t in root.findall(".//body//sec/title")]
        own = [s.title for s in found.sections]
        wanted = Counter(map(normal, titles))
        scores["headings"].add(
            (Counter(map(normal, own)) & wanted).elements(), wanted.elements(), path.name
        )
        floats = len(root.findall(".//fig")) + len(root.findall(".//table-wrap"))
        scores["floats"].add(
            range(len(found.figures) + len(found.tables)), range(floats), path.name
        )
        entries = len(root.findall(".//ref-list/ref"))
        scores["references"].add(range(len(found.references)), range(entries), path.name)
        cited = [
            x
            for x in root.findall(".//body//xref[@ref-type='bibr']")
            if "".join(x.itertext()).strip()
        ]
        targets = sum(len(x.get("rid", "").split()) for x in cited)
        scores["citation links"].add(
            range(sum(len(x.targets) for x in found.citations())), range(targets), path.name
        )
    return _rows("JATS", scores)


def reference_rows(data: Path, *, quick: bool) -> list[Row]:
    """Parse hand-labelled reference strings; a field is right when it is right to the letter."""
    rows = []
    for name in ("core",) if quick else ("core", "good"):
        right: Counter[str] = Counter()
        wanted: Counter[str] = Counter()
        for sequence in etree.parse(str(data / "references" / f"{name}.xml")).iter("sequence"):
            parts: dict[str, list[str]] = {}
            for part in sequence:
                parts.setdefault(part.tag, []).append((part.text or "").strip())
            found = parse(" ".join((part.text or "").strip() for part in sequence))
            for field, ok in _fields(parts, found.title, found.year, found.authors):
                wanted[field] += 1
                right[field] += ok
        for field in sorted(wanted):
            share = right[field] / wanted[field]
            rows.append(
                Row(f"references {name}: {field}", share, "share", note=f"of {wanted[field]}")
            )
    return rows


def _fields(
    parts: dict[str, list[str]], title: str, year: int | None, authors: tuple[str, ...]
) -> Iterator[tuple[str, bool]]:
    if "title" in parts:
        gold = normal(" ".join(parts["title"]))
        yield "title", normal(title) == gold
        yield (
            "title, one in the other",
            bool(title) and (gold in normal(title) or normal(title) in gold),
        )
    if years := re.findall(r"(?:1[5-9]|20)\d\d", " ".join(parts.get("date", ()))):
        yield "year", str(year) in years
    if "author" in parts:
        first = [w for w in re.split(r"[\s,]+", parts["author"][0])[:2] if len(w) > 2]
        yield "first author", bool(authors) and any(normal(w) in normal(authors[0]) for w in first)


def unarxive_rows(data: Path, *, quick: bool) -> list[Row]:
    """Read 49 papers; find their citations again in the bare text, and count what is parsed."""
    with tarfile.open(next((data / "unarxive-sample").glob("*.tar.gz"))) as archive:
        member = next(m for m in archive.getmembers() if m.name.endswith(".jsonl"))
        opened = archive.extractfile(member)
        content = opened.read() if opened else b""
    papers = list(read_all(Path("sample.jsonl"), "unarxive", content))
    given = sum(len(json.loads(line)["bib_entries"]) for line in content.splitlines())
    spans = sum(
        span.get("ref_id") is not None
        for line in content.splitlines()
        for part in json.loads(line)["body_text"]
        for span in part["cite_spans"]
    )
    again = Score()
    for paper in papers:
        wanted = [(x.block, x.start, x.targets) for x in paper.citations() if x.targets]
        texts = [block.text if block.kind != "reference" else "" for block in paper.blocks]
        found = [
            (n, start, targets) for n, start, _, targets in find_citations(texts, paper.references)
        ]
        again.add(found, wanted, paper.paper.arxiv_id)
    references = [r.work for paper in papers for r in paper.references]
    links = sum(1 for paper in papers for x in paper.citations() if x.targets)
    return [
        Row("unarXive: papers read", len(papers), "papers", goal=49),
        Row("unarXive: references", len(references), "entries", goal=given),
        Row("unarXive: citation spans resolved", links / spans, "share", note=f"of {spans}"),
        Row("unarXive: citations found again in the text", again.f1, "F1"),
        Row(
            "unarXive: references with a year",
            sum(w.year is not None for w in references) / given,
            "share",
        ),
        Row(
            "unarXive: references with authors",
            sum(bool(w.authors) for w in references) / given,
            "share",
        ),
    ]
