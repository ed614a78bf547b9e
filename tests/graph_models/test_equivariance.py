"""No choice of carrier, score, link and update depends on the numbers of the nodes."""

from functools import cache

import pytest
import torch

from paperflow import ops
from paperflow.graph_models.attention import Dense, Edges, carriers
from tests.graph_models.combinations import EVERY, LINKED, Pairs, run
from tests.graph_models.shapes import NODES, dense, graph, qkv, same

# Carriers that are made of a graph, without its order; each has as many nodes as the graph.
CARRIERS = {
    "edges": lambda g: g,
    "complete": lambda g: carriers.complete(g.num_dst),
    "with loops": carriers.with_self_loops,
    "2 hops": lambda g: carriers.k_hop(g, 2),
    "dilated": lambda g: carriers.dilated(g, 2),
}
TWO = "mix", "edge mix"  # updates that read no value of the receiver's own
ORDER = torch.randperm(NODES, generator=torch.Generator().manual_seed(7))


def moved(carrier, order):
    """Return the carrier with node `order[i]` numbered i."""
    ends = order.argsort()[carriers.edge_index(carrier)]
    return ops.Graph.from_edge_index(ends, carrier.num_dst)


@pytest.mark.parametrize("name", CARRIERS)
def test_a_carrier_of_renumbered_nodes_is_the_renumbered_carrier(name):
    carrier = graph(share=0.2)
    found = dense(CARRIERS[name](moved(carrier, ORDER)))
    assert torch.equal(found, dense(CARRIERS[name](carrier))[ORDER][:, ORDER])


def updates_of(score, link):
    """Return the updates that go with a score and a link."""
    return [names[2] for names in EVERY if names[:2] == (score, link)]


@cache
def both(name):
    """Return a carrier of a graph, and that of the renumbered graph."""
    carrier = CARRIERS[name](graph(share=0.2))
    return Edges(carrier), Edges(moved(carrier, ORDER))


@pytest.mark.parametrize(("score", "link"), LINKED)
def test_renumbered_nodes_give_the_renumbered_result_on_every_carrier(score, link):
    chosen = updates_of(score, link)
    inputs, pairs = [x.detach() for x in qkv()], Pairs.drawn(torch.float64)
    others, elsewhere = [x[ORDER] for x in inputs], pairs.chosen(ORDER, ORDER)
    for name in CARRIERS:
        here, there = both(name)
        wanted = run(inputs, here, pairs, score, link, *chosen)
        found = run(others, there, elsewhere, score, link, *chosen)
        for update, x, y in zip(chosen, found, wanted, strict=True):
            assert torch.allclose(x, y[ORDER], atol=1e-10), (name, update)


@pytest.mark.parametrize(("score", "link"), LINKED)
def test_receivers_and_senders_of_two_kinds_may_be_renumbered_each_alone(score, link):
    (q, k, v), pairs = [x.detach() for x in qkv()], Pairs.drawn(torch.float64)
    rows, columns = ORDER[:5], ORDER.flip(0)
    ends = (dense(graph())[rows][:, columns]).nonzero().T.flip(0)
    there = Edges(ops.Graph.from_edge_index(ends, 5, NODES))
    kept = rows.sort().values
    here = Dense(5, NODES, dense(graph())[kept] > 0)
    wanted = run([q[kept], k, v], here, pairs.chosen(kept, ORDER.sort().values), score, link, *TWO)
    given = [q[rows], k[columns], v[columns]]
    found = run(given, there, pairs.chosen(rows, columns), score, link, *TWO)
    for x, y in zip(found, wanted, strict=True):
        assert torch.allclose(x, y[rows.argsort().argsort()], atol=1e-10)


@pytest.mark.parametrize(("score", "link"), LINKED)
def test_edges_and_dense_agree_with_their_gradients(score, link):
    carrier, inputs, pairs = graph(), qkv(), Pairs.drawn(torch.float64)
    names = [score, link, *updates_of(score, link)]
    found, wanted = (
        torch.cat([x.flatten() for x in run(inputs, at, pairs, *names)])
        for at in (Edges(carrier), Dense.of(carrier))
    )
    same(found, wanted, [*inputs, pairs.bias, pairs.value])
