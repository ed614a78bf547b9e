"""BibTeX: fields, LaTeX, names, macros, and what is kept of the rest."""

import pytest

from paperflow.records import Paper
from tests.readers.samples import failures, items, paper, papers


def entry(fields: str, kind: str = "article") -> Paper:
    return paper(f"@{kind}{{key,\n  {fields}\n}}\n", "refs.bib")


def test_a_full_entry_fills_the_fields_of_a_paper() -> None:
    found = entry(
        r"""author = "Noether, Emmy and Wilhelm van der Waerden",
        title = {{Idealtheorie} in {R}ingbereichen},
        journal = {Mathematische Annalen}, volume = 83, number = {1--2}, pages = {24--66},
        year = {1921}, month = sep, doi = {https://doi.org/10.1007/BF01464225},
        url = {https://example.org/a\_b/\~{}emmy}, publisher = {Springer \& Co},
        keywords = {rings, ideals}, language = {german}, abstract = {Rings
        with a finite

        basis.}, issn = {0025-5831}"""
    )
    assert found == Paper(
        title="Idealtheorie in Ringbereichen",
        abstract="Rings with a finite\n\nbasis.",
        authors=("Emmy Noether", "Wilhelm van der Waerden"),
        year=1921,
        date="1921-09",
        venue="Mathematische Annalen",
        kind="article",
        doi="10.1007/bf01464225",
        url="https://example.org/a_b/~emmy",
        volume="83",
        issue="1-2",
        pages="24-66",
        publisher="Springer & Co",
        language="german",
        keywords=("rings", "ideals"),
        sources=("bibtex",),
        extra={"citation_key": "key", "issn": "0025-5831"},
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        *((kind, kind) for kind in ("article", "inproceedings", "book", "incollection", "misc")),
        *((kind, kind) for kind in ("phdthesis", "techreport", "online", "dataset", "software")),
        ("InProceedings", "inproceedings"),
        ("conference", "inproceedings"),
        ("www", "online"),
        ("inbook", "inbook"),
        ("patent", "patent"),
    ],
)
def test_the_kind_is_the_entry_s_type(kind: str, expected: str) -> None:
    assert entry("title = {A}", kind).kind == expected


def test_a_rarer_name_of_a_type_is_kept_beside_the_kind() -> None:
    found = entry("title = {A}, type = {mathesis}, institution = {TU Wien}", "thesis")
    assert (found.kind, found.venue) == ("mastersthesis", "TU Wien")
    assert found.extra == {"citation_key": "key", "entry_type": "thesis", "type": "mathesis"}


@pytest.mark.parametrize(
    ("fields", "arxiv_id", "primary_class"),
    [
        ("eprint={1706.03762}, archivePrefix={arXiv}, primaryClass={cs.CL}", "1706.03762", "cs.CL"),
        ("eprint={1706.03762v5}, eprinttype={arxiv}, eprintclass={cs.CL}", "1706.03762", "cs.CL"),
        ("eprint={math/0211159}", "math/0211159", ""),
        ("journal={arXiv preprint arXiv:1706.03762}", "1706.03762", ""),
        ("journal={CoRR}, volume={abs/1706.03762}", "1706.03762", ""),
        ("url={https://arxiv.org/abs/1706.03762v2}", "1706.03762", ""),
        ("doi={10.48550/arXiv.1706.03762}", "1706.03762", ""),
        ("eprint={12345}, eprinttype={jstor}", "", ""),
        ("journal={Annals of arXival Studies}, volume={1706.03762}", "", ""),
    ],
)
def test_the_arxiv_id_is_found_wherever_it_is_written(
    fields: str, arxiv_id: str, primary_class: str
) -> None:
    found = entry(f"title={{A}}, {fields}", "misc")
    assert (found.arxiv_id, found.primary_class) == (arxiv_id, primary_class)


def test_an_arxiv_number_is_no_venue_but_is_kept() -> None:
    found = entry("title={A}, journal={CoRR}, volume={abs/1706.03762}")
    assert (found.venue, found.volume) == ("", "")
    assert found.extra["journal"] == "CoRR"
    assert found.extra["volume"] == "abs/1706.03762"


@pytest.mark.parametrize(
    ("fields", "date", "year"),
    [
        ("year=1999", "1999", 1999),
        ("year={1999}, month=jan", "1999-01", 1999),
        ("year={1999}, month={February}", "1999-02", 1999),
        ("year={1999}, month={03}", "1999-03", 1999),
        ('year=1999, month=apr # "~17"', "1999-04-17", 1999),
        ('year=1999, month="17~" # may', "1999-05-17", 1999),
        ("year=1999, month=jun, day=5", "1999-06-05", 1999),
        ("date={1999-07-08}", "1999-07-08", 1999),
        ("date={1999-07-08/1999-07-10}, year=1999", "1999-07-08", 1999),
        ("date={XXXX-02-10}", "XXXX-02-10", None),
        ("year=1999, month={Spring}", "1999", 1999),
        ("year=1999, month=feb, day=30", "1999-02", 1999),
        ("year={in press}", "", None),
        ("year=3020", "", None),
        ("year=20", "", None),
    ],
)
def test_dates_are_as_exact_as_they_are_written(fields: str, date: str, year: int | None) -> None:
    found = entry(f"title={{A}}, {fields}")
    assert (found.date, found.year) == (date, year)


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ("year={in press}", "year", "in press"),
        ("year=3020", "year", "3020"),
        ("year=1999, month={Spring}", "month", "Spring"),
        ("year=1999, month=feb, day=30", "day", "30"),
        ("date={1999-07-08/1999-07-10}", "date", "1999-07-08/1999-07-10"),
        ("doi={pending}", "doi", "pending"),
        ("eprint={12345}, eprinttype={jstor}", "eprint", "12345"),
        (r"note={Read \emph{this} {First}}", "note", r"Read \emph{this} {First}"),
        ("mendeley-tags={x_{1}}", "mendeley-tags", "x_{1}"),
        ("journal={J}, booktitle={B}", "booktitle", "B"),
        ("author={Ada Byron and others}", "author", "Ada Byron and others"),
    ],
)
def test_what_has_no_place_is_kept_as_written(fields: str, name: str, value: str) -> None:
    assert entry(f"title={{A}}, {fields}").extra[name] == value


def test_macros_are_joined_and_months_are_known() -> None:
    (found,) = papers(
        '@string{acl = "Proc. " # {of } # ACL}\n@STRING(inner = {Inner})\n'
        '@article{a, title = {A}, journal = Acl # " Trans. " # inner # { } # 12, year=1999}',
        "refs.bib",
    )
    assert found.venue == "Proc. of ACL Trans. Inner 12"


def test_both_delimiters_and_entries_without_keys_are_understood() -> None:
    found = papers(
        '@article(a, title = "Say {"}hi{"} {B}", year = 1999)\n'
        "@misc{title = {No Key}} @misc{b, title={Same Line}}\n@ misc {c , title={Blanks} , }",
        "refs.bib",
    )
    assert [item.title for item in found] == ['Say "hi" B', "No Key", "Same Line", "Blanks"]
    assert [item.extra.get("citation_key") for item in found] == ["a", None, "b", "c"]


def test_comments_and_preambles_are_passed_over() -> None:
    text = (
        '% Encoding: UTF-8\nWritten by "hand, with {care\n@comment{jabref-meta: @article{x}}\n'
        '@preamble{"\\newcommand{\\x}{y}"}\n@article{a, title={A}}\n% bye\n'
    )
    assert paper(text, "refs.bib").title == "A"


def test_a_group_in_braces_stays_one_name() -> None:
    found = entry(
        r"title={A}, author={{The OpenAI Team} and {Barnes and Noble} and M{\"u}ller, J{\"o}rg}"
    )
    assert found.authors == ("The OpenAI Team", "Barnes and Noble", "Jörg Müller")
    assert found.extra["author"].startswith("{The OpenAI Team} and {Barnes and Noble}")


def test_a_field_given_twice_keeps_both_values() -> None:
    found = entry("title={A}, url={http://a.org}, URL={http://b.org}, note={N}, note={N}")
    assert found.url == "http://a.org"
    assert found.extra == {"citation_key": "key", "url (2)": "http://b.org", "note": "N"}


def test_a_repeated_key_is_told_and_both_entries_are_read() -> None:
    text = "@misc{k, title={One}}\n@misc{k, title={Two}}\n@misc{l, title={Three}}\n"
    found = items(text, "refs.bib")
    assert [getattr(item, "title", "") for item in found] == ["One", "", "Two", "Three"]
    (failure,) = failures(text, "refs.bib")
    assert failure.item == "refs.bib: entry k (line 2)"
    assert "line 1" in failure.reason


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("@misc{bad, title={Open\n", "not closed"),
        ('@misc{bad, title="Open\n}\n', "not closed"),
        ('@misc{bad, title="Missing" year=1999}\n', "comma"),
        ("@misc{bad, title={Missing} year=1999}\n", "comma"),
        ("@misc{bad title={Missing}}\n", "broken"),
        ("@misc{bad, just words}\n", "broken"),
        ("@misc{bad, year=1999}\n", "no title"),
    ],
)
def test_a_broken_entry_spoils_none_of_its_neighbours(broken: str, reason: str) -> None:
    text = f"@misc{{a, title={{A}}}}\n{broken}@misc{{b, title={{B}}}}\n"
    assert [item.title for item in items(text, "r.bib") if isinstance(item, Paper)] == ["A", "B"]
    (failure,) = failures(text, "r.bib")
    assert failure.item == "r.bib: entry bad (line 2)"
    assert reason in failure.reason


def test_a_truncated_file_keeps_what_came_before() -> None:
    found = items("@misc{a, title={A}}\n@article{cut, title={Never Fin", "refs.bib")
    assert [getattr(item, "title", None) for item in found] == ["A", None]


def test_an_endless_entry_is_refused_and_the_next_one_read() -> None:
    filler = "word " * 20 + "\n"
    text = "@misc{big, title={A}, note={" + filler * 20_000 + "\n@misc{b, title={B}}\n"
    assert [getattr(item, "title", None) for item in items(text, "refs.bib")] == [None, "B"]
