"""Stages on one process or several: the same results, in the same order, flat in memory."""

import os

import pytest

from paperflow.engine import batched, cores, run


def double(batch):
    return [2 * item for item in batch]


def process(batch):
    return [os.getpid() for _ in batch]


def fail(batch):
    raise ValueError(f"no {batch[0]}")


def test_batches_cover_everything_once():
    assert list(batched(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(batched([], 3)) == []


def test_a_batch_ends_where_its_items_weigh_enough():
    found = batched([1, 5, 1, 1, 1, 9, 1], 3, weight=int, most=6)
    assert list(found) == [[1, 5], [1, 1, 1], [9], [1]]


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_batches(workers):
    out = run(double, batched(range(100), 7), workers=workers)
    assert [item for batch in out for item in batch] == [2 * item for item in range(100)]


def test_several_workers_are_other_processes():
    seen = {pid for batch in run(process, batched(range(8), 1), workers=2) for pid in batch}
    assert os.getpid() not in seen


def test_input_is_taken_only_as_far_as_results_are_asked_for():
    taken = []

    def source():
        for number in range(1000):
            taken.append(number)
            yield number

    results = run(double, batched(source(), 1), workers=2)
    next(results)
    assert len(taken) < 20
    results.close()


def test_an_error_in_a_stage_reaches_the_caller():
    with pytest.raises(ValueError, match="no 0"):
        list(run(fail, batched(range(3), 1), workers=2))


def test_there_is_at_least_one_core():
    assert cores() >= 1
