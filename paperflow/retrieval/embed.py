"""The step that gives every paper a vector: resumable, nothing is encoded twice."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from paperflow.encoder import Encoder, paper_text
from paperflow.store import Store

BATCH = 256  # texts a transaction: at most half a minute of work is lost by a kill

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Embedded:
    """How many texts were encoded now, and how many had their vector before."""

    encoded: int
    known: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many texts wait, and in how many seconds they should be done."""

    texts: int
    seconds: float


def embed(store: Store, encoder: Encoder, *, progress: Progress | None = None) -> Embedded:
    """Encode title and abstract of every paper that has no vector of `encoder` yet.

    Each batch is committed by itself, so a run that is killed goes on where it was.
    `progress` gets the number of texts of each batch that is done.
    """
    missing = _missing(store, encoder.name)
    known = len(store.vectors.known(encoder.name))
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        _encode(store, encoder, batch)
        if progress is not None:
            progress(len(batch))
    return Embedded(encoded=len(missing), known=known)


def waiting(store: Store, model: str) -> int:
    """Return how many texts have no vector of `model` yet."""
    return len(_missing(store, model))


def estimate(store: Store, encoder: Encoder, *, batch: int = 64) -> Estimate:
    """Encode and keep a first batch, and tell from it how long the rest takes."""
    missing = _missing(store, encoder.name)
    encoder.encode(["warm up"])
    begin = perf_counter()
    _encode(store, encoder, missing[:batch])
    each = (perf_counter() - begin) / max(1, len(missing[:batch]))
    left = len(missing) - len(missing[:batch])
    return Estimate(texts=left, seconds=left * each)


def _missing(store: Store, model: str) -> list[str]:
    """Return one paper for each text without a vector, sorted by id."""
    known = store.vectors.known(model)
    first: dict[str, str] = {}
    for paper_id, content in store.papers.content_hashes().items():
        if content not in known:
            first.setdefault(content, paper_id)
    return list(first.values())


def _encode(store: Store, encoder: Encoder, ids: list[str]) -> None:
    papers = store.papers.many(ids)
    vectors = encoder.encode([paper_text(paper) for paper in papers])
    hashes = [paper.content_hash for paper in papers]
    store.vectors.put(encoder.name, dict(zip(hashes, vectors, strict=True)))
