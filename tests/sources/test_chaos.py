"""Faults at random under a fixed seed: nothing is lost, doubled, hurried, or left behind."""

import pytest

from paperflow.workspace import find_workspace
from tests.sources.chaos import chaos
from tests.sources.services import SERVICES


@pytest.mark.parametrize("seed", [1, 2])
def test_in_chaos_every_paper_that_was_returned_is_kept_once_and_the_table_is_right(tmp_path, seed):
    workspace = find_workspace(tmp_path, create=True)
    with chaos(tmp_path, workspace, queries=4, seed=seed) as outcome:
        assert outcome.problems() == []
    assert set(outcome.rows) == set(SERVICES)
    statuses = {status for row in outcome.rows.values() for status in row}
    assert "ok" in statuses
    assert statuses & {"failed", "rate_limited", "unauthorized"}  # else nothing was tried
    assert len(outcome.returned) > 100
