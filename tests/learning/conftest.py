"""A library that was made up so that it can be learned from: topics, each with works of its own."""

import random
from pathlib import Path

import pytest

from paperflow.discovery import embed
from paperflow.records import Context, Paper
from paperflow.workspace import Workspace, find_workspace

TOPICS = {
    "bridges": "arch girder cable truss span river",
    "bread": "flour yeast oven crust dough rise",
    "violins": "string bow varnish spruce tone pitch",
    "glaciers": "ice moraine melt valley crevasse snow",
}
PAPERS = 15  # of each topic
WORKS = 10  # that each topic cites


def papers_of(topic: str, words: list[str], draw: random.Random) -> list[Paper]:
    """Return papers that use a topic's words and cite its works, seldom others'."""
    found = []
    for number in range(PAPERS):
        own = [f"doi:10.1/{topic}-{work}" for work in draw.sample(range(WORKS), 5)]
        stray = f"doi:10.1/{draw.choice(sorted(TOPICS))}-{draw.randrange(WORKS)}"
        text = f"{topic} {' '.join(draw.choices(words, k=12))}"
        found.append(
            Paper(
                title=f"On {topic} number {number} {draw.choice(words)}",
                abstract=f"We study {text}.",
                doi=f"10.2/{topic}-{number}",
                year=2000 + number,
                references=tuple(dict.fromkeys([*own, stray])),
                contexts=(
                    Context(own[0], f"Unlike the failed and poor method of [1], {topic} hold."),
                    Context(own[1], f"The excellent work on {topic} in [2] is used here."),
                ),
            )
        )
    return found


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return the made-up library, embedded by word hashing; it is shared, so copy it to change."""
    workspace = find_workspace(tmp_path_factory.mktemp("taught"), create=True)
    (workspace.home / "paperflow.toml").write_text('encoder = "hash"\nworkers = 1\n')
    draw = random.Random(0)
    for topic, words in sorted(TOPICS.items()):
        workspace.store.papers.add(papers_of(topic, words.split(), draw))
    embed(workspace)
    return workspace


@pytest.fixture
def copied(taught: Workspace, tmp_path: Path) -> Workspace:
    """Return a copy of the made-up library that a test may change."""
    from shutil import copytree

    copytree(taught.home, tmp_path / taught.home.name)
    return find_workspace(tmp_path)
