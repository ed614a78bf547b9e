"""Scores and their anchors keep the identities that their papers state."""

from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from paperflow.graph_models.attention import Dense, Edges, attend, carriers, links, scores
from paperflow.graph_models.kge.cat import CATBlock, GeometricBranch
from tests.graph_models.shapes import HEADS, NODES, WIDTH, features, graph, qkv, same, sdpa

TYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
LAYOUTS = pytest.mark.parametrize("make", [Edges, Dense.of])


@TYPES
@LAYOUTS
def test_softmax_is_the_row_anchor_of_exponential_evidence(dtype, make):
    (q, k, v), at = qkv(dtype), make(graph())
    found = attend(q, k, v, at, lambda *x: scores.dot(*x).exp(), links.normalised)
    same(found, attend(q, k, v, at), [q, k, v])


@TYPES
def test_half_l2_is_dot_less_half_the_key_s_length(dtype):
    q, k, v = qkv(dtype)
    at = Dense(NODES, NODES)
    bias = at.senders(-0.5 * k.square().sum(-1) / WIDTH**0.5)
    found = attend(q, k, v, at, scores.half_l2)
    same(found, attend(q, k, v, at, scores.Biased(bias)), [q, k, v])


@TYPES
def test_a_curvature_of_one_is_scaled_dot_product_attention(dtype):
    inputs = qkv(dtype)
    unit = torch.eye(WIDTH, dtype=dtype).repeat(HEADS, 1, 1)
    at = Edges(carriers.complete(NODES))
    same(attend(*inputs, at, scores.Bilinear(unit)), sdpa(*inputs), inputs)


@pytest.mark.parametrize("make", [Edges, Dense.of])
def test_a_kept_curvature_gives_identical_results(make):
    (q, k, v), at = qkv(torch.float32), make(graph())
    torch.manual_seed(0)
    score = scores.PowerLaw(HEADS, WIDTH)
    kept = score.curvature(q).detach()
    assert torch.equal(attend(q, k, v, at, score), attend(q, k, v, at, scores.Bilinear(kept)))


@TYPES
def test_the_shared_projection_gives_a_symmetric_score(dtype):
    x = features(NODES, HEADS, WIDTH, dtype=dtype)
    W = scores.symmetric(features(HEADS, WIDTH, WIDTH, seed=2, dtype=dtype))
    found = scores.Bilinear(W)(x, x, Dense(NODES, NODES))
    same(found, found.transpose(0, 1), [x])


@TYPES
def test_momentum_of_zero_is_the_identity(dtype):
    (x,) = qkv(dtype)[:1]
    same(scores.momentum(x, 0.0), x, [x])


def test_momentum_is_its_filter_on_a_wave():
    gamma, omega, t = 0.7, 0.9, torch.arange(64, dtype=torch.float64)
    wave = torch.exp(1j * omega * t)
    found = torch.complex(scores.momentum(wave.real, gamma), scores.momentum(wave.imag, gamma))
    response = 1 + gamma * (1 - torch.exp(torch.tensor(-1j * omega, dtype=torch.complex128)))
    assert float((found[1:] - response * wave[1:]).abs().max()) < 1e-10


@TYPES
def test_a_bilinear_score_of_rank_r_is_a_dot_product_of_r_numbers(dtype):
    q, k, _ = qkv(dtype)
    left, right = (features(HEADS, WIDTH, 2, seed=s, dtype=dtype) for s in (4, 5))
    G = (left @ right.transpose(1, 2)).detach()
    U, sizes, V = torch.linalg.svd(G)
    U, V = (x[..., :2] * sizes[:, None, :2].sqrt() for x in (U, V.transpose(1, 2)))
    narrow = [torch.einsum("nhd,hdr->nhr", x, part) for x, part in ((q, U), (k, V))]
    at = Edges(graph())
    wanted = at.dot(*narrow) / WIDTH**0.5
    assert narrow[0].shape[-1] == 2
    same(scores.Bilinear(G)(q, k, at), wanted, [q, k])


@TYPES
def test_merged_projections_are_the_separate_ones_in_half_the_numbers(dtype):
    x = features(NODES, 1, WIDTH, dtype=dtype)
    Q, K, V, join = (features(WIDTH, WIDTH, seed=s, dtype=dtype) for s in (4, 5, 6, 7))
    at = Edges(graph())
    separate = attend(x @ Q, x @ K, x @ V, at) @ join
    merged = attend(x, x, x @ (V @ join), at, scores.Bilinear((Q @ K.T).unsqueeze(0)))
    same(merged, separate, [x, Q, K, V, join])


@TYPES
@LAYOUTS
def test_transr_scores_are_the_equation_of_kgat_pair_by_pair(dtype, make):
    (q, k, _), at = qkv(dtype), make(graph())
    W = features(3, HEADS, WIDTH, 5, seed=4, dtype=dtype)
    shift = features(3, HEADS, 5, seed=5, dtype=dtype)
    relation = (torch.arange(NODES).unsqueeze(1) + 2 * torch.arange(NODES)) % 3
    receivers, senders = at.ends()
    kind = relation[receivers, senders]
    head = torch.einsum("phd,phde->phe", q[receivers], W[kind])
    tail = torch.einsum("phd,phde->phe", k[senders], W[kind])
    wanted = (tail * (head + shift[kind]).tanh()).sum(-1)
    given = kind if isinstance(at, Edges) else relation
    found = scores.TransR(W, shift, given)(q, k, at)
    same(found.view(-1, HEADS), wanted, [q, k, W, shift])


@TYPES
@LAYOUTS
def test_a_score_without_curvature_is_minus_twice_the_euclidean_distance(dtype, make):
    (q, k, _), at = qkv(dtype), make(graph())
    tau = features(HEADS, dtype=dtype).detach().exp()
    found = scores.Geodesic(torch.zeros(HEADS, dtype=dtype), tau)(q, k, at)
    gap = at.receivers(q) - at.senders(k)
    same(found, -2 * tau * gap.norm(dim=-1) / WIDTH**0.5, [q, k])


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_curvature_that_goes_to_zero_leaves_the_euclidean_distance(sign):
    (q, k, _), at, one = qkv(), Dense(NODES, NODES), torch.ones(HEADS).double()
    flat = scores.Geodesic(0 * one, one)(q, k, at)
    away = [
        float((scores.Geodesic(sign * size * one, one)(q, k, at) - flat).detach().abs().max())
        for size in (1e-2, 1e-3, 1e-4, 1e-5)
    ]
    for near, nearer in pairwise(away):
        assert nearer == pytest.approx(near / 10, rel=0.1)


@TYPES
def test_hyperbolic_and_spherical_scores_are_the_distances_of_the_ball_and_the_sphere(dtype):
    q, k, _ = (0.5 * x for x in qkv(dtype))
    at, one = Dense(NODES, NODES), torch.ones(HEADS, dtype=dtype)
    length = [x.norm(dim=-1, keepdim=True) / WIDTH**0.5 for x in (q, k)]
    for sign in (-1, 1):
        along, far = (torch.tanh, torch.acosh) if sign < 0 else (torch.tan, torch.acos)
        a, b = (along(n) * F.normalize(x, dim=-1) for n, x in ((length[0], q), (length[1], k)))
        gap = (at.receivers(a) - at.senders(b)).square().sum(-1)
        stretch = [1 + sign * x.square().sum(-1) for x in (a, b)]
        ratio = 2 * gap / (at.receivers(stretch[0]) * at.senders(stretch[1]))
        found = scores.Geodesic(sign * one, 1.5 * one)(q, k, at)
        same(found, -1.5 * far(1 - sign * ratio), [q, k])


@TYPES
@pytest.mark.parametrize("geometry", ["euclidean", "hyperbolic", "spherical"])
def test_a_branch_of_cat_is_the_operator_with_its_score(dtype, geometry):
    torch.manual_seed(0)
    branch = GeometricBranch(HEADS * WIDTH, HEADS, geometry).to(dtype)
    x = features(NODES, HEADS * WIDTH, dtype=dtype)
    q, k, v = branch.project(x).view(NODES, 3, HEADS, WIDTH).unbind(1)
    score = scores.dot
    if branch.sign:
        nn.init.normal_(branch.raw_curvature)
        bent, sharp = (F.softplus(p).flatten() for p in list(branch.parameters())[:2])
        score = scores.Geodesic(branch.sign * bent, sharp)
    wanted = attend(q, k, v, Edges(carriers.complete(NODES)), score).flatten(1)
    same(branch(x.unsqueeze(0))[0], wanted, [x, *branch.parameters()])


def test_a_gate_that_is_sure_leaves_one_geometry():
    torch.manual_seed(0)
    block = CATBlock(8, 2, ("euclidean", "hyperbolic", "spherical"), 0.0)
    tokens = features(4, 3, 8, dtype=torch.float32)
    nn.init.zeros_(block.gate.weight)
    block.gate.bias.data = torch.tensor([-100.0, 100.0, -100.0])
    mixed = tokens + block.join(block.branches[1](block.first(tokens)))
    same(block(tokens), mixed + block.feed(block.second(mixed)), [tokens])
