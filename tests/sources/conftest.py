"""Fixtures of the tests that ask the web, which is all on this machine."""

import pytest

from tests.sources.loopback import Reply
from tests.sources.net import Net


@pytest.fixture
def net(tmp_path):
    made: list[Net] = []

    def make(*replies: Reply, **options) -> Net:
        made.append(Net(tmp_path, *replies, **options))
        return made[-1]

    yield make
    for one in made:
        one.server.close()
