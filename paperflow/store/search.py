"""Full-text search in the store: BM25 of FTS5, with Porter's stemmer."""

from collections.abc import Sequence
from dataclasses import dataclass

from paperflow.records import Passage
from paperflow.store.database import Database

# A word in the title or the keywords says more than one in the abstract.
TITLE_WEIGHT, KEYWORDS_WEIGHT, ABSTRACT_WEIGHT = 2.0, 1.5, 1.0
PUNCTUATION = "-–/()[],.;:&'’"  # ends a word of a venue or a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a paper must be, besides relevant. Dates are ISO 8601, as exact as wanted.

    A paper passes when one of `venues`, one of `authors`, and one of `sources` stands in
    its own, word for word, without regard to case and punctuation: "ACL" is in "Findings
    (ACL 2021)", not in "Oracle". An empty list asks for nothing.
    """

    since: str = ""
    until: str = ""
    venues: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def sql(self) -> tuple[str, list[str]]:
        """Return the conditions on table `papers` as p, each with " and " before it."""
        text, values = "", []
        if self.since:
            text += " and p.published >= ?"
            values.append(self.since)
        if self.until:
            text += " and p.published <> '' and substr(p.published, 1, length(?)) <= ?"
            values += [self.until, self.until]
        for column, wanted in (
            ("venue", self.venues), ("authors", self.authors), ("sources", self.sources),
        ):  # fmt: skip
            if wanted:
                inside = f"instr({_words_of(column)}, ?)"
                text += f" and ({' or '.join([inside] * len(wanted))})"
                values += [_padded(word) for word in wanted]
        return text, values


class Search:
    """Ranked full-text search over papers and passages."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def papers(
        self,
        terms: Sequence[str],
        limit: int,
        where: Filter | None = None,
        *,
        also: Sequence[str] = (),
    ) -> list[tuple[str, float]]:
        """Return ids and BM25 scores, best first, of papers with any of the terms.

        The words in `also` count for a paper's rank, but find no paper by themselves: what
        is slow is not to find papers but to rank them, so rare words should find them.
        """
        if not terms:
            return []
        query = f"({_any_of(terms)}) AND ({_any_of([*terms, *also])})" if also else _any_of(terms)
        condition, values = (where or Filter()).sql()
        if not condition:
            return self._ranked(query, limit)
        rows = self._db.execute(
            f"""
            select p.id, bm25(papers_text, {TITLE_WEIGHT}, {KEYWORDS_WEIGHT}, {ABSTRACT_WEIGHT}) b
            from papers_text join papers p on p.number = papers_text.rowid
            where papers_text match ? {condition} order by b, p.id limit ?
            """,
            (query, *values, limit),
        )
        return [(paper_id, -score) for paper_id, score in rows]

    def _ranked(self, query: str, limit: int) -> list[tuple[str, float]]:
        """Rank before joining: FTS5 sorts by `rank` several times faster than by a join."""
        weights = f"bm25({TITLE_WEIGHT}, {KEYWORDS_WEIGHT}, {ABSTRACT_WEIGHT})"
        rows = self._db.execute(
            """
            select p.id, m.rank from (
                select rowid, rank from papers_text
                where papers_text match ? and rank match ? order by rank limit ?
            ) m join papers p on p.number = m.rowid order by m.rank, p.id
            """,
            (query, weights, limit),
        )
        return [(paper_id, -score) for paper_id, score in rows]

    def admitted(self, where: Filter, limit: int | None = None) -> list[str]:
        """Return the ids of the papers that pass `where`, newest first, equal dates by id."""
        condition, values = where.sql()
        rows = self._db.execute(
            f"select p.id from papers p where 1 = 1 {condition} "
            "order by p.published desc, p.id limit ?",
            (*values, -1 if limit is None else limit),
        )
        return [row[0] for row in rows]

    def passages(self, terms: Sequence[str], limit: int) -> list[tuple[Passage, float]]:
        """Return passages and BM25 scores, best first, with any of the terms."""
        if not terms:
            return []
        rows = self._db.execute(
            """
            select p.id, p.paper_id, p.ordinal, p.section, p.text, p.page, p.kind, m.rank from (
                select rowid, rank from passages_text
                where passages_text match ? order by rank limit ?
            ) m join passages p on p.number = m.rowid order by m.rank, p.id
            """,
            (_any_of(terms), limit),
        )
        return [(passage(row[:-1]), -row[-1]) for row in rows]

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """Return in how many papers each term stands, as the index stems it."""
        stems = self._stems(terms)
        counts = dict(
            self._db.where_in(
                "select term, doc from papers_terms where term in ({})",
                sorted({stem for found in stems.values() for stem in found}),
            )
        )
        return {
            term: min((counts.get(stem, 0) for stem in stems.get(term, [])), default=0)
            for term in terms
        }

    def _stems(self, terms: Sequence[str]) -> dict[str, list[str]]:
        """Let FTS5 itself cut the terms, so that they agree with the index to the letter."""
        self._db.execute(
            "create virtual table if not exists temp.probe using fts5 "
            "(text, tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        self._db.execute(
            "create virtual table if not exists temp.probe_terms "
            "using fts5vocab ('temp', 'probe', 'instance')"
        )
        self._db.execute("delete from temp.probe")
        self._db.many("insert into temp.probe (rowid, text) values (?, ?)", enumerate(terms))
        stems: dict[str, list[str]] = {}
        for number, stem in self._db.execute("select doc, term from temp.probe_terms"):
            stems.setdefault(terms[number], []).append(stem)
        return stems


def passage(row: Sequence[object]) -> Passage:
    """Return the passage of a row (id, paper_id, ordinal, section, text, page, kind)."""
    names = ("id", "paper_id", "ordinal", "section", "text", "page", "kind")
    return Passage(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]


def _words_of(column: str) -> str:
    """Return SQL for a column's words in small letters, one blank around each."""
    text = f"lower(p.{column})"
    for mark in PUNCTUATION:
        text = f"replace({text}, '{mark.replace(chr(39), chr(39) * 2)}', ' ')"
    return f"replace(replace(' ' || {text} || ' ', '  ', ' '), '  ', ' ')"


def _padded(text: str) -> str:
    """Return a wanted text in the form of `_words_of`."""
    words = text.lower().translate(dict.fromkeys(map(ord, PUNCTUATION), " ")).split()
    return f" {' '.join(words)} "


def _any_of(terms: Sequence[str]) -> str:
    """Return FTS5's query for any of the terms; a quoted term is never read as an operator."""
    return " OR ".join('"' + term.replace('"', '""').replace("\0", "") + '"' for term in terms)
