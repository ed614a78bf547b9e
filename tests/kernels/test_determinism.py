"""The same input gives the same bits, whoever computes it and with how many threads."""

import threading

import pytest
import torch
from torch.utils.data import DataLoader, Dataset

from paperflow import ops
from tests.kernels.cases import features, gradients, random_edges

GRAPH = ops.Graph.from_edge_index(random_edges(2000, 2000, 40_000), 2000)  # many chunks


def bits() -> list[torch.Tensor]:
    q, k, v = (features(2000, 8, 16, seed=i) for i in range(3))
    att, bias = features(8, 16), features(40_000, 8)
    outs = [
        ops.graph_attention(q, k, v, GRAPH),
        ops.graph_attention(q, k, v, GRAPH, bias, top_m=4),
        ops.gatv2_attention(k, q, None, att, GRAPH),
        ops.spmm(GRAPH, v, bias),
        ops.edge_softmax(bias, GRAPH),
    ]
    grads = [y for x in outs for y in gradients(x, [q, k, v, att, bias]) if y is not None]
    return [x.detach() for x in outs] + grads


def assert_same(found, wanted):
    assert all(torch.equal(x, y) for x, y in zip(found, wanted, strict=True))


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_any_number_of_threads_gives_the_same_bits(native, threads):
    wanted, before = bits(), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert_same(bits(), wanted)
    finally:
        torch.set_num_threads(before)


def test_a_repeat_gives_the_same_bits(native):
    assert_same(bits(), bits())


class Batches(Dataset):
    """Computes in whichever process asks."""

    def __len__(self):
        return 4

    def __getitem__(self, index):
        with torch.no_grad():
            q, k, v = (features(2000, 8, 16, seed=i).detach() for i in range(3))
            return ops.graph_attention(q, k, v, GRAPH)


def test_forked_workers_give_the_same_bits(native):
    wanted = Batches()[0]
    loader = DataLoader(Batches(), num_workers=2, multiprocessing_context="fork", batch_size=None)
    for found in loader:
        assert torch.equal(found, wanted)


def test_three_python_threads_at_once_give_the_same_bits(native):
    wanted, found = bits(), {}

    def work(name):
        found[name] = bits()

    workers = [threading.Thread(target=work, args=(name,)) for name in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == 3
    for result in found.values():
        assert_same(result, wanted)


def test_dropout_follows_torchs_seed_and_drops_the_same_edges_everywhere(native):
    q, k, v = (features(2000, 8, 16, seed=i) for i in range(3))

    def draw(seed, name):
        torch.manual_seed(seed)
        with ops.use_backend(name):
            return ops.graph_attention(q, k, v, GRAPH, dropout=0.3)

    assert torch.equal(draw(1, "native"), draw(1, "native"))
    assert not torch.equal(draw(1, "native"), draw(2, "native"))
    assert torch.allclose(draw(1, "native"), draw(1, "naive"), atol=1e-5)


def test_dropout_keeps_its_share_of_the_weight(native):
    g = ops.Graph.from_edge_index(
        torch.stack([torch.arange(20_000), torch.zeros(20_000).long()]), 1, 20_000
    )
    ones = torch.ones(20_000, 1, 4)
    kept = ops.graph_attention(torch.zeros(1, 1, 4), ones, ones, g, dropout=0.25)
    assert torch.allclose(kept, torch.ones(1, 1, 4), atol=0.03)
    assert not torch.equal(kept, torch.ones(1, 1, 4))
