"""The nearest works that a paper could have known."""

import pytest

from paperflow.discovery.near import nearest_earlier
from paperflow.records import Paper
from paperflow.workspace import find_workspace


@pytest.fixture
def workspace(tmp_path):
    made = find_workspace(tmp_path, create=True)
    text = "graph transformers attend"
    made.store.papers.add(
        [
            Paper(title=f"{text} first", year=2019),
            Paper(title=f"{text} before", year=2017),
            Paper(title=f"{text} later", year=2021),
            Paper(title=f"{text} as a preprint", arxiv_id="2601.01123"),
            Paper(title=f"{text} as an early preprint", arxiv_id="1801.01123"),
            Paper(title=f"{text} undated"),
        ]
    )
    return made


def titles(workspace, name):
    paper = next(paper for paper in workspace.store.papers.all() if paper.title.endswith(name))
    return sorted(
        near.paper.title.split("attend ")[1] for near in nearest_earlier(workspace, paper)
    )


def test_newer_and_undated_works_are_left_out(workspace):
    assert titles(workspace, "first") == ["as an early preprint", "before"]


def test_the_year_may_stand_in_the_arxiv_id(workspace):
    assert titles(workspace, "as an early preprint") == ["before"]


def test_beside_an_undated_paper_every_work_counts(workspace):
    assert len(titles(workspace, "undated")) == 5
