"""What recommenders and link heuristics keep: shapes, order of edges, and their device."""

import numpy as np
import pytest
import torch

from paperflow.graph_models.heuristics import HEURISTICS, adjacency
from paperflow.graph_models.recommend import (
    BPRMF,
    KGAT,
    Interactions,
    ItemKNN,
    KnowledgeEdges,
    LightGCN,
)

USERS, ITEMS, ENTITIES = 7, 9, 14
DRAW = torch.Generator().manual_seed(0)
PAIRS = (torch.rand(USERS, ITEMS, generator=DRAW) < 0.4).nonzero().T
FACTS = torch.unique(torch.randint(ITEMS, (30, 3), generator=DRAW) % 5, dim=0)
ASKED = torch.cartesian_prod(torch.arange(USERS), torch.arange(ITEMS)).T


def kgat(pairs, facts=FACTS):
    edges = KnowledgeEdges.joined(Interactions(pairs, USERS, ITEMS), facts, ENTITIES, 5)
    return KGAT(edges, USERS, ITEMS, 8, layers=(8, 4)).eval()


MODELS = {
    "BPR-MF": lambda pairs: BPRMF(USERS, ITEMS, 8),
    "KGAT": kgat,
    "LightGCN": lambda pairs: LightGCN(pairs, USERS, ITEMS, 8),
}


def made(name, pairs=PAIRS):
    torch.manual_seed(0)
    return MODELS[name](pairs)


@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_a_recommender_gives_one_finite_score_a_pair_whatever_the_order_of_interactions(name):
    found = made(name)(*ASKED)
    assert found.shape == (USERS * ITEMS,)
    assert found.isfinite().all()
    moved = PAIRS[:, torch.randperm(PAIRS.shape[1], generator=torch.Generator().manual_seed(1))]
    assert torch.allclose(made(name, moved)(*ASKED), found, atol=1e-6)


@torch.no_grad()
def test_the_order_of_facts_does_not_matter_to_kgat_but_the_facts_do():
    torch.manual_seed(0)
    found = kgat(PAIRS)(*ASKED)
    torch.manual_seed(0)
    assert torch.allclose(kgat(PAIRS, FACTS.flip(0))(*ASKED), found, atol=1e-6)
    torch.manual_seed(0)
    assert not torch.allclose(kgat(PAIRS, FACTS[:3])(*ASKED), found, atol=1e-4)


def test_item_knn_scores_every_item_whatever_the_order_of_interactions():
    users = torch.arange(USERS)
    found = ItemKNN(PAIRS, USERS, ITEMS).scores(users)
    assert found.shape == (USERS, ITEMS)
    assert torch.allclose(ItemKNN(PAIRS.flip(1), USERS, ITEMS).scores(users), found)


@pytest.mark.parametrize("name", HEURISTICS)
def test_a_heuristic_gives_one_score_a_pair_whatever_the_order_of_edges(name):
    edges = np.array([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (4, 1), (4, 3)]).T
    asked = ASKED.numpy()[:, (ASKED < 5).all(0).numpy()]
    found = HEURISTICS[name](adjacency(edges, 5), asked)
    assert found.shape == (asked.shape[1],)
    assert np.isfinite(found).all()
    assert np.allclose(HEURISTICS[name](adjacency(edges[::-1, ::-1], 5), asked), found)


@pytest.mark.parametrize("name", ["KGAT", "LightGCN"])
def test_a_recommender_takes_its_graph_along_to_another_device(name):
    assert made(name).to("meta").graph.device.type == "meta"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_cpu_and_gpu_agree(name):
    model = made(name)
    wanted = model(*ASKED)
    assert torch.allclose(model.cuda()(*ASKED.cuda()).cpu(), wanted, atol=1e-5)
