"""Knowledge-graph embeddings: closed forms, geometry, filters, and learning."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from paperflow.graph_models.attention import geometry
from paperflow.graph_models.checkpoint import Card, load, save
from paperflow.graph_models.evaluate import ranking
from paperflow.graph_models.kge import (
    CAT,
    ComplEx,
    DistMult,
    KnowledgeModel,
    RotatE,
    TransE,
    Triples,
    against_all,
    against_sampled,
    ranks,
)
from paperflow.graph_models.training import Plan, fit

MODELS = {
    "TransE": lambda n, r: TransE(n, r, 16),
    "DistMult": lambda n, r: DistMult(n, r, 16),
    "ComplEx": lambda n, r: ComplEx(n, r, 8),
    "RotatE": lambda n, r: RotatE(n, r, 8),
    "CAT": lambda n, r: CAT(n, r, 16, dropout=0.0),
}


def family(size=12):
    """Return a ring: `next` goes one on, `skip` two; what is held out follows from the rest."""
    ring = [(i, 0, (i + 1) % size) for i in range(size)]
    skip = [(i, 1, (i + 2) % size) for i in range(size)]
    train = torch.tensor(ring + skip[2:])
    return Triples([train, torch.tensor(skip[:1]), torch.tensor(skip[1:2])], size, 2)


@pytest.fixture(params=MODELS)
def model(request):
    torch.manual_seed(0)
    return MODELS[request.param](12, 2)


def test_one_tail_scores_as_it_does_among_all(model):
    model.eval()
    head, relation = torch.tensor([0, 3, 5]), torch.tensor([0, 3, 1])
    every = model.tails(head, relation)
    for tail in range(12):
        assert torch.allclose(
            every[:, tail], model(head, relation, torch.full((3,), tail)), atol=1e-5
        )


def test_one_relation_scores_as_it_does_among_all(model):
    model.eval()
    head, tail = torch.tensor([0, 3, 5]), torch.tensor([1, 3, 2])
    every = model.relations(head, tail)
    assert every.shape == (3, 4)
    for relation in range(4):
        told = model(head, torch.full((3,), relation), tail)
        assert torch.allclose(every[:, relation], told, atol=1e-5)


@pytest.mark.parametrize("objective", [against_all, against_sampled])
def test_every_parameter_learns_and_the_ring_is_learnt(model, objective):
    triples = family()
    next(objective(model, triples)(0)).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
    plan = Plan(epochs=120, rate=0.02, every=120)
    fit(model, objective(model, triples), lambda: 0.0, plan)
    # By chance the mean reciprocal rank of twelve entities is .26.
    assert ranking(ranks(model, triples, 0))["mrr"] > 0.8


def test_the_self_adversarial_loss_learns_the_ring_too():
    torch.manual_seed(0)
    model, triples = RotatE(12, 2, 8), family()
    losses = against_sampled(model, triples, negatives=8, margin=2.0, temperature=1.0)
    fit(model, losses, lambda: 0.0, Plan(epochs=150, rate=0.02, every=150))
    assert ranking(ranks(model, triples, 0))["mrr"] > 0.8


def test_a_model_without_a_query_of_its_own_can_t_be_made():
    class Unfinished(KnowledgeModel):
        pass

    with pytest.raises(TypeError, match="query"):
        Unfinished(3, 2, 4)


def test_complex_scores_and_penalties_are_those_of_complex_numbers():
    model = ComplEx(5, 2, 4)
    with torch.no_grad():
        entity, relation = model.entity.weight, model.relation.weight
        e, r = (torch.complex(*weight.chunk(2, 1)) for weight in (entity, relation))
        told = model(torch.tensor([1]), torch.tensor([2]), torch.tensor([3]))
        assert torch.allclose(told, (e[1] * r[2] * e[3].conj()).sum().real)
        penalty = model.penalty(entity[:1], relation[:1], entity[1:2])
        expected = sum(x.abs().pow(3).sum() for x in (e[0], r[0], e[1]))
        assert torch.allclose(penalty, expected, atol=1e-6)


def test_a_rotation_keeps_lengths_and_its_inverse_undoes_it():
    model = RotatE(5, 1, 4)
    head, angle = model.entity.weight[:1], model.relation.weight[:1]
    turned = model.query(head, angle)
    assert torch.allclose(turned.norm(), head.norm())
    assert torch.allclose(model.query(turned, -angle), head, atol=1e-6)


def test_the_filter_hides_what_is_right_and_nothing_else():
    triples = family(5)
    mask = triples.right_tails(torch.tensor([0, 4]), torch.tensor([0, 2]))
    assert mask.nonzero().tolist() == [[0, 1], [1, 3]]


def test_ranks_are_those_of_brute_force():
    torch.manual_seed(0)
    model, triples = ComplEx(12, 2, 8), family()
    known = {tuple(row) for split in triples.splits for row in split.tolist()}
    expected = []
    for side in ("tail", "head"):
        for h, r, t in triples.splits[0].tolist():
            score = {}
            for other in range(12):
                triple = (h, r, other) if side == "tail" else (other, r, t)
                ask = (h, r, other) if side == "tail" else (t, r + 2, other)
                if triple == (h, r, t) or triple not in known:
                    score[other] = float(model(*(torch.tensor([x]) for x in ask)).detach())
            own = score[t if side == "tail" else h]
            expected.append(1 + sum(value > own + 1e-12 for value in score.values()))
    assert ranks(model, triples, 0, batch=7).tolist() == pytest.approx(expected)


KAPPA = st.floats(-2, 2)
POINT = st.lists(st.floats(-0.6, 0.6), min_size=3, max_size=3)


@given(POINT, KAPPA)
def test_from_and_to_the_tangent_space_is_a_round_trip(vector, kappa):
    v, k = (torch.tensor(x, dtype=torch.float64) for x in (vector, kappa))
    assert torch.allclose(geometry.to_tangent(geometry.from_tangent(v, k), k), v, atol=1e-6)


@given(POINT, KAPPA)
def test_the_distance_to_the_origin_is_twice_the_length_of_the_tangent(vector, kappa):
    v, k = (torch.tensor(x, dtype=torch.float64) for x in (vector, kappa))
    gone = geometry.distance(torch.zeros_like(v), geometry.from_tangent(v, k), k)
    assert float(gone) == pytest.approx(2 * float(v.norm()), abs=1e-6)


@given(POINT, POINT)
def test_distances_are_those_of_the_ball_the_sphere_and_the_plane(a, b):
    x, y = (torch.tensor(v, dtype=torch.float64) * 0.9 for v in (a, b))
    gap, x2, y2 = (float(v) for v in ((x - y).pow(2).sum(), x @ x, y @ y))
    assume_inside = x2 < 0.9 and y2 < 0.9
    if assume_inside:
        ball = math.acosh(1 + 2 * gap / ((1 - x2) * (1 - y2)))
        found = geometry.distance(x, y, torch.tensor(-1.0, dtype=torch.float64))
        assert float(found) == pytest.approx(ball, abs=1e-5)
    sphere = math.acos(max(-1.0, 1 - 2 * gap / ((1 + x2) * (1 + y2))))
    found = geometry.distance(x, y, torch.tensor(1.0, dtype=torch.float64))
    assert float(found) == pytest.approx(sphere, abs=1e-5)
    flat = [geometry.distance(x, y, torch.tensor(k, dtype=torch.float64)) for k in (-1e-5, 0, 1e-5)]
    assert [float(f) for f in flat] == pytest.approx([2 * math.sqrt(gap)] * 3, abs=1e-4)


@pytest.mark.parametrize("length", [0.0, 1e-8, 1.0, 50.0, 1e6])
@pytest.mark.parametrize("kappa", [-1.0, 0.0, 1.0])
def test_gradients_stay_finite_far_out_and_at_the_origin(length, kappa):
    v = torch.full((2, 3), length, requires_grad=True)
    k = torch.tensor(kappa, requires_grad=True)
    points = geometry.from_tangent(v, k)
    geometry.distance(points[0], points[1], k).sum().backward()
    assert torch.isfinite(v.grad).all()
    assert torch.isfinite(k.grad).all()


def test_fixed_geometries_of_equal_size_have_as_many_weights_up_to_their_curvatures():
    def size(names):
        return sum(p.numel() for p in CAT(9, 2, 16, geometries=names).parameters())

    mixed = size(("euclidean", "hyperbolic", "spherical"))
    assert abs(size(("euclidean",) * 3) - mixed) < 20
    assert abs(size(("hyperbolic",) * 3) - mixed) < 20


def test_cat_ranks_tails_by_their_distance_to_the_answer_and_their_bias():
    torch.manual_seed(0)
    cat = CAT(12, 2, 16).eval()
    with torch.no_grad():
        cat.entity.weight[:, 16] = torch.randn(12)
        head, relation = torch.tensor([0, 3, 5]), torch.tensor([0, 3, 1])
        answer = cat.query(cat.entity(head), cat.relation(relation))
        points, bias = cat.entity.weight.split([16, 1], 1)
        wanted = bias[:, 0] - torch.cdist(answer, points).pow(2) / 2
        gap = cat.tails(head, relation) - wanted
    assert torch.allclose(gap, gap[:, :1].expand_as(gap), atol=1e-5)


def test_a_head_can_stand_among_what_its_tail_is_told_from():
    triples = family()
    torch.manual_seed(0)
    model = DistMult(12, 2, 8)

    def loss(**options):
        torch.manual_seed(1)
        losses = against_sampled(model, triples, batch=99, negatives=1, **options)
        return next(losses(0)).item()

    with torch.no_grad():  # of an equal score each, so the loss counts what is compared
        model.entity.weight.zero_()
    assert loss() == pytest.approx(math.log(2), abs=0.1)
    assert loss(own_head=True) == pytest.approx(math.log(3), abs=0.1)


def test_the_forward_compiles_as_one_graph_and_says_the_same(model):
    model.eval()
    triple = torch.tensor([0, 3]), torch.tensor([1, 2]), torch.tensor([4, 5])
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True)
    with torch.no_grad():
        assert torch.allclose(compiled(*triple), model(*triple), atol=1e-6)


def test_a_checkpoint_scores_the_same(model, tmp_path):
    card = Card(model=type(model).__name__, task="toy", data="ring", split="none")
    save(tmp_path / "model", model, card)
    with torch.no_grad():
        expected = model.eval().tails(torch.tensor([0]), torch.tensor([1]))
        for weight in model.parameters():
            weight.zero_()
        load(tmp_path / "model", model)
        assert torch.equal(model.tails(torch.tensor([0]), torch.tensor([1])), expected)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpu_says_the_same(model):
    triple = torch.tensor([0, 3]), torch.tensor([1, 2]), torch.tensor([4, 5])
    with torch.no_grad():
        expected = model.eval()(*triple)
        found = model.cuda()(*(column.cuda() for column in triple)).cpu()
    assert torch.allclose(found, expected, atol=1e-5)
