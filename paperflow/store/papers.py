"""Papers: what each source said, and the one paper that all of it makes."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from paperflow.errors import UnknownName
from paperflow.records import Paper, fingerprint
from paperflow.store.database import Database
from paperflow.store.facts import forget
from paperflow.store.identity import (
    SHORTEST_CUT,
    Record,
    bare_arxiv_id,
    bare_doi,
    canonical,
    group,
    keys,
    merge,
    normal,
)

ADDED, MERGED, UNCHANGED = "added", "merged", "unchanged"

_INSERT_PAPER = """
insert into papers (id, title, keywords, abstract, authors, venue, published, sources,
                    payload, payload_hash, content_hash, revision)
values (:id, :title, :keywords, :abstract, :authors, :venue, :published, :sources,
        :payload, :payload_hash, :content_hash, :revision)
on conflict (id) do update set
    title = excluded.title, keywords = excluded.keywords, abstract = excluded.abstract,
    authors = excluded.authors, venue = excluded.venue, published = excluded.published,
    sources = excluded.sources, payload = excluded.payload,
    payload_hash = excluded.payload_hash, content_hash = excluded.content_hash,
    revision = excluded.revision
"""


class Papers:
    """The papers of a store, merged from the records that sources gave."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, papers: Sequence[Paper]) -> list[str]:
        """Add records in one transaction; return "added", "merged", or "unchanged" for each."""
        records = [_record(paper) for paper in papers]
        with self._db.transaction():
            known = self._known([record.hash for record in records])
            new = {item.hash: item for item in records if item.hash not in known}
            if not new:
                return [UNCHANGED] * len(records)
            self._insert(new.values())
            fresh = self._regroup(list(new))
        outcome: list[str] = []
        for record in records:
            outcome.append(UNCHANGED if record.hash in known else fresh[record.hash])
            known.add(record.hash)
        return outcome

    def get(self, paper_id: str) -> Paper | None:
        """Return the paper with this id, or None."""
        return next(iter(self.many([paper_id])), None)

    def many(self, ids: Sequence[str]) -> list[Paper]:
        """Return the papers with these ids, in this order; unknown ids are left out."""
        rows = self._db.where_in("select id, payload from papers where id in ({})", ids)
        found = {paper_id: _load(payload) for paper_id, payload in rows}
        return [found[paper_id] for paper_id in ids if paper_id in found]

    def named(self, names: Sequence[str]) -> list[Paper]:
        """Return the papers that ids, "doi:…", or "arxiv:…" name, sorted by id."""
        rows = self._db.where_in(
            "select distinct r.paper_id from record_keys k join records r on r.number = k.record "
            "where k.key in ({})",
            names,
        )
        return self.many(sorted({*names, *(row[0] for row in rows)}))

    def all(self, since: int = 0) -> Iterator[Paper]:
        """Yield every paper that changed after revision `since`, sorted by id."""
        sql = "select payload from papers where revision > ? order by id"
        for (payload,) in self._db.execute(sql, (since,)):
            yield _load(payload)

    def ids(self) -> list[str]:
        """Return every id, sorted."""
        return [row[0] for row in self._db.execute("select id from papers order by id")]

    def content_hashes(self) -> dict[str, str]:
        """Return the hash of the searched text of every paper, by id, sorted by id."""
        return dict(self._db.execute("select id, content_hash from papers order by id"))

    def citations(self) -> dict[str, int]:
        """Return how many papers cite each work, by the work's "doi:…" or "arxiv:…"."""
        rows = self._db.execute(
            "select payload from papers where instr(payload, '\"references\":') > 0"
        )
        return Counter(
            work for (payload,) in rows for work in set(json.loads(payload).get("references", ()))
        )

    def headings(self) -> Iterator[Paper]:
        """Yield every paper with no more than id, title, authors, year, and date, sorted by id."""
        sql = "select id, title, authors, published from papers order by id"
        for paper_id, title, authors, published in self._db.execute(sql):
            names = tuple(filter(None, authors.split("; ")))
            year = int(published[:4]) if published else None
            yield Paper(id=paper_id, title=title, authors=names, year=year, date=published)

    def state(self) -> list[int]:
        """Return numbers that change whenever a paper comes, goes, or changes."""
        sql = "select count(*), coalesce(max(revision), 0) from papers"
        removed = "select count(*), coalesce(max(revision), 0) from removals"
        return [*self._db.execute(sql).fetchone(), *self._db.execute(removed).fetchone()]

    def count(self) -> int:
        """Return the number of papers."""
        return int(self._db.execute("select count(*) from papers").fetchone()[0])

    def date_range(self) -> tuple[str, str]:
        """Return the earliest and the latest publication date, "" where none is known."""
        sql = "select min(published), max(published) from papers where published <> ''"
        first, last = self._db.execute(sql).fetchone()
        return (first or "", last or "")

    def records(self, paper_id: str) -> list[Paper]:
        """Return what each source said of a paper, oldest first."""
        sql = "select payload from records where paper_id = ? order by number"
        return [_load(payload) for (payload,) in self._db.execute(sql, (paper_id,))]

    def owners(self, papers: Sequence[Paper]) -> list[str]:
        """Return the id of the paper that each of these records, as it was added, belongs to."""
        hashes = [record_hash(paper) for paper in papers]
        sql = "select hash, paper_id from records where hash in ({})"
        owner = dict(self._db.where_in(sql, hashes))
        return [owner[hash] for hash in hashes if hash in owner]

    def find(self, name: str) -> str:
        """Return the id of the paper that an id, DOI, arXiv id, address, or title names."""
        wanted = [name, *_possible_keys(name)]
        rows = self._db.where_in(
            """
            select distinct p.id from papers p
            left join records r on r.paper_id = p.id
            left join record_keys k on k.record = r.number
            where k.key in ({})
            """,
            wanted,
        )
        found = sorted({row[0] for row in rows}) or self._db_ids(name)
        if len(found) == 1:
            return found[0]
        if not found:
            raise UnknownName(
                f"no paper {name!r} in the library",
                hint="name it by DOI, arXiv id, or full title; `paperflow discover` finds papers",
            )
        raise UnknownName(f"{name!r} names {len(found)} papers", hint=f"use an id: {found[:5]}")

    def _db_ids(self, name: str) -> list[str]:
        return [row[0] for row in self._db.execute("select id from papers where id = ?", (name,))]

    def _known(self, hashes: Sequence[str]) -> set[str]:
        rows = self._db.where_in("select hash from records where hash in ({})", hashes)
        return {row[0] for row in rows}

    def _insert(self, records: Iterable[Record]) -> None:
        for record in records:
            payload = _dump(record.paper)
            source = ", ".join(record.paper.sources)
            cursor = self._db.execute(
                "insert into records (hash, source, payload) values (?, ?, ?)",
                (record.hash, source, payload),
            )
            rows = [(key, cursor.lastrowid) for key in set(keys(record.paper))]
            self._db.many("insert into record_keys (key, record) values (?, ?)", rows)

    def _regroup(self, new: Sequence[str]) -> dict[str, str]:
        """Work out the papers that new records touch; return what became of each record."""
        records, owner, numbers = self._neighbours(new)
        works = [(merge(members), members) for members in group(records)]
        works = _distinct(works)
        kept = {paper.id for paper, _ in works}
        revision = self._db.next_revision()
        self._remove(sorted({*owner.values()} - kept), revision)
        self._write([paper for paper, _ in works], revision)
        self._db.many(
            "update records set paper_id = ? where number = ?",
            [(paper.id, numbers[item.hash]) for paper, items in works for item in items],
        )
        return _outcomes(works, new)

    def _neighbours(
        self, new: Sequence[str]
    ) -> tuple[list[Record], dict[str, str], dict[str, int]]:
        """Return all records that chains of shared keys connect to the new ones.

        Beside them, by record hash: the papers that they belonged to, and their row numbers.
        """
        rows = self._db.where_in("select number from records where hash in ({})", new)
        numbers = {row[0] for row in rows}
        fresh = numbers
        while fresh:
            found = self._db.where_in(
                "select distinct record from record_keys where key in "
                "(select key from record_keys where record in ({}))",
                sorted(fresh),
            )
            fresh = ({row[0] for row in found} | self._begun_alike(sorted(fresh))) - numbers
            numbers |= fresh
        loaded = list(
            self._db.where_in(
                "select number, hash, payload, paper_id from records where number in ({})",
                sorted(numbers),
            )
        )
        records = [Record(hash, _load(payload)) for _, hash, payload, _ in loaded]
        owner = {hash: paper_id for _, hash, _, paper_id in loaded if paper_id}
        return records, owner, {hash: number for number, hash, _, _ in loaded}

    def _begun_alike(self, records: Sequence[int]) -> set[int]:
        """Return the records whose titles begin as cut ones of these do, and the other way."""
        sql = "select key from record_keys where record in ({}) and key >= 'cut:' and key < 'u'"
        keys = [row[0].partition(":") for row in self._db.where_in(sql, records)]
        cuts = [text for kind, _, text in keys if kind == "cut"]
        titles = [text for kind, _, text in keys if kind == "title"]
        found = {number for cut in cuts for number in self._beginning(f"title:{cut}")}
        if titles and next(self._beginning("cut:"), None) is not None:
            starts = [f"cut:{text[:n]}" for text in titles for n in range(SHORTEST_CUT, len(text))]
            sql = "select record from record_keys where key in ({})"
            found.update(row[0] for row in self._db.where_in(sql, starts))
        return found

    def _beginning(self, start: str) -> Iterator[int]:
        """Yield the records with a key that begins so."""
        sql = "select record from record_keys where key >= ? and key < ?"
        rows = self._db.execute(sql, (start, f"{start}\U0010ffff"))
        return (row[0] for row in rows)

    def _remove(self, ids: Sequence[str], revision: int) -> None:
        forget(self._db, ids)
        self._db.many("delete from papers where id = ?", [(paper_id,) for paper_id in ids])
        self._db.many(
            "insert into removals values (?, ?) "
            "on conflict (paper_id) do update set revision = excluded.revision",
            [(paper_id, revision) for paper_id in ids],
        )

    def _write(self, papers: Sequence[Paper], revision: int) -> None:
        """Insert or replace papers; those that did not change keep their revision."""
        ids = [paper.id for paper in papers]
        before = dict(self._db.where_in("select id, payload from papers where id in ({})", ids))
        rows = [_row(paper, revision) for paper in papers]
        self._db.many(
            _INSERT_PAPER, [row for row in rows if before.get(str(row["id"])) != row["payload"]]
        )


def record_hash(paper: Paper) -> str:
    """Return the hash under which what a source says is kept."""
    return _record(paper).hash


def _record(paper: Paper) -> Record:
    clean = canonical(Paper.from_dict(_clean(paper.as_dict())))
    return Record(fingerprint(_dump(clean)), clean)


def _clean(value: Any) -> Any:
    """Remove what no database holds: NUL characters and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, (list, tuple)) else value


def _dump(paper: Paper) -> str:
    return json.dumps(paper.as_dict(), ensure_ascii=False, sort_keys=True)


def _load(payload: str) -> Paper:
    return Paper.from_dict(json.loads(payload))


def _row(paper: Paper, revision: int) -> dict[str, str | int]:
    payload = _dump(paper)
    return {
        "id": paper.id,
        "title": paper.title,
        "keywords": "; ".join(paper.keywords),
        "abstract": paper.abstract,
        "authors": "; ".join(paper.authors),
        "venue": paper.venue,
        "published": "" if paper.year is None else paper.date or str(paper.year),
        "sources": "; ".join(paper.sources),
        "payload": payload,
        "payload_hash": fingerprint(payload),
        "content_hash": paper.content_hash,
        "revision": revision,
    }


def _distinct(works: list[tuple[Paper, list[Record]]]) -> list[tuple[Paper, list[Record]]]:
    """Give works whose ids agree, although they are not the same, ids of their own."""
    seen: dict[str, int] = {}
    out = []
    for paper, members in sorted(works, key=lambda work: (work[0].id, work[1][0].hash)):
        count = seen[paper.id] = seen.get(paper.id, 0) + 1
        out.append((paper if count == 1 else replace(paper, id=f"{paper.id}~{count}"), members))
    return out


def _outcomes(works: Iterable[tuple[Paper, list[Record]]], new: Sequence[str]) -> dict[str, str]:
    """Call the first record of a work that nobody knew added, and every other merged."""
    outcome = dict.fromkeys(new, MERGED)
    place = {hash: number for number, hash in enumerate(new)}
    for _, members in works:
        fresh = [record.hash for record in members if record.hash in place]
        if len(fresh) == len(members):
            outcome[min(fresh, key=place.__getitem__)] = ADDED
    return outcome


def _possible_keys(name: str) -> list[str]:
    doi, arxiv = bare_doi(name), bare_arxiv_id(name)
    named = [f"doi:{doi}"] * bool(doi) + [f"arxiv:{arxiv}"] * bool(arxiv and not doi)
    return named or [f"title:{normal(name)}"]
