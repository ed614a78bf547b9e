"""What every reader must do; a reader without a sample fails here."""

import codecs
import gzip
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.errors import UnknownName
from paperflow.readers import READERS, read
from paperflow.records import Failure, Paper
from tests.readers.documents import DOCUMENTS
from tests.readers.samples import SAMPLES, failures, items, paper, papers

every_reader = pytest.mark.parametrize("kind", sorted(SAMPLES))


def test_every_reader_has_a_sample() -> None:
    assert {*SAMPLES, *DOCUMENTS} == set(READERS.names())


@every_reader
def test_a_sample_is_known_by_its_name_and_by_its_beginning(kind: str) -> None:
    sample = SAMPLES[kind]
    for name in (sample.name, "without-suffix"):
        found = paper(sample.text(), name)
        assert found.title == "Bridges of a Café"
        assert found.sources == (kind,)
        assert found.id == ""


@every_reader
def test_a_kind_that_is_named_spares_the_guess(kind: str) -> None:
    assert paper(SAMPLES[kind].text(), "refs.unheard-of", kind=kind).sources == (kind,)


@every_reader
@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", codecs.BOM_UTF8])
def test_an_empty_file_is_one_failure(kind: str, content: bytes) -> None:
    for named in (kind, None):
        (failure,) = items(content, SAMPLES[kind].name, kind=named)
        assert failure.item == SAMPLES[kind].name
        assert isinstance(failure, Failure)
        assert "empty" in failure.reason or "no paper" in failure.reason


@every_reader
def test_binary_data_is_one_failure(kind: str) -> None:
    (failure,) = items(bytes(range(256)) * 100, SAMPLES[kind].name)
    assert isinstance(failure, Failure)
    assert "binary" in failure.reason


@every_reader
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_no_content_raises(kind: str, content: bytes) -> None:
    for item in items(content, SAMPLES[kind].name, kind=kind):
        assert item.title if isinstance(item, Paper) else item.reason


@every_reader
@given(data=st.data())
def test_a_sample_with_a_wound_raises_nothing(kind: str, data: st.DataObject) -> None:
    text = SAMPLES[kind].text()
    place = data.draw(st.integers(0, len(text)))
    wound = data.draw(st.text(alphabet='{}"\\@=,#\n\t •·-[]:0Z', max_size=6))
    rest = data.draw(st.integers(place, min(len(text), place + 10)))
    assert items(text[:place] + wound + text[rest:], SAMPLES[kind].name, kind=kind)


@every_reader
def test_a_sample_cut_anywhere_is_read_or_refused(kind: str) -> None:
    text = SAMPLES[kind].text()
    for end in range(1, len(text)):
        found = items(text[:end], SAMPLES[kind].name, kind=kind)
        assert found, f"nothing was said of {text[:end]!r}"
        assert all(isinstance(item, Paper | Failure) for item in found)


@pytest.mark.parametrize("kind", sorted({*SAMPLES} - {"text"}))  # a text is one record
def test_a_cut_after_a_whole_record_keeps_that_record(kind: str) -> None:
    text = SAMPLES[kind].text("The First Whole Record")
    second = SAMPLES[kind].text("The Second One Breaks Off")
    joined = _joined(kind, text, second)
    found = papers(joined, SAMPLES[kind].name)
    assert [item.title for item in found] == ["The First Whole Record", "The Second One Breaks Off"]
    cut = items(joined[: joined.index("Second") + 3], SAMPLES[kind].name)
    assert next(item.title for item in cut if isinstance(item, Paper)) == "The First Whole Record"


def _joined(kind: str, first: str, second: str) -> str:
    """Return one file with the records of both."""
    if kind == "csl":
        return first.strip()[:-1] + "," + second.strip()[1:]
    if kind == "table":
        return first + second.partition("\n")[2]
    if kind == "anthology":
        papers = second.partition("</meta>")[2]
        return first.removesuffix("</volume></collection>\n") + papers
    if kind == "listing":
        return first + "\n" + second.partition("22\n\n")[2]
    return first + second.replace("euler36", "euler37")


@every_reader
def test_windows_text_is_read_and_remarked(kind: str) -> None:
    content = SAMPLES[kind].text("A Café of “Bridges”").encode("cp1252", "replace")
    found = items(content.replace("•".encode("cp1252"), "•".encode()), SAMPLES[kind].name, kind)
    (read_one,) = [item for item in found if isinstance(item, Paper)]
    (remark,) = [item for item in found if isinstance(item, Failure)]
    assert read_one.title == "A Café of “Bridges”"
    assert "Windows-1252" in remark.reason
    assert "were read" in remark.reason


@every_reader
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings_are_understood(kind: str, encoding: str) -> None:
    content = SAMPLES[kind].text().encode(encoding)
    assert paper(content, SAMPLES[kind].name).title == "Bridges of a Café"


@every_reader
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_nothing(kind: str, end: str) -> None:
    text = SAMPLES[kind].text()
    assert paper(text.replace("\n", end), SAMPLES[kind].name) == paper(text, SAMPLES[kind].name)


@every_reader
def test_gzip_is_unpacked(kind: str) -> None:
    packed = gzip.compress(SAMPLES[kind].text().encode())
    assert paper(packed, f"{SAMPLES[kind].name}.gz").sources == (kind,)
    assert paper(packed, "no-name").sources == (kind,)


@every_reader
def test_a_script_in_a_title_stays_text(kind: str) -> None:
    title = "<script>alert(1)</script> & <b>more</b>"
    assert paper(SAMPLES[kind].text(title), SAMPLES[kind].name).title == title


@every_reader
def test_control_characters_are_removed(kind: str) -> None:
    title = "Bri\x1b[31mdges\u202e of\x7f Text"
    found = paper(SAMPLES[kind].text(title).replace('"Bri\x1b', '"Bri\\u001b'), kind=kind)
    assert found.title == "Bri[31mdges of Text"


# In the other two the first words are the title, whatever they are.
@pytest.mark.parametrize("kind", sorted({*SAMPLES} - {"text", "listing"}))
def test_a_record_without_a_title_is_a_failure(kind: str) -> None:
    (failure,) = failures(SAMPLES[kind].text(""), SAMPLES[kind].name)
    assert failure.item.startswith(f"{SAMPLES[kind].name}: ")
    assert "title" in failure.reason


def test_an_unknown_kind_is_an_error_at_once() -> None:
    with pytest.raises(UnknownName, match="bibtec"):
        read(io.BytesIO(b""), kind="bibtec")


def test_a_stream_that_gives_little_at_a_time_is_read_like_a_file() -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(7, size or 7) if size != -1 else 7)

    stream = Trickle(SAMPLES["bibtex"].text().encode())
    (found,) = read(stream)
    assert isinstance(found, Paper)
    assert not stream.closed


def test_reading_stops_when_nobody_asks_for_more() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            self.given += 1
            return b'{"title": "Again"}\n' * 1000

    source = Endless()
    stream: Iterator[Paper | Failure] = read(source, name="pipe")  # type: ignore[arg-type]
    assert isinstance(next(stream), Paper)
    assert source.given < 100


@pytest.mark.parametrize(
    ("alias", "kind"),
    [
        *(("bib", "bibtex"), ("BibTeX", "bibtex"), (".ris", "ris"), ("csl-json", "csl")),
        *(("csv", "table"), ("tsv", "table"), ("json", "jsonl"), ("md", "text")),
    ],
)
def test_a_kind_may_be_named_by_the_ending_of_its_files(alias: str, kind: str) -> None:
    assert paper(SAMPLES[kind].text(), kind=alias).sources == (kind,)


@pytest.mark.parametrize("kind", ["bibtec", "nonsense", ""])
def test_an_unknown_kind_is_answered_with_the_known_ones(kind: str) -> None:
    with pytest.raises(UnknownName) as caught:
        read(io.BytesIO(b""), kind=kind)
    assert all(name in caught.value.hint for name in (*READERS.names(), "csv", "bib", "json"))
    assert ("did you mean 'bibtex'?" in caught.value.hint) == (kind == "bibtec")
