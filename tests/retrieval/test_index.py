"""The vector index: the same answers fresh, updated, reloaded, with FAISS and without."""

import builtins
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.encoder import HashEncoder
from paperflow.records import Paper
from paperflow.retrieval import dense
from paperflow.retrieval.embed import embed, estimate, waiting
from paperflow.retrieval.index import DenseIndex, open_index
from paperflow.store import Store, open_store

ENCODER = HashEncoder()
WORDS = "graph node edge attention kernel tree walk spectral pooling message".split()


def papers(count: int, seed: int = 0) -> list[Paper]:
    chance = random.Random(seed)
    return [
        Paper(title=f"{seed} {n} {' '.join(chance.choices(WORDS, k=4))}", arxiv_id=f"{seed}{n:03}")
        for n in range(count)
    ]


def ask(
    index: DenseIndex, text: str = "graph attention", limit: int = 8
) -> list[tuple[str, float]]:
    return index.search(ENCODER.encode([text])[0], limit)


def fresh(store: Store) -> DenseIndex:
    return open_index(store, ENCODER.name, ENCODER.dimension)


@pytest.fixture(params=["faiss", "numpy"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "numpy":
        without_faiss(monkeypatch)
    else:
        pytest.importorskip("faiss")
    return request.param


def without_faiss(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: object, **kwargs: object) -> object:
        if name == "faiss":
            raise ImportError(name)
        return real(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", refuse)


def test_the_nearest_are_those_of_the_inner_products(backend: str, store: Store) -> None:
    store.papers.add(papers(60))
    embed(store, ENCODER)
    texts = [paper.title for paper in store.papers.all()]
    scores = ENCODER.encode(texts) @ ENCODER.encode(["graph attention"])[0]
    found = ask(fresh(store))
    assert dense.has_faiss() == (backend == "faiss")
    expected = sorted(zip(-scores, store.papers.ids(), strict=True))[:8]
    assert [score for _, score in found] == pytest.approx([-s for s, _ in expected], abs=2e-3)


def test_faiss_and_numpy_agree(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("faiss")
    store.papers.add(papers(80))
    embed(store, ENCODER)
    first = ask(fresh(store))
    without_faiss(monkeypatch)
    assert dict(ask(fresh(store))) == pytest.approx(dict(first), abs=2e-6)


def test_a_file_written_with_faiss_is_read_without_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("faiss")
    store.papers.add(papers(30))
    embed(store, ENCODER)
    first = ask(open_index(store, ENCODER.name, ENCODER.dimension, tmp_path))
    without_faiss(monkeypatch)
    index = DenseIndex(ENCODER.name, ENCODER.dimension, tmp_path / "dense-hash.npz")
    index.load()
    assert dict(ask(index)) == pytest.approx(dict(first), abs=2e-6)


def test_an_updated_index_answers_as_a_fresh_one(
    backend: str, store: Store, tmp_path: Path
) -> None:
    store.papers.add(papers(40))
    embed(store, ENCODER)
    index = open_index(store, ENCODER.name, ENCODER.dimension, tmp_path)
    assert not index.refresh(store)
    store.papers.add(papers(5, seed=1))
    # A richer abstract changes a paper's text, so its old row must go.
    store.papers.add(
        [Paper(title=papers(40)[3].title, arxiv_id="0003", abstract="graph attention")]
    )
    embed(store, ENCODER)
    assert index.refresh(store, embedded=True)
    again = open_index(store, ENCODER.name, ENCODER.dimension, tmp_path)
    assert ask(index, limit=45) == ask(fresh(store), limit=45) == ask(again, limit=45)
    assert len(index) == 45
    assert index.hashes(["arxiv:0003"]) == {
        "arxiv:0003": store.papers.many(["arxiv:0003"])[0].content_hash
    }


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(WORDS)), max_size=25))
@settings(max_examples=25)
def test_any_history_of_changes_ends_in_the_fresh_index(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[int, str]]
) -> None:
    with open_store(tmp_path_factory.mktemp("history") / "store.sqlite") as store:
        index = fresh(store)
        for number, word in history:
            text = " ".join([word] * (len(word) + number))
            store.papers.add([Paper(title=f"t{number}", arxiv_id=f"{number:04}", abstract=text)])
            embed(store, ENCODER)
            index.refresh(store, embedded=True)
        assert ask(index, limit=20) == ask(fresh(store), limit=20)


def test_papers_with_the_same_text_are_told_apart_by_id(backend: str, store: Store) -> None:
    store.papers.add([Paper(title="graph attention", arxiv_id=f"2001.{n:05}") for n in range(30)])
    assert embed(store, ENCODER).encoded == 1
    assert [id for id, _ in ask(fresh(store), limit=3)] == [f"arxiv:2001.{n:05}" for n in range(3)]


def test_only_the_papers_asked_for_are_searched(backend: str, store: Store) -> None:
    store.papers.add(papers(30))
    embed(store, ENCODER)
    among = set(store.papers.ids()[::3])
    found = fresh(store).search(ENCODER.encode(["graph"])[0], 50, among=among)
    assert {id for id, _ in found} == among
    assert fresh(store).search(ENCODER.encode(["graph"])[0], 5, among=[]) == []


def test_an_empty_library_has_an_empty_index(backend: str, store: Store) -> None:
    assert ask(fresh(store)) == []
    store.papers.add(papers(3))
    assert ask(fresh(store)) == []  # nothing was embedded yet


def test_an_inverted_file_finds_nearly_all_and_forgets_rows(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("faiss")
    store.papers.add(papers(400))
    embed(store, ENCODER)
    exact = {id for id, _ in ask(fresh(store), limit=20)}
    monkeypatch.setattr(dense, "FLAT_UP_TO", 100)
    index = open_index(store, ENCODER.name, ENCODER.dimension, tmp_path)
    again = open_index(store, ENCODER.name, ENCODER.dimension, tmp_path)
    found = [id for id, _ in ask(index, limit=20)]
    assert len(exact & set(found)) >= 18
    assert ask(again, limit=20) == ask(index, limit=20)
    best = found[0]
    number = best.removeprefix("arxiv:")
    store.papers.add(
        [Paper(title=store.papers.many([best])[0].title, arxiv_id=number, abstract="x")]
    )
    index.refresh(store)
    assert best not in {id for id, _ in ask(index, limit=20)}


@pytest.mark.parametrize("content", [b"", b"not an index", b"PK\x03\x04 torn"])
def test_a_broken_file_is_built_again(store: Store, tmp_path: Path, content: bytes) -> None:
    store.papers.add(papers(10))
    embed(store, ENCODER)
    (tmp_path / "dense-hash.npz").write_bytes(content)
    index = open_index(store, ENCODER.name, ENCODER.dimension, tmp_path)
    assert ask(index) == ask(fresh(store))
    assert np.load(tmp_path / "dense-hash.npz")["ids"].shape == (10,)


def test_a_torn_file_of_any_length_is_built_again(store: Store, tmp_path: Path) -> None:
    store.papers.add(papers(10))
    embed(store, ENCODER)
    open_index(store, ENCODER.name, ENCODER.dimension, tmp_path)
    path = tmp_path / "dense-hash.npz"
    whole = path.read_bytes()
    for length in range(0, len(whole), 997):
        path.write_bytes(whole[:length])
        assert len(open_index(store, ENCODER.name, ENCODER.dimension, tmp_path)) == 10


def test_a_folder_that_can_not_be_written_costs_nothing_but_time(
    store: Store, tmp_path: Path
) -> None:
    store.papers.add(papers(10))
    embed(store, ENCODER)
    (tmp_path / "file").write_text("in the way")
    index = open_index(store, ENCODER.name, ENCODER.dimension, tmp_path / "file")
    assert len(ask(index)) == 8


def test_embedding_goes_on_where_it_was_stopped(store: Store) -> None:
    class Stopped(Exception):
        pass

    def stop(_: int) -> None:
        raise Stopped

    store.papers.add(papers(300))
    with pytest.raises(Stopped):
        embed(store, ENCODER, progress=stop)
    assert waiting(store, ENCODER.name) == 44
    seen: list[int] = []
    done = embed(store, ENCODER, progress=seen.append)
    assert (done.encoded, done.known, seen) == (44, 256, [44])
    assert embed(store, ENCODER).encoded == 0


def test_the_estimate_keeps_the_batch_it_measured(store: Store) -> None:
    store.papers.add(papers(100))
    measured = estimate(store, ENCODER)
    assert measured.texts == 36 == waiting(store, ENCODER.name)
    assert measured.seconds > 0
    assert estimate(store, ENCODER).texts == 0
    assert estimate(store, ENCODER).seconds == 0
