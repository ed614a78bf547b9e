"""What every reader of full texts must do: the same document of the same paper."""

import gzip
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.documents import Document, problems_of
from paperflow.readers import kind_of, read
from paperflow.readers.file import unpacked
from paperflow.records import Failure
from tests.readers.documents import DOCUMENTS, TITLE, document, items_here

every_document = pytest.mark.parametrize("kind", sorted(DOCUMENTS))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


@pytest.fixture(scope="module")
def read_once() -> dict[str, Document]:
    return {kind: document(content, kind) for kind, (_, content) in DOCUMENTS.items()}


@every_document
def test_a_document_is_known_by_its_beginning(kind: str) -> None:
    name, content = DOCUMENTS[kind]
    for given_name in (name, "without-suffix"):
        with unpacked(io.BytesIO(content)) as (_, head):
            assert kind_of(head, given_name) == kind


@every_document
def test_a_document_is_read_by_a_worker_and_says_what_it_is(kind: str) -> None:
    name, content = DOCUMENTS[kind]
    (found,) = read(io.BytesIO(gzip.compress(content)), name=f"{name}.gz")
    assert isinstance(found, Document)
    assert found.paper.title == TITLE
    assert found.paper.abstract == "Every bridge is crossed once."
    assert "Leonhard Euler" in found.paper.authors
    assert found.paper.sources == (kind,)


@every_document
def test_nothing_dangles(kind: str, read_once: dict[str, Document]) -> None:
    assert problems_of(read_once[kind]) == []


@every_document
def test_sections_are_nested_and_numbered(kind: str, read_once: dict[str, Document]) -> None:
    found = read_once[kind]
    titles = [section.title for section in found.sections]
    assert titles[:2] == ["Introduction", "Walks"]
    assert (found.sections[0].level, found.sections[1].level) == (1, 2)
    (walk,) = [block for block in found.blocks if "ne way" in block.text]
    assert found.path_of(walk.section) == "Introduction / Walks"


@every_document
def test_a_citation_leads_to_its_reference(kind: str, read_once: dict[str, Document]) -> None:
    found = read_once[kind]
    (cited,) = {target for link in found.citations() for target in link.targets[:1]}
    assert "Solutio problematis" in found.references[cited].work.title
    assert found.references[cited].work.year == 1736
    link = next(found.citations())
    assert (
        found.blocks[link.block]
        .text[link.start : link.end]
        .strip("[]() ,")
        .startswith(("1", "Euler"))
    )


@every_document
def test_floats_have_captions_and_tables_have_cells(
    kind: str, read_once: dict[str, Document]
) -> None:
    found = read_once[kind]
    (figure,), (table,) = found.figures, found.tables
    assert found.blocks[figure.block].text.endswith("A town.")
    assert figure.label == table.label == "1"
    assert table.block is not None
    assert found.blocks[table.block].text.endswith("Counts.")
    if kind != "unarxive":  # it does not hold cells
        assert table.rows[:2] == (("Model", "F1"), ("Walk", ".91"))
        assert table.header_rows == 1


@pytest.mark.parametrize("kind", sorted({*DOCUMENTS} - {"unarxive"}))
def test_a_mention_of_a_figure_leads_to_it(kind: str, read_once: dict[str, Document]) -> None:
    assert [link.targets for link in read_once[kind].links if link.kind == "figure"] == [(0,)]


@every_document
def test_a_displayed_equation_is_found(kind: str, read_once: dict[str, Document]) -> None:
    (equation,) = read_once[kind].equations
    assert equation.label == ("" if kind == "unarxive" else "1")
    assert "b" in read_once[kind].blocks[equation.block].text


def test_only_a_pdf_has_pages(read_once: dict[str, Document]) -> None:
    for kind, found in read_once.items():
        assert {block.page for block in found.blocks} == ({1} if kind == "pdf" else {None})


@every_document
def test_an_empty_document_is_one_failure(kind: str, folder: Path) -> None:
    (failure,) = items_here(b"", kind, folder)
    assert isinstance(failure, Failure)
    assert failure.item == DOCUMENTS[kind][0]


@every_document
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_document_with_a_wound_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    content = DOCUMENTS[kind][1]
    place = data.draw(st.integers(0, len(content)))
    rest = data.draw(st.integers(place, min(len(content), place + 30)))
    wound = data.draw(st.binary(max_size=8))
    with tempfile.TemporaryDirectory() as path:
        found = items_here(content[:place] + wound + content[rest:], kind, Path(path))
    assert found
    for item in found:
        assert item.reason if isinstance(item, Failure) else True
        assert not problems_of(item) if isinstance(item, Document) else True


@every_document
def test_a_document_cut_anywhere_is_read_or_refused(kind: str, folder: Path) -> None:
    content = DOCUMENTS[kind][1]
    for end in range(1, len(content), max(1, len(content) // 60)):
        found = items_here(content[:end], kind, folder)
        assert found, f"nothing was said of the first {end} bytes"


@every_document
def test_a_document_is_the_same_after_json(kind: str, read_once: dict[str, Document]) -> None:
    assert Document.from_json(read_once[kind].to_json()) == read_once[kind]


def test_documents_are_added_with_their_text_and_analysed_with_pages(tmp_path: Path) -> None:
    from paperflow.analysis import analyze
    from paperflow.discovery import add_files
    from paperflow.workspace import find_workspace

    for name, content in DOCUMENTS.values():
        (tmp_path / name).write_bytes(content)
    workspace = find_workspace(tmp_path / "library", create=True)
    names = [str(tmp_path / name) for name, _ in DOCUMENTS.values()]
    summary = add_files(workspace, names)
    assert summary.failures == []
    assert summary.texts == len(DOCUMENTS)
    assert workspace.store.documents.count() >= 1
    assert add_files(workspace, names).unchanged == len(DOCUMENTS)
    assert not analyze(workspace).failures
    sections = {passage.section for passage in workspace.store.facts.passages()}
    assert "Introduction / Walks" in sections
    assert not list(workspace.store.checks.problems())
