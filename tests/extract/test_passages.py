"""A paper without full text has up to three passages."""

from paperflow.extract.passages import passages_of
from paperflow.records import Paper

PAPER = Paper(
    id="doi:10.1/x",
    title="Attention on Graphs",
    abstract="We study attention.",
    authors=("Ada Lovelace", "Alan Turing"),
    venue="ICML 2024",
    year=2024,
    references=("arxiv:1706.03762",),
)


def test_title_abstract_and_record_are_passages_in_order():
    passages = passages_of(PAPER)
    assert [(p.ordinal, p.section) for p in passages] == [
        (0, "title"),
        (1, "abstract"),
        (2, "record"),
    ]
    assert passages[0].text == PAPER.title
    assert passages[1].text == PAPER.abstract
    assert passages[2].text == (
        "Authors: Ada Lovelace; Alan Turing. Venue: ICML 2024. Year: 2024. "
        "References: arxiv:1706.03762"
    )


def test_what_a_paper_does_not_state_is_no_passage():
    assert passages_of(Paper(title=" ")) == ()
    assert [p.ordinal for p in passages_of(Paper(title="T", year=1999))] == [0, 2]


def test_ids_tell_papers_places_and_texts_apart():
    ids = [
        p.id
        for paper in (PAPER, Paper(id="b", title="A", abstract="A"))
        for p in passages_of(paper)
    ]
    assert len(set(ids)) == len(ids)
    assert [p.id for p in passages_of(PAPER)] == [p.id for p in passages_of(PAPER)]
