"""Memory of large results is used again once nobody can see them, and never before."""

import gc
import threading

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from paperflow import ops
from paperflow.kernels import memory
from tests.kernels.test_determinism import assert_same, bits

LARGE = (memory.LEAST // 4, 2)


@pytest.fixture(autouse=True)
def nothing_waits():
    ops.empty_cache()
    yield
    ops.empty_cache()


def large(value: float = 0.0) -> torch.Tensor:
    return memory.empty(LARGE, torch.float32).fill_(value)


def test_a_large_result_takes_the_memory_that_another_has_left():
    first = large()
    place = first.data_ptr()
    del first
    assert large().data_ptr() == place


def test_a_block_serves_other_types_and_shapes_of_about_its_size():
    first = large()
    place = first.data_ptr()
    del first
    again = memory.empty((LARGE[0] * 2 - 9,), torch.int32)
    assert (again.data_ptr(), again.dtype, again.shape) == (place, torch.int32, (LARGE[0] * 2 - 9,))


@pytest.mark.parametrize(
    "keep",
    [
        lambda x: x[1:, 1],
        lambda x: x.detach(),
        lambda x: x.numpy(),
        lambda x: x.untyped_storage(),
        lambda x: x.view(torch.int32).T,
        lambda x: (torch.ones(1, requires_grad=True) * x).grad_fn,
    ],
    ids=["a slice", "detached", "an array", "the storage", "a view", "the graph of autograd"],
)
def test_whatever_still_shows_a_result_keeps_its_memory(keep):
    first = large(7.0)
    place, kept = first.data_ptr(), keep(first)
    del first
    gc.collect()
    assert large().data_ptr() != place
    del kept
    gc.collect()
    assert large().data_ptr() == place


def test_small_results_are_torchs_own():
    assert memory.empty((2, 3), torch.float64).untyped_storage().resizable()


def test_no_more_waits_than_the_limit_and_the_longest_unused_goes_first(monkeypatch):
    monkeypatch.setattr(memory, "MOST", 2 * 4 * LARGE[0] * LARGE[1])
    made = [large() for _ in range(3)]
    places = [x.data_ptr() for x in made]
    while made:
        del made[0]
    again = [large() for _ in range(2)]
    assert {x.data_ptr() for x in again} == set(places[1:])


def test_the_cache_can_be_emptied():
    result = large()
    del result
    assert memory._waiting
    ops.empty_cache()
    assert not memory._waiting


@given(st.lists(st.integers(1, 1 << 40), min_size=1, max_size=20))
def test_a_block_is_at_most_an_eighth_larger_than_asked(sizes):
    for size in sizes:
        assert size <= memory._rounded(size) <= size * 9 / 8 + 1


def test_results_in_used_memory_full_of_nan_are_the_same_bits(native, monkeypatch):
    wanted = bits()
    monkeypatch.setattr(memory, "LEAST", 1)
    for _ in range(2):
        for block in memory._waiting:
            block.fill_(255)  # NaN in every float type
        assert_same(bits(), wanted)
    assert memory._waiting


def test_threads_never_share_the_memory_of_results_that_live(native, monkeypatch):
    monkeypatch.setattr(memory, "LEAST", 1)
    wrong = []

    def work(mark: int) -> None:
        for _ in range(300):
            made = [memory.empty((100,), torch.int64).fill_(mark) for _ in range(3)]
            wrong.extend(x for x in made if not (x == mark).all())

    workers = [threading.Thread(target=work, args=(mark,)) for mark in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong
