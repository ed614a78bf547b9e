"""Documents that mean harm, or are hurt: a failure with its reason, or a partial result."""

import gzip
import io
import os
import signal
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from paperflow.documents import Document, problems_of
from paperflow.readers import read
from paperflow.readers.file import Item
from paperflow.readers.isolation import Limits, Pool
from paperflow.readers.pdf import MAX_PAGES, OCR
from paperflow.readers.tex import source as tex_source
from paperflow.records import Failure
from paperflow.registry import Registry
from tests.readers.documents import PDF, TEX, assemble_pdf, document, items_here, pdf

TEXT = "\n".join(
    f"10|72|{700 - 12 * n}|F1|Words on line {n} that say nothing new." for n in range(9)
)


def only(items: list[Item]) -> Item:
    (item,) = items
    return item


def failure(items: list[Item]) -> str:
    item = only(items)
    assert isinstance(item, Failure), item
    return item.reason


def whole(items: list[Item]) -> Document:
    item = only(items)
    assert isinstance(item, Document), item
    assert problems_of(item) == []
    return item


# PDF


def test_an_encrypted_pdf_is_refused_by_its_name(tmp_path: Path) -> None:
    trailer = PDF.replace(
        b"/Root 1 0 R >>",
        b"/Root 1 0 R /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 "
        b"/O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >> >>",
    )
    assert "encrypted" in failure(items_here(trailer, "pdf", tmp_path))


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_pdf_is_refused_or_read_in_part(share: float, tmp_path: Path) -> None:
    item = only(items_here(PDF[: int(len(PDF) * share)], "pdf", tmp_path))
    assert isinstance(item, Document) or "damaged" in item.reason  # type: ignore[union-attr]


def test_a_pdf_of_zero_pages_is_refused(tmp_path: Path) -> None:
    reason = failure(items_here(assemble_pdf([]), "pdf", tmp_path))
    assert "no pages" in reason or "damaged" in reason


def test_of_5000_pages_the_first_are_read(tmp_path: Path) -> None:
    page = b"BT /F1 10 Tf 72 700 Td (A page with a few words on it.) Tj ET"
    found = whole(items_here(assemble_pdf([page] * 5000), "pdf", tmp_path))
    assert found.pages == 5000
    assert any(f"{MAX_PAGES:,} of its 5,000 pages" in remark for remark in found.remarks)


def test_a_page_of_a_million_glyphs_is_passed_over(tmp_path: Path) -> None:
    words = b"x y " * 250
    lines = b"".join(b"BT /F1 1 Tf 10 %.1f Td (%s) Tj ET\n" % (y * 0.7, words) for y in range(1000))
    text = pdf(TEXT).split(b"stream\n")[1].split(b"\nendstream")[0]
    found = whole(items_here(assemble_pdf([text, lines]), "pdf", tmp_path))
    assert any("page 2 holds" in remark for remark in found.remarks)
    assert any("Words on line" in block.text for block in found.blocks)


def test_a_wrong_cross_reference_table_is_mended(tmp_path: Path) -> None:
    start = PDF.rfind(b"startxref")
    broken = PDF[:start].replace(b"00000 n", b"00009 n") + b"startxref\n3\n%%EOF\n"
    assert whole(items_here(broken, "pdf", tmp_path)).paper.title == "Bridges of a Town"


def test_javascript_in_a_pdf_does_nothing(tmp_path: Path) -> None:
    script = b"/OpenAction << /S /JavaScript /JS (app.alert(1); while (true) {}) >>"
    stream = pdf(TEXT).split(b"stream\n")[1].split(b"\nendstream")[0]
    found = whole(items_here(assemble_pdf([stream], script), "pdf", tmp_path))
    assert "alert" not in found.text
    assert "Words on line" in found.text


def test_pictures_of_pages_are_told_as_such(tmp_path: Path) -> None:
    picture = b"q 100 0 0 100 72 600 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"
    reason = failure(items_here(assemble_pdf([picture] * 3), "pdf", tmp_path))
    assert "pictures" in reason
    assert "ocrmypdf" in reason


def test_some_pictures_among_pages_are_a_remark(tmp_path: Path) -> None:
    stream = pdf(TEXT).split(b"stream\n")[1].split(b"\nendstream")[0]
    found = whole(items_here(assemble_pdf([stream, b"q Q"]), "pdf", tmp_path))
    assert any("pictures without text" in remark for remark in found.remarks)


def test_a_plugin_for_ocr_reads_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys.modules["paperflow.readers.pdf"],
        "OCR",
        Registry("ocr", {"mine": "tests.readers.test_hostile_documents:_recognise"}),
    )
    found = whole(items_here(assemble_pdf([b"q Q", b"q Q"]), "pdf", tmp_path))
    assert [block.page for block in found.blocks] == [1, 1, 2, 2]
    assert not OCR.names()


def _recognise(bitmap: object) -> str:
    return "A Title Seen\n\nAnd a paragraph."


# Archives and LaTeX


def tar(*members: tuple[str, bytes], links: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return out.getvalue()


def tex(body: str, preamble: str = "") -> bytes:
    text = f"\\documentclass{{article}}{preamble}\\title{{A Trap}}\\begin{{document}}{body}"
    return f"{text}\\end{{document}}".encode()


def test_a_tarball_is_read_with_its_inputs() -> None:
    body = TEX.replace("\\section{Introduction}", "\\input{parts/intro}\\section{Introduction}")
    packed = tar(("main.tex", body.encode()), ("parts/intro.tex", b"From another file."))
    found = whole(list(read(io.BytesIO(packed), name="2212.11867.tar.gz")))
    assert found.paper.title == "Bridges of a Town"
    assert found.paper.arxiv_id == "2212.11867"
    assert any(block.text == "From another file." for block in found.blocks)


def test_a_tarball_that_is_a_bomb_is_refused() -> None:
    packed = tar(("main.tex", tex("Short.") + b"%" + bytes(300_000_000)))
    assert len(packed) < 1_000_000
    item = only(list(read(io.BytesIO(packed), name="bomb.tar.gz")))
    assert isinstance(item, Failure)
    assert "unpacks" in item.reason or "no LaTeX" in item.reason


def test_a_tarball_of_many_texts_is_refused() -> None:
    members = [(f"{n}.tex", b" " * (30 << 20)) for n in range(6)]
    packed = gzip.compress(gzip.decompress(tar(*members)), 1)
    item = only(list(read(io.BytesIO(packed), name="bomb.tar.gz")))
    assert isinstance(item, Failure)
    assert "unpacks" in item.reason


def test_a_zip_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(6):
            archive.writestr(f"{n}.tex", tex("x") + b" " * (30 << 20))
    assert "unpacks" in failure(items_here(out.getvalue(), "tex", tmp_path))


def test_a_zip_packed_in_a_way_that_python_does_not_know_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("main.tex", tex("Words."))
    content = bytearray(out.getvalue())
    for sign, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):  # the method in both headers
        at = content.index(sign) + place
        content[at : at + 2] = (97).to_bytes(2, "little")
    with zipfile.ZipFile(io.BytesIO(content)) as archive, pytest.raises(NotImplementedError):
        archive.read("main.tex")
    assert "compression method" in failure(items_here(bytes(content), "tex", tmp_path))


@pytest.mark.parametrize("name", ["/etc/passwd", "../secret", "../../etc/passwd", "sub/../../x"])
def test_an_input_outside_of_the_source_is_not_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("root:x:0:0", encoding="utf-8")
    inner = tmp_path / "paper"
    inner.mkdir()
    body = f"Before. \\input{{{name}}} \\include{{{name}}} After."
    for content in (tex(body), tar(("main.tex", tex(body)), (name.lstrip("/"), b"root:x:0:0"))):
        found = whole(items_here(content, "tex", inner))
        if ".." in name or content[:2] != b"\x1f\x8b":
            assert "root:x" not in found.text
            assert any("not in the source" in remark for remark in found.remarks)


def test_links_in_archives_and_beside_files_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("root:x:0:0", encoding="utf-8")
    inner = tmp_path / "paper"
    inner.mkdir()
    (inner / "link.tex").symlink_to(tmp_path / "secret.tex")
    packed = tar(("main.tex", tex("A. \\input{link}")), links={"link.tex": "/etc/passwd"})
    for content in (tex("A. \\input{link}"), packed):
        assert "root:" not in whole(items_here(content, "tex", inner)).text


def test_nothing_is_written_beside_an_archive(tmp_path: Path) -> None:
    packed = tar(("main.tex", tex("Words.")), ("../escaped.tex", b"x"), ("/abs.tex", b"x"))
    items_here(packed, "tex", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["paper.tex"]
    assert not (tmp_path.parent / "escaped.tex").exists()


@pytest.mark.parametrize(
    "preamble",
    [
        "\\def\\a{\\a}",
        "\\def\\a{\\a\\a}",
        "\\newcommand{\\a}{\\b\\b}\\newcommand{\\b}{\\a\\a}",
        "\\newcommand{\\a}[1]{\\a{\\a{#1}}}",
    ],
)
def test_macros_that_never_end_are_expanded_in_part(preamble: str, tmp_path: Path) -> None:
    found = whole(items_here(tex("Some words \\a{x} and more.", preamble), "tex", tmp_path))
    assert any("macros" in remark for remark in found.remarks)
    assert "Some words" in found.text
    assert len(found.text) <= tex_source.MAX_CHARS


def test_a_file_that_includes_itself_is_read_once(tmp_path: Path) -> None:
    packed = tar(("main.tex", tex("One. \\input{a}")), ("a.tex", b"Two. \\input{a} \\input{main}"))
    found = whole(items_here(packed, "tex", tmp_path))
    assert any("includes itself" in remark for remark in found.remarks)
    assert "Two." in found.text


@pytest.mark.parametrize(
    "body", ["{" * 20_000, "\\begin{x}" * 5_000, "$" * 9_999, "\\section{" * 900]
)
def test_brackets_that_never_close_are_read(body: str, tmp_path: Path) -> None:
    whole(items_here(tex(f"Words. {body} Ends."), "tex", tmp_path))


# Markup

_BOMB = """<?xml version="1.0"?><!DOCTYPE article [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<article><front><article-meta><article-title>&c;</article-title></article-meta></front></article>"""


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    assert "entities" in failure(items_here(_BOMB, "jats", tmp_path))


def test_an_external_entity_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("root:x:0:0", encoding="utf-8")
    bomb = _BOMB.replace('<!ENTITY a "aaaaaaaaaa">', f'<!ENTITY a SYSTEM "{tmp_path}/secret">')
    assert "entities" in failure(items_here(bomb, "jats", tmp_path))


def test_a_deep_tree_is_refused_or_read(tmp_path: Path) -> None:
    deep = "<article><body>" + "<sec>" * 50_000 + "</sec>" * 50_000 + "</body></article>"
    path = tmp_path / "deep.nxml"
    path.write_text(deep, encoding="utf-8")
    assert isinstance(only(list(read(path))), Failure | Document)
    page = (
        "<!DOCTYPE html><html><body>"
        + "<div>" * 50_000
        + "<p>Words in the depth.</p></body></html>"
    )
    path = tmp_path / "deep.html"
    path.write_text(page, encoding="utf-8")
    assert isinstance(only(list(read(path))), Failure | Document)


# Workers


def test_a_worker_that_hangs_dies_alone_and_the_next_document_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # opening it waits for a writer that never comes
    good = tmp_path / "paper.pdf"
    good.write_bytes(PDF)
    pool = Pool(Limits(seconds=1.5))
    assert "more than 1.5 seconds" in failure(pool.read(pipe, "pdf", "pipe"))
    assert whole(pool.read(good, "pdf", "paper.pdf")).paper.title == "Bridges of a Town"
    pool.close()


def test_a_worker_that_computes_too_long_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "long.tex"
    path.write_bytes(tex("\\begin{tabular}{ll}" + "a & b \\\\ " * 400_000 + "\\end{tabular}"))
    pool = Pool(Limits(cpu_seconds=1))
    (item,) = pool.read(path, "tex", "long.tex")
    assert isinstance(item, Document) or "computing" in item.reason  # type: ignore[union-attr]
    pool.close()


def test_a_worker_has_no_more_memory_than_it_may(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(PDF + bytes(400 << 20))
    pool = Pool(Limits(memory=400 << 20))
    (item,) = pool.read(path, "pdf", "large.pdf")
    assert isinstance(item, Failure)
    assert "memory" in item.reason or "crash" in item.reason
    pool.close()


def test_a_worker_that_is_killed_is_a_failure_of_its_document(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(PDF)
    pool = Pool()
    whole(pool.read(path, "pdf", "paper.pdf"))
    (worker,) = pool._idle
    os.kill(worker._process.pid, signal.SIGSTOP)
    worker._seconds = 0.5
    assert "gave up" in failure(pool.read(path, "pdf", "paper.pdf"))
    whole(pool.read(path, "pdf", "paper.pdf"))
    pool.close()


def test_a_worker_ends_with_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(PDF)
    code = (
        "import sys; from pathlib import Path; from paperflow.readers import read\n"
        "list(read(Path(sys.argv[1])))\n"
        "from paperflow.readers.isolation import pool; print(pool()._idle[0]._process.pid)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(run.stdout), 0)


def test_text_that_looks_like_our_marks_is_text() -> None:
    marked = TEX.replace("It is", "It \ue000reference:k\ue001is\ue002 \ue003")
    assert problems_of(document(marked, "tex")) == []
