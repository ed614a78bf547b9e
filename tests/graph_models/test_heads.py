"""Heads: closed forms, gradients, and that each learns what only it can tell."""

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from paperflow.graph_models.heads import (
    PAIR_HEADS,
    CommonNeighbourHead,
    ComplExHead,
    DistMultHead,
    EdgeTextHead,
    GraphHead,
    HyperedgeHead,
    NodeHead,
    RankHead,
    TransRHead,
)
from paperflow.graph_models.training import Plan, fit


def learn(modules, loss, steps=200):
    model = torch.nn.ModuleList(modules)
    fit(model, lambda _: iter([loss()]), lambda: 0.0, Plan(epochs=steps, rate=0.02, every=steps))


@pytest.mark.parametrize("name", PAIR_HEADS)
def test_a_pair_head_tells_edges_of_a_ring_from_other_pairs(name):
    torch.manual_seed(0)
    node, head = torch.nn.Embedding(8, 16), PAIR_HEADS[name](16)
    bias = torch.nn.Linear(1, 1)
    pairs = torch.cartesian_prod(torch.arange(8), torch.arange(8))
    truth = ((pairs[:, 0] - pairs[:, 1]).abs() % 6 == 1).float()

    def scores():
        told = head(node(pairs[:, 0]), node(pairs[:, 1]))
        return bias(told[:, None]).squeeze(1)

    learn([node, head, bias], lambda: binary_cross_entropy_with_logits(scores(), truth), 400)
    right = scores()[truth == 1].mean()
    assert float(right) > float(scores()[truth == 0].mean()) + 1
    assert all(p.grad is not None for p in head.parameters())


@pytest.mark.parametrize("head", [DistMultHead(4, 3), ComplExHead(4, 3), TransRHead(4, 3)])
def test_each_relation_has_its_own_score(head):
    torch.nn.init.normal_(head.relation)
    u, v = torch.randn(2, 3, 4)
    told = head(u, v, torch.tensor([0, 1, 2]))
    alone = [head(u[i : i + 1], v[i : i + 1], torch.tensor([i])) for i in range(3)]
    assert torch.allclose(told, torch.cat(alone), atol=1e-6)
    first = head(u, v)
    assert torch.allclose(first[0], told[0], atol=1e-6)
    assert not torch.allclose(first[1:], told[1:], atol=1e-3)


@pytest.mark.parametrize("name", ["complex", "rotate"])
def test_complex_numbers_need_an_even_width(name):
    with pytest.raises(ValueError, match="even width"):
        PAIR_HEADS[name](5)


def test_the_sentence_decides_where_the_pair_does_not_and_the_other_way_round():
    torch.manual_seed(0)
    first, second, text = torch.randn(3, 60, 6)
    for part in (first, text):
        truth = (part[:, 0] > 0).long()
        head = EdgeTextHead(6, 6, 16, 2)
        told = lambda head=head: head(first, second, text)  # noqa: E731
        learn([head], lambda told=told, truth=truth: cross_entropy(told(), truth))
        assert float((told().argmax(1) == truth).float().mean()) > 0.95


def test_a_hyperedge_is_scored_by_its_members_in_any_order():
    head, nodes = HyperedgeHead(5, 2).eval(), torch.randn(6, 5)
    ptr = torch.tensor([0, 3, 5])
    told = head(nodes, ptr, torch.tensor([0, 1, 2, 4, 5]))
    other = head(nodes, ptr, torch.tensor([2, 0, 1, 5, 4]))
    assert told.shape == (2, 2)
    assert torch.allclose(told, other, atol=1e-6)


def test_a_graph_is_the_set_of_its_nodes():
    head, nodes = GraphHead(5, 3), torch.randn(6, 5)
    ptr = torch.tensor([0, 2, 6])
    alone = torch.cat([head(part, torch.tensor([0, len(part)])) for part in nodes.split([2, 4])])
    assert torch.allclose(head(nodes, ptr), alone, atol=1e-6)


def test_pairs_without_common_neighbours_are_scored_by_their_product():
    head, nodes = CommonNeighbourHead(4).eval(), torch.randn(3, 4)
    none = torch.zeros(3, dtype=torch.int64), torch.zeros(0, dtype=torch.int64)
    pairs = torch.tensor([[0, 1], [1, 2]])
    alone = head(nodes, pairs, none)
    with_one = head(nodes, pairs, (torch.tensor([0, 1, 1]), torch.tensor([2])))
    assert torch.isfinite(alone).all()
    assert torch.equal(with_one[1], alone[1])
    assert not torch.allclose(with_one[0], alone[0])


def test_a_node_head_gives_a_row_of_logits_for_each_node():
    assert NodeHead(4, 3)(torch.randn(7, 4)).shape == (7, 3)


def test_ranking_is_by_cosine_so_lengths_play_no_part():
    head = RankHead(4)
    torch.nn.init.zeros_(head.query.bias)
    torch.nn.init.zeros_(head.item.bias)
    query, items = torch.randn(2, 4), torch.randn(5, 4)
    told = head(query, items)
    assert told.shape == (2, 5)
    assert torch.allclose(head(3 * query, 7 * items), told, atol=1e-5)
    assert torch.allclose(head(query, items.expand(2, 5, 4)), told, atol=1e-6)
