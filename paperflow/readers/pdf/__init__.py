"""PDF by PDFium: glyphs to lines, lines to chunks, chunks to a document; one file a stage.

PDFium is not safe to share between threads: a document is read in a process of its own.
"""

from collections.abc import Iterator
from typing import Any

from paperflow.documents import Document
from paperflow.errors import UnreadableFile
from paperflow.readers.builder import Builder
from paperflow.readers.fields import keywords as split_keywords
from paperflow.readers.fields import one_line
from paperflow.readers.file import File, Reader
from paperflow.readers.pdf.front import arxiv_of, doi_of, read_front
from paperflow.readers.pdf.glyphs import lines_of
from paperflow.readers.pdf.headings import Headings
from paperflow.readers.pdf.layout import (
    Page,
    body_size,
    chunks_of,
    rows_of,
    usual_gap,
    without_furniture,
)
from paperflow.readers.pdf.reading import Reading
from paperflow.readers.pdf.words import Vocabulary
from paperflow.records import Paper
from paperflow.registry import Registry
from paperflow.store.identity import bare_arxiv_id, bare_doi

MAX_PAGES = 1_000
MAX_BYTES = 512 << 20

# Where another package offers one, it reads what is only a picture: a function from a page's
# bitmap (of pypdfium2) to its text.
OCR = Registry("ocr", {})

_SCANNED = "it holds pictures of pages and no text; make a copy with text, for example by ocrmypdf"


def _read(file: File) -> Iterator[Document]:
    import pypdfium2 as pdfium

    data = file.stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"it is larger than {MAX_BYTES >> 20} MB")
    try:
        opened = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise UnreadableFile(_refusal(str(error))) from None
    try:
        yield document_of(opened, file.name)
    finally:
        opened.close()


def _refusal(message: str) -> str:
    if "password" in message.lower():
        return "it is encrypted; save a copy without a password"
    return f"it is damaged beyond repair, or no PDF: {message}"


def document_of(opened: Any, name: str) -> Document:
    """Return the document of an opened PDF; raise UnreadableFile where it has no text."""
    count = len(opened)
    if not count:
        raise UnreadableFile("it has no pages")
    builder = Builder()
    if count > MAX_PAGES:
        builder.remarks.append(f"only the first {MAX_PAGES:,} of its {count:,} pages were read")
    pages, pictures = _pages(opened, min(count, MAX_PAGES), builder)
    first = _first_text(opened)
    if not any(page.lines for page in pages):
        return _recognised(opened, pictures, name, count)
    if pictures:
        builder.remarks.append(
            f"{len(pictures)} of its pages are pictures without text, the first is {pictures[0]}"
        )
    reading, paper = _understood(without_furniture(pages), builder)
    paper = _paper(opened, paper, reading, first, name)
    return builder.build(paper, find=True, pages=count)


def _pages(opened: Any, count: int, builder: Builder) -> tuple[list[Page], list[int]]:
    """Return the pages with their lines, and the numbers of those that have none."""
    pages: list[Page] = []
    pictures: list[int] = []
    for number in range(1, count + 1):
        try:
            page = opened[number - 1]
            lines = lines_of(page, number)
            pages.append(Page(tuple(lines), *page.get_size()))
            if not lines:
                pictures.append(number)
            page.close()
        except ValueError as error:
            builder.remarks.append(f"{error}; it was passed over")
        except Exception as error:  # PDFium's errors have no common base that says more
            builder.remarks.append(f"page {number} can't be read: {error}")
    return pages, pictures


def _understood(pages: list[Page], builder: Builder) -> tuple[Reading, Paper]:
    """Read the pages' lines; return the reading and what the title page says."""
    size = body_size(pages)
    chunks = chunks_of(rows_of(pages, size), usual_gap(pages, size))
    headings = Headings(size)
    headings.learn(chunks)
    words = Vocabulary(line for page in pages for line in page.lines)
    heights = {line.page: page.height for page in pages for line in page.lines}
    front = read_front(chunks, size, words)
    reading = Reading(chunks, headings, words, builder, heights)
    reading.run(front.rest)
    return reading, Paper(title=one_line(front.title), authors=front.authors)


def _paper(opened: Any, paper: Paper, reading: Reading, first: str, name: str) -> Paper:
    """Fill in what the file itself and its first page say beside the title."""
    stated = opened.get_metadata_dict()
    title = paper.title or one_line(stated.get("Title") or "")
    return Paper(
        title=title,
        authors=paper.authors,
        abstract=one_line(" ".join(reading.abstract)),
        keywords=split_keywords(reading.keywords.replace("·", ";")) if reading.keywords else (),
        arxiv_id=arxiv_of(first) or bare_arxiv_id(name.rpartition("/")[2]),
        doi=bare_doi(doi_of(first)),
        sources=("pdf",),
    )


def _first_text(opened: Any) -> str:
    """Return the first page's text with what is turned or stands in its margins."""
    try:
        text_page = opened[0].get_textpage()
    except Exception:
        return ""
    return (
        str(text_page.get_text_range(0, min(20_000, text_page.count_chars())))
        if text_page.count_chars() > 0
        else ""
    )


def _recognised(opened: Any, pictures: list[int], name: str, count: int) -> Document:
    """Return what a plugin for OCR reads from pictures of pages; refuse where there is none."""
    if not OCR.names():
        raise UnreadableFile(_SCANNED if pictures else "none of its pages can be read")
    recognise = OCR.load(OCR.names()[0])
    builder = Builder()
    for number in pictures:
        for text in str(recognise(opened[number - 1].render(scale=2))).split("\n\n"):
            builder.text(text, page=number)
    if not builder.blocks:
        raise UnreadableFile(_SCANNED)
    title = builder.blocks[0].text[:200]
    return builder.build(Paper(title=title, sources=("pdf",)), find=True, pages=count)


READER = Reader(
    suffixes=(".pdf",),
    looks_like=lambda head: False,
    read=_read,
    is_binary=lambda head: b"%PDF-" in head[:1024],
    isolated=True,
)
