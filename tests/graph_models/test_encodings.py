"""Encodings equal what networkx or a matrix says."""

from itertools import permutations

import networkx as nx
import numpy as np
import pytest
import torch

from paperflow import ops
from paperflow.graph_models import encodings
from paperflow.graph_models.attention import carriers
from tests.graph_models.shapes import NODES, dense, graph, undirected


def walk_matrix(carrier):
    matrix = dense(carrier)
    return matrix / matrix.sum(1, keepdim=True).clamp(min=1)


def test_random_walk_is_the_chance_to_be_back():
    carrier = graph(seed=1, share=0.2)
    step, power = walk_matrix(carrier), torch.eye(NODES).double()
    found = encodings.random_walk(carrier, 5)
    for place in range(5):
        power = step @ power
        assert torch.allclose(found[:, place].double(), power.diagonal(), atol=1e-6)


def test_blocks_of_columns_make_no_difference(monkeypatch):
    carrier = graph(seed=1, share=0.2)
    pairs = carriers.complete(NODES)
    wanted = [encodings.random_walk(carrier, 4)]
    wanted.append(encodings.relative_random_walk(carrier, pairs, 4))
    monkeypatch.setattr(encodings, "BLOCK", 5)
    found = [encodings.random_walk(carrier, 4)]
    found.append(encodings.relative_random_walk(carrier, pairs, 4))
    assert all(torch.equal(x, y) for x, y in zip(found, wanted, strict=True))


def test_relative_random_walks_are_the_powers_at_the_carrier_s_pairs():
    carrier = graph(seed=1, share=0.2)
    pairs = carriers.k_hop(carrier, 2)
    src, dst = pairs.ends()
    found = encodings.relative_random_walk(carrier, pairs, 4)
    for step in range(4):
        power = torch.linalg.matrix_power(walk_matrix(carrier), step)
        assert torch.allclose(found[:, step].double(), power[dst, src], atol=1e-6)


@pytest.mark.parametrize("limit", [1500, 4])
def test_laplacian_vectors_are_eigenvectors_of_the_smallest_values(limit, monkeypatch):
    monkeypatch.setattr(encodings, "DENSE", limit)
    carrier = undirected()
    found = encodings.laplacian(carrier, 3).double()
    a = dense(carrier)
    scale = a.sum(1).rsqrt()
    matrix = torch.eye(NODES).double() - scale[:, None] * a * scale
    values = torch.linalg.eigvalsh(matrix)[1:4]
    assert torch.allclose(matrix @ found, values * found, atol=1e-4)
    assert torch.allclose(found.T @ found, torch.eye(3).double(), atol=1e-4)
    assert (found.amax(0) >= -found.amin(0) - 1e-5).all()


def test_a_graph_with_too_few_vectors_is_padded():
    carrier = ops.Graph.from_edge_index(torch.tensor([[0, 1], [1, 0]]), 2)
    found = encodings.laplacian(carrier, 4)
    assert found.shape == (2, 4)
    assert not found[:, 1:].any()


def test_flipped_signs_leave_a_sign_invariant_encoding_alone():
    torch.manual_seed(0)
    vectors = encodings.laplacian(undirected(), 6)
    flipped = encodings.flip_signs(vectors)
    encode = encodings.SignInvariant(6, 8, 5)
    assert not torch.equal(vectors, flipped)
    assert torch.equal(vectors.abs(), flipped.abs())
    assert torch.allclose(encode(vectors), encode(flipped), atol=1e-6)


def test_degrees_count_both_directions():
    carrier = graph()
    found = encodings.degree(carrier).exp() - 1
    assert torch.allclose(found[:, 0], dense(carrier).sum(1).float(), atol=1e-5)
    assert torch.allclose(found[:, 1], dense(carrier).sum(0).float(), atol=1e-5)


def test_a_year_is_encoded_by_age_and_an_unknown_one_by_nothing():
    found = encodings.year(torch.tensor([2020, 2010, 0]))
    moved = encodings.year(torch.tensor([2025, 2015, 0]))
    assert torch.equal(found, moved)
    assert not torch.equal(found[0], found[1])
    assert not found[2].any()


@pytest.mark.parametrize("seed", range(4))
def test_polynomial_counts_are_those_of_a_search(seed):
    carrier = graph(seed=seed, num=8, share=0.25)
    found = encodings.counts(carrier)
    g = nx.Graph(carriers.edge_index(carrier).T.tolist())
    paths = {
        length: [
            sum(
                all(g.has_edge(a, b) for a, b in zip((n, *rest), rest, strict=False))
                for rest in permutations(set(g) - {n}, length)
            )
            for n in range(8)
        ]
        for length in (1, 2, 3)
    }
    cycles = {
        length: [
            sum(
                all(g.has_edge(a, b) for a, b in zip((n, *rest), (*rest, n), strict=True))
                for rest in permutations(set(g) - {n}, length - 1)
            )
            / 2
            for n in range(8)
        ]
        for length in (3, 4)
    }
    wanted = [paths[1], cycles[3], cycles[4], paths[2], paths[3]]
    assert np.array_equal(found, np.array(wanted).T)
    assert torch.allclose(encodings.polynomial(carrier).exp() - 1, torch.tensor(found).float())
