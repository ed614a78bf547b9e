"""paperflow's own JSON, one record a line or in an array, and what resembles it.

The keys are those of `Paper`, but names that other tools use are understood as well
(aliases.py). Keys that are no field of a paper, and a foreign `id`, go to `extra`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from paperflow.readers.aliases import open_identifiers, open_own, sort_out
from paperflow.readers.fields import BadRecord, assemble
from paperflow.readers.file import File, Reader
from paperflow.readers.jsontext import objects
from paperflow.records import Failure, Paper

NAME = "jsonl"
_START = re.compile(r"\s*(?:\[\s*)?\{\s*\"")
_TITLE = re.compile(r"\"(?:paper_?)?title\"\s*:", re.IGNORECASE)


def _looks_like(head: str) -> bool:
    return bool(_START.match(head) and _TITLE.search(head))


def _read(file: File) -> Iterator[Paper | Failure]:
    for found in objects(file):
        if isinstance(found, Failure):
            yield found
            continue
        place, record = found
        try:
            yield paper(record)
        except BadRecord as error:
            yield file.failure(place, str(error))


def paper(record: Mapping[str, Any]) -> Paper:
    """Return the paper of one record; raise BadRecord when it has no title."""
    stated, extra = sort_out(open_identifiers(record).items())
    open_own(stated, extra)
    return assemble(NAME, stated, extra)


READER = Reader(suffixes=(".jsonl", ".ndjson", ".json"), looks_like=_looks_like, read=_read)
