"""Recommenders: closed forms, attention, and that each recovers planted tastes."""

import numpy as np
import pytest
import torch

from paperflow.graph_models.checkpoint import Card, load, save
from paperflow.graph_models.evaluate import top_k
from paperflow.graph_models.recommend import (
    BPRMF,
    KGAT,
    Interactions,
    ItemKNN,
    KnowledgeEdges,
    LightGCN,
    bpr_losses,
    kgat_losses,
    softmax_losses,
)
from paperflow.graph_models.training import Plan, fit

USERS, ITEMS = 24, 18


def tastes():
    """Return interactions in three groups of taste: of six liked items one is held out."""
    kept, held = [], [[] for _ in range(USERS)]
    for user in range(USERS):
        for step in range(6):
            item = 6 * (user % 3) + step
            if step == user // 3 % 6:
                held[user].append(item)
            else:
                kept.append((user, item))
    return Interactions(torch.tensor(kept).T, USERS, ITEMS), held


KNOWN, HELD = tastes()
SEEN = [KNOWN.pairs[1][KNOWN.pairs[0] == user].tolist() for user in range(USERS)]
# Each item is written by the author of its group; the author is entity 18, 19, or 20.
TRIPLES = torch.tensor([(item, 0, ITEMS + item // 6) for item in range(ITEMS)])
EDGES = KnowledgeEdges.joined(KNOWN, TRIPLES, ITEMS + 3, 1)

MODELS = {
    "BPR-MF": lambda: BPRMF(USERS, ITEMS, 8),
    "LightGCN": lambda: LightGCN(KNOWN.pairs, USERS, ITEMS, 8),
    "KGAT": lambda: KGAT(EDGES, USERS, ITEMS, 8, layers=(8, 4), dropout=0.0),
}


def recall(model):
    def score(users):
        with torch.no_grad():
            u, i = model.embeddings()
            return u[users] @ i.T

    return top_k(score, HELD, SEEN, k=1).recall.mean()


def losses_of(name, model, ranking, **options):
    ranked = ranking(model, KNOWN, **options)
    return kgat_losses(model, ranked) if name == "KGAT" else ranked


@pytest.mark.parametrize(
    ("name", "ranking"),
    [
        *((name, bpr_losses) for name in MODELS),
        *((name, softmax_losses) for name in ("LightGCN", "KGAT")),
    ],
)
def test_the_held_out_item_of_ones_taste_comes_first(name, ranking):
    torch.manual_seed(0)
    model = MODELS[name]()
    losses = losses_of(name, model, ranking, batch=32)
    fit(model, losses, lambda: 0.0, Plan(epochs=80, rate=0.02, every=80))
    assert recall(model) > 0.9
    for loss in losses_of(name, model, ranking)(0):
        loss.backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
    with torch.no_grad():
        u, i = model.embeddings()
        told = model(torch.tensor([3, 4]), torch.tensor([5, 6]))
        assert torch.allclose(told, (u[3:5] * i[5:7]).sum(1), atol=1e-5)


def test_item_knn_needs_no_training_and_equals_its_closed_form():
    model = ItemKNN(KNOWN.pairs, USERS, ITEMS)
    assert top_k(model.scores, HELD, SEEN, k=1).recall.mean() == 1
    taken = np.zeros((USERS, ITEMS))
    taken[tuple(KNOWN.pairs.numpy())] = 1
    size = np.sqrt(taken.sum(0))
    for shrink in (0.0, 2.0):
        similar = taken.T @ taken / (np.outer(size, size) + shrink)
        np.fill_diagonal(similar, 0)
        model = ItemKNN(KNOWN.pairs, USERS, ITEMS, shrink=shrink)
        found = model.scores(torch.arange(USERS)).numpy()
        assert found == pytest.approx(taken @ similar, abs=1e-5)


def test_item_knn_keeps_the_nearest_only():
    model = ItemKNN(KNOWN.pairs, USERS, ITEMS, count=2)
    assert np.diff(model.near.indptr).max() == 2


def test_light_gcn_is_the_mean_of_normalised_powers_of_the_adjacency():
    model = LightGCN(KNOWN.pairs, USERS, ITEMS, 8, layers=3)
    dense = torch.zeros(USERS + ITEMS, USERS + ITEMS)
    dense[KNOWN.pairs[0], KNOWN.pairs[1] + USERS] = 1
    dense += dense.T.clone()
    root = dense.sum(1).clamp(min=1).rsqrt()
    step = root[:, None] * dense * root
    layers = [torch.linalg.matrix_power(step, k) @ model.node.weight for k in range(4)]
    expected = torch.stack(layers).mean(0)
    assert torch.allclose(torch.cat(model.embeddings()), expected, atol=1e-6)


def test_the_attention_of_kgat_sums_to_one_at_each_head_and_is_its_closed_form():
    torch.manual_seed(1)
    model = MODELS["KGAT"]()
    total = torch.zeros(EDGES.num_nodes).index_add_(0, EDGES.head, model.attention)
    assert torch.allclose(total, torch.ones_like(total), atol=1e-6)
    node = model.node.weight.detach()
    project, relation = model.project.detach()[EDGES.relation], model.relation.weight.detach()
    head, tail = (torch.einsum("ei,eij->ej", node[x], project) for x in (EDGES.head, EDGES.tail))
    logits = (tail * (head + relation[EDGES.relation]).tanh()).sum(1)
    for head in (0, USERS + 1, USERS + ITEMS):
        mine = EDGES.head == head
        assert torch.allclose(model.attention[mine], logits[mine].softmax(0), atol=1e-6)


def test_the_embedding_of_kgat_is_its_layers_side_by_side_the_later_ones_of_length_one():
    users, items = MODELS["KGAT"]().eval().embeddings()
    assert users.shape == (USERS, 8 + 8 + 4)
    assert torch.allclose(items[:, 8:16].norm(dim=1), torch.ones(ITEMS), atol=1e-5)


@pytest.mark.parametrize("name", ["LightGCN", "KGAT"])
def test_what_is_hidden_carries_nothing_to_its_reader(name):
    torch.manual_seed(0)
    model = MODELS[name]().eval()
    user = int(KNOWN.pairs[0, 7])
    mine = torch.nonzero(KNOWN.pairs[0] == user).flatten()
    with torch.no_grad():
        before, hidden = model.embeddings()[0], model.embeddings(mine)[0]
        model.node.weight[KNOWN.pairs[1, mine] + USERS] += 1
        after = model.embeddings(mine)[0]
    assert not torch.allclose(before[user], hidden[user], atol=1e-3)
    assert torch.allclose(hidden[user], after[user], atol=1e-6)
    assert not torch.allclose(hidden, after, atol=1e-3)


def test_the_sampled_softmax_of_equal_scores_is_that_of_all_items():
    class Equal(torch.nn.Module):
        def embeddings(self, hidden=None):
            assert len(hidden) == 10
            return torch.zeros(USERS, 2), torch.zeros(ITEMS, 2)

    losses = [float(loss) for loss in softmax_losses(Equal(), KNOWN, batch=10, drawn=5)(0)]
    assert losses == pytest.approx([np.log(ITEMS + 1)] * 12, abs=1e-5)


def test_every_edge_has_an_inverse_of_another_relation():
    pairs = set(zip(EDGES.head.tolist(), EDGES.relation.tolist(), EDGES.tail.tolist(), strict=True))
    assert {(t, (r + 2) % 4, h) for h, r, t in pairs} == pairs
    assert EDGES.num_relations == 4


def test_what_is_known_changes_what_kgat_says():
    torch.manual_seed(0)
    plain = KnowledgeEdges.joined(KNOWN, TRIPLES[:0], ITEMS + 3, 1)
    models = [KGAT(edges, USERS, ITEMS, 8, layers=(4,)).eval() for edges in (EDGES, plain)]
    models[1].load_state_dict({**models[0].state_dict(), "attention": models[1].attention})
    models[1].attend()
    assert not torch.allclose(models[0].embeddings()[1], models[1].embeddings()[1], atol=1e-3)


def test_drawn_items_were_not_taken():
    users = torch.arange(USERS).repeat(20)
    assert not KNOWN.taken(users, KNOWN.draw_others(users)).any()
    assert KNOWN.taken(*KNOWN.pairs).all()


@pytest.mark.parametrize("name", MODELS)
def test_the_forward_compiles_as_one_graph_and_a_checkpoint_scores_the_same(name, tmp_path):
    torch.manual_seed(0)
    model, other = MODELS[name]().eval(), MODELS[name]().eval()
    pairs = torch.tensor([0, 3]), torch.tensor([1, 2])
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True)
    save(tmp_path / "model", model, Card(model=name, task="toy", data="made up", split="none"))
    load(tmp_path / "model", other)
    with torch.no_grad():
        expected = model(*pairs)
        assert torch.allclose(compiled(*pairs), expected, atol=1e-6)
        assert torch.equal(other(*pairs), expected)
