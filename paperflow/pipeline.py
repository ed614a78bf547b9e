"""The stages in order, each resumable: what is confirmed stays, and is not done twice."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from paperflow.documents import Document
from paperflow.engine import batched, run
from paperflow.errors import PaperflowError
from paperflow.extract import analyse, version
from paperflow.extract.model.asking import kept_replies
from paperflow.extract.model.chunks import Replies
from paperflow.records import Failure, Paper
from paperflow.store import Store
from paperflow.store.facts import Analysis

if TYPE_CHECKING:
    from paperflow.encoder import Vectors
    from paperflow.extract.reading import SearchVectors

_BATCH = 64  # papers a worker gets at once: a few seconds of work at most,
_CHARACTERS = 300_000  # or about four full texts: half a minute with the trained heads
_FEW = 4  # batches that are not worth starting processes

Task = tuple[Paper, Document | None, str, Replies | None]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many papers a stage went through, and which ones failed."""

    done: int
    failures: tuple[Failure, ...]


def analyze_papers(
    store: Store, *, workers: int = 0, heads: bool = False, progress: Progress | None = None
) -> Summary:
    """Turn every paper that is new or changed into passages, entities, relations, statements.

    With `heads`, the trained heads for terms and relations run too.
    """
    made_by = version(heads=heads)
    tasks = (
        (paper, document, fingerprint, kept_replies(store, paper, document))
        for paper, fingerprint in store.facts.pending(made_by)
        for document in [store.documents.get(paper.id)]
    )
    batches = batched(tasks, _BATCH, weight=_characters, most=_CHARACTERS)
    first = list(islice(batches, _FEW + 1))
    done = 0
    failures: list[Failure] = []
    stage = partial(_analyse_batch, heads=heads)
    count = workers if len(first) > _FEW else 1
    for results in run(stage, chain(first, batches), workers=count):
        good = [item for item in results if isinstance(item, Analysis)]
        failures += [item for item in results if isinstance(item, Failure)]
        store.facts.put_many(good)
        _keep_vectors(store, good)
        done += len(good)
        if progress:
            progress(len(results))
    return Summary(done, tuple(failures))


def _keep_vectors(store: Store, analyses: Sequence[Analysis]) -> None:
    """Keep the vectors that the heads' own pass has made: `embed` need not make them again."""
    made: defaultdict[str, dict[str, Vectors]] = defaultdict(dict)
    for analysis in analyses:
        for (name, content), vector in analysis.vectors.items():
            made[name][content] = vector
    for name, vectors in made.items():
        store.vectors.put(name, vectors)


def _characters(task: Task) -> int:
    paper, document, *_ = task
    return len(document.text) if document else len(paper.abstract)


def _analyse_batch(tasks: Sequence[Task], *, heads: bool) -> list[Analysis | Failure]:
    return [_analyse_one(*task, heads=heads) for task in tasks]


def _analyse_one(
    paper: Paper,
    document: Document | None,
    fingerprint: str,
    replies: Replies | None,
    *,
    heads: bool,
) -> Analysis | Failure:
    """Analyse one paper; a paper that trips the extractors must not stop the others."""
    try:
        vectors: SearchVectors = {}
        passages, facts = analyse(paper, document, heads=heads, replies=replies, vectors=vectors)
    except PaperflowError as error:
        return Failure(item=paper.id, reason=error.message)
    except Exception as error:
        return Failure(item=paper.id, reason=f"{type(error).__name__}: {error}")
    return Analysis(paper.id, fingerprint, passages, facts, vectors)
