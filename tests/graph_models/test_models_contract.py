"""What every node model keeps: shapes, gradients, order of edges, learning, saving, compiling."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paperflow import ops
from paperflow.graph_models.checkpoint import Card, load, read_card, save
from paperflow.graph_models.registry import MODELS, models

NODES, FEATURES, HIDDEN, CLASSES, ENCODED, EDGE = 24, 10, 16, 3, 4, 5

# These are not the model's: what it is given is a graph that leads from nodes to hyperedges.
INCIDENCE = {"hyperedges": 9}
# Each model's settings in these tests; one without an entry fails the suite.
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "gat": [{}, {"encoding_dim": ENCODED}],
    "gcn": [{}],
    "gmn": [{"layers": 1, "steps": 3, "encoding_dim": ENCODED}],
    "graphgps": [
        {},
        {"edge_dim": EDGE, "encoding_dim": ENCODED},
        {"layers": 1, "conv": "gatv2", "attention": "performer"},
        {"layers": 1, "conv": "sage", "attention": "flow"},
        {"layers": 1, "conv": "gin", "attention": "infsa"},
        {"layers": 1, "conv": "gcn", "attention": "kernel"},
        {"layers": 1, "conv": "gcn", "attention": "pooled"},
    ],
    "gt": [
        {"heads": 4},
        {"heads": 4, "depth": "cat"},
        {"heads": 2, "edge_dim": EDGE, "encoding_dim": ENCODED},
    ],
    "hop": [{"hops": 3, "heads": 2, "encoding_dim": ENCODED}],
    "hypergraph": [{"encoding_dim": ENCODED}, INCIDENCE],
    "largegt": [{"samples": 6, "centroids": 8, "encoding_dim": ENCODED}],
    "mlp": [{}],
    "mpnn-vn": [{"encoding_dim": ENCODED}],
    "ppgt": [{}, {"edge_dim": EDGE, "encoding_dim": ENCODED}],
    "sage": [{"layers": 3}],
    "tangnn": [{"m": 5}, {"m": 5, "heads": 2, "encoding_dim": ENCODED}],
}

CASES = [
    pytest.param(name, chosen, id="-".join([name, *map(str, chosen.values())]))
    for name, settings in SETTINGS.items()
    for chosen in settings
]


def toy(seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return features [N, F] and a random edge list [2, E] without loops or repeated edges."""
    draw = torch.Generator().manual_seed(seed)
    pairs = torch.rand(NODES, NODES, generator=draw) < 0.15
    pairs.fill_diagonal_(False)
    return torch.randn(NODES, FEATURES, generator=draw), pairs.nonzero().T


def made_with(chosen: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that are the model's own."""
    return {key: value for key, value in chosen.items() if key not in INCIDENCE}


def make(name: str, chosen: dict[str, Any], dropout: float = 0.0) -> nn.Module:
    torch.manual_seed(0)
    settings = made_with(chosen)
    built: nn.Module = models.load(name)(FEATURES, HIDDEN, CLASSES, dropout=dropout, **settings)
    return built


def inputs(
    chosen: dict[str, Any], order: Tensor | None = None, numbers: Tensor | None = None
) -> tuple[Any, ...]:
    """Return what a model's forward takes, its edges in `order`, node `numbers[i]` as node i."""
    x, edges = toy()
    groups = edges[1] % INCIDENCE["hyperedges"]
    draw = torch.Generator().manual_seed(1)
    attributes = torch.randn(edges.shape[1], EDGE, generator=draw)
    encodings = torch.randn(NODES, ENCODED, generator=draw)
    # Draws depend on the order of edges; these tokens of LargeGT and walks of GMN do not.
    drawn = [
        torch.randint(NODES, shape, generator=draw) for shape in ((NODES, 6), (NODES, 2, 2, 4))
    ]
    if order is not None:
        edges, groups, attributes = edges[:, order], groups[order], attributes[order]
    if numbers is not None:
        x, encodings, place = x[numbers], encodings[numbers], numbers.argsort()
        drawn, edges = [place[part[numbers]] for part in drawn], place[edges]
    graph = ops.Graph.from_edge_index(edges, NODES)
    if "hyperedges" in chosen:
        members = torch.stack([edges[0], groups])
        graph = ops.Graph.from_edge_index(members, INCIDENCE["hyperedges"], NODES)
    edge_attr = attributes if "edge_dim" in chosen else None
    given = (x, graph, edge_attr, encodings if "encoding_dim" in chosen else None)
    return *given, *(drawn[:1] if "centroids" in chosen else drawn[1:] if "steps" in chosen else [])


def test_every_model_has_its_settings_here():
    assert SETTINGS.keys() == MODELS.keys()


@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_it_returns_one_finite_row_a_node(name, chosen):
    out = make(name, chosen)(*inputs(chosen))
    assert out.shape == (NODES, CLASSES)
    assert out.isfinite().all()


@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_every_parameter_and_feature_has_a_gradient(name, chosen):
    model, (x, *others) = make(name, chosen), inputs(chosen)
    x.requires_grad_()
    model(x, *others).square().sum().backward()
    without = [key for key, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert without == []
    assert x.grad is not None
    assert x.grad.abs().sum(1).min() > 0


@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_the_order_of_edges_does_not_matter(name, chosen):
    model = make(name, chosen).eval()
    given = inputs(chosen)
    order = torch.randperm(toy()[1].shape[1], generator=torch.Generator().manual_seed(3))
    assert torch.allclose(model(*given), model(*inputs(chosen, order)), atol=1e-5)


@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_renumbered_nodes_give_the_renumbered_result(name, chosen):
    model, given = make(name, chosen).eval(), inputs(chosen)
    # Nodes of one degree keep their order, in which GMN reads them.
    numbers = toy()[1][1].bincount(minlength=NODES).argsort(descending=True, stable=True)
    found = model(*inputs(chosen, numbers=numbers))
    assert torch.allclose(found, model(*given)[numbers], atol=1e-5)


@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_dropout_drops_in_training_only(name, chosen):
    model, given = make(name, chosen, dropout=0.5), inputs(chosen)
    assert not torch.equal(model(*given), model(*given))
    model.eval()
    assert torch.equal(model(*given), model(*given))


@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_it_overfits_a_toy_graph(name, chosen):
    model, given = make(name, chosen), inputs(chosen)
    labels = torch.randint(CLASSES, (NODES,), generator=torch.Generator().manual_seed(4))
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(150):
        optimiser.zero_grad()
        loss = F.cross_entropy(model(*given), labels)
        if loss < 0.1:
            return
        loss.backward()
        optimiser.step()
    pytest.fail(f"the loss is still {loss:.3f}")


@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_a_checkpoint_gives_back_the_same_model(name, chosen, tmp_path):
    model, given = make(name, chosen), inputs(chosen)
    model(*given)  # norms have seen a batch
    card = Card(model=name, task="node", data="toy", split="none", config=made_with(chosen))
    save(tmp_path / "model", model, card)
    torch.manual_seed(1)
    config = read_card(tmp_path / "model").config
    other = models.load(name)(FEATURES, HIDDEN, CLASSES, **config)
    assert load(tmp_path / "model", other) == card
    assert torch.equal(model.eval()(*given), other.eval()(*given))


@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_compiled_it_is_one_graph_with_the_same_result(name, chosen):
    model, given = make(name, chosen).eval(), inputs(chosen)
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True)
    assert torch.allclose(model(*given), compiled(*given), atol=1e-6)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_cpu_and_gpu_agree(name, chosen):
    model, given = make(name, chosen).eval(), inputs(chosen)
    there = [x.to("cuda") if x is not None else None for x in given]
    wanted = model(*given)
    assert torch.allclose(wanted, model.cuda()(*there).cpu(), atol=2e-4)
