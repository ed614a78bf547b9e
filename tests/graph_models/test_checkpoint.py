"""A checkpoint gives back the same model, and says so when it can't."""

import pytest
import torch
from torch import nn

from paperflow.errors import BadInput, NotReady
from paperflow.graph_models.checkpoint import Card, load, read_card, save

CARD = Card(
    model="MLP",
    task="toy",
    data="made up",
    split="none",
    config={"width": 4},
    seeds=(0, 1),
    metrics={"accuracy": 0.5},
    commit="abc",
    seconds=1.5,
)


def net(width=4):
    return nn.Sequential(nn.Linear(3, width), nn.BatchNorm1d(width), nn.Linear(width, 1))


def test_weights_buffers_and_card_come_back(tmp_path):
    model, other = net(), net()
    model(torch.randn(8, 3))
    save(tmp_path / "models" / "toy", model, CARD)
    assert load(tmp_path / "models" / "toy", other) == CARD
    state = model.state_dict()
    assert all(torch.equal(state[name], value) for name, value in other.state_dict().items())
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == [
        "toy.json",
        "toy.safetensors",
    ]


def test_weights_that_two_layers_share_come_back_shared(tmp_path):
    def tied():
        model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
        model[1].weight = model[0].weight
        return model

    model, other = tied(), tied()
    save(tmp_path / "toy", model, CARD)
    load(tmp_path / "toy", other)
    assert torch.equal(other[1].weight, model[0].weight)


def test_a_missing_checkpoint_says_so(tmp_path):
    with pytest.raises(NotReady, match="no model at"):
        read_card(tmp_path / "toy")


@pytest.mark.parametrize("text", ["{}", "[", '{"model": 1, "seeds": 3}'])
def test_a_broken_card_says_so(tmp_path, text):
    save(tmp_path / "toy", net(), CARD)
    (tmp_path / "toy.json").write_text(text)
    with pytest.raises(BadInput, match="is no card"):
        read_card(tmp_path / "toy")


@pytest.mark.parametrize("other", [net(5), nn.Linear(3, 4), nn.Sequential(*net(), nn.Linear(1, 1))])
def test_weights_of_another_model_are_refused(tmp_path, other):
    save(tmp_path / "toy", net(), CARD)
    with pytest.raises(BadInput):
        load(tmp_path / "toy", other)


def test_broken_weights_are_refused(tmp_path):
    save(tmp_path / "toy", net(), CARD)
    (tmp_path / "toy.safetensors").write_bytes(b"not weights")
    with pytest.raises(BadInput, match="does not hold"):
        load(tmp_path / "toy", net())
