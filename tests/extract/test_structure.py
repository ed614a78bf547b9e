"""Authors, venue and citations come from the record, with its words as evidence."""

import pytest

from paperflow.extract import analyse
from paperflow.extract.structure import author_key, reference_key, venue_name
from paperflow.records import Paper
from tests.extract.reading import edges

PAPER = Paper(
    id="doi:10.1/x",
    title="On Graphs",
    authors=("Ada Lovelace", "Ada Lovelace Byron", "Kurt Gödel"),
    venue="NeurIPS 2021",
    year=2021,
    references=("arxiv:1706.03762v5", "doi:10.1000/ABC", "10 thoughts"),
)


def test_the_record_gives_authors_venue_and_citations():
    assert edges(analyse(PAPER)[1]) == [
        ("On Graphs", "authored_by", "Ada Lovelace"),
        ("On Graphs", "authored_by", "Ada Lovelace Byron"),
        ("On Graphs", "authored_by", "Kurt Gödel"),
        ("On Graphs", "cites", "10 thoughts"),
        ("On Graphs", "cites", "arxiv:1706.03762v5"),
        ("On Graphs", "cites", "doi:10.1000/ABC"),
        ("On Graphs", "published_in", "NeurIPS"),
    ]


def test_each_edge_quotes_its_own_place_in_the_record():
    passages, facts = analyse(PAPER)
    quotes = {edge.evidence[0].quote for edge in facts.relations}
    assert quotes == {*PAPER.authors, PAPER.venue, *PAPER.references}
    spans = {(edge.evidence[0].start, edge.evidence[0].end) for edge in facts.relations}
    assert len(spans) == 7
    assert all(edge.evidence[0].passage_id == passages[-1].id for edge in facts.relations)


def test_a_cited_paper_and_the_same_paper_in_the_library_are_one_node():
    cited = {e.id for e in analyse(PAPER)[1].entities if e.key == "arxiv:1706.03762"}
    own = analyse(Paper(id="arxiv:1706.03762", title="Attention Is All You Need"))[1]
    assert cited == {e.id for e in own.entities if e.type == "paper"}


def test_a_paper_that_cites_itself_has_no_edge_to_itself():
    paper = Paper(id="arxiv:1706.03762", title="T", references=("arxiv:1706.03762",))
    assert analyse(paper)[1].relations == ()


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("arxiv:1706.03762v5", "arxiv:1706.03762"),
        ("doi:10.48550/arXiv.1706.03762", "arxiv:1706.03762"),
        ("doi:10.1000/ABC", "doi:10.1000/abc"),
        (" Some book ", "Some book"),
    ],
)
def test_references_have_the_ids_that_papers_have(reference, key):
    assert reference_key(reference) == key


@pytest.mark.parametrize("name", ["Kurt Gödel", "KURT GODEL", "Gödel, Kurt", "Kurt  Gödel."])
def test_spellings_of_an_author_share_a_key(name):
    assert author_key(name) == "kurt godel"


@pytest.mark.parametrize(
    ("venue", "name"),
    [
        ("NeurIPS 2021", "NeurIPS"),
        ("nips", "NeurIPS"),
        ("Advances in Neural Information Processing Systems 32", "NeurIPS"),
        ("Proceedings of the 38th International Conference on Machine Learning", "ICML"),
        ("ICLR'24", "ICLR"),
        ("Journal of Small Graphs", "Journal of Small Graphs"),
        ("3dv", "3DV"),
        ("2020", ""),
    ],
)
def test_a_venue_is_one_through_the_years(venue, name):
    assert venue_name(venue) == name
