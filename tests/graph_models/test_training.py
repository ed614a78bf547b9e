"""The training loop: what it keeps, when it stops, and that a killed run ends the same."""

import csv

import pytest
import torch
from torch import nn

from paperflow.graph_models.training import Plan, fit, training_bar

torch.manual_seed(0)
X = torch.randn(40, 3)
Y = X @ torch.tensor([[1.0], [-2.0], [0.5]])


class Killed(Exception):
    """What stands for the end of the process."""


def net():
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1))


def losses_of(model, kill_in=None):
    def losses(epoch):
        for rows in torch.randperm(40).split(10):
            if epoch == kill_in:
                raise Killed
            yield nn.functional.mse_loss(model(X[rows]), Y[rows])

    return losses


def score_of(model):
    return lambda: -float(nn.functional.mse_loss(model(X), Y))


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


@pytest.mark.parametrize("schedule", ["constant", "cosine", "plateau"])
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "adagrad"])
def test_a_killed_run_goes_on_and_ends_with_the_same_weights_and_log(tmp_path, schedule, optimizer):
    plan = Plan(epochs=8, schedule=schedule, optimizer=optimizer, warmup=2, clip=1.0, patience=6)
    whole = net()
    expected = fit(whole, losses_of(whole), score_of(whole), plan, log=tmp_path / "whole.csv")
    broken, state, log = net(), tmp_path / "run.pt", tmp_path / "log.csv"
    with pytest.raises(Killed):
        fit(broken, losses_of(broken, 5), score_of(broken), plan, resume=state, log=log)
    again = net()
    found = fit(again, losses_of(again), score_of(again), plan, resume=state, log=log)
    assert torch.equal(weights(again), weights(whole))
    assert found == expected
    assert log.read_text() == (tmp_path / "whole.csv").read_text()


def test_a_finished_run_is_not_trained_again(tmp_path):
    model, plan, state = net(), Plan(epochs=3), tmp_path / "run.pt"
    fit(model, losses_of(model), score_of(model), plan, resume=state)
    again = net()
    fit(again, losses_of(again, kill_in=3), score_of(again), plan, resume=state)
    assert torch.equal(weights(again), weights(model))


def test_another_plan_does_not_take_up_the_old_run(tmp_path):
    state = tmp_path / "run.pt"
    model = net()
    fit(model, losses_of(model), score_of(model), Plan(epochs=3), resume=state)
    other = net()
    with pytest.raises(Killed):
        fit(other, losses_of(other, 0), score_of(other), Plan(epochs=4), resume=state)


def test_the_weights_of_the_best_epoch_are_kept_and_patience_ends_the_run():
    model, seen = net(), []

    def score():
        seen.append(weights(model).clone())
        return [0.1, 0.3, 0.2, 0.2, 0.2, 0.9][len(seen) - 1]

    found = fit(model, losses_of(model), score, Plan(epochs=6, patience=3))
    assert (found.best_epoch, found.best_score, len(found.history)) == (1, 0.3, 5)
    assert torch.equal(weights(model), seen[1])
    assert not model.training


def test_validation_comes_every_so_many_epochs_and_at_the_end():
    model = net()
    found = fit(model, losses_of(model), score_of(model), Plan(epochs=5, every=2))
    assert [line.score is not None for line in found.history] == [False, True, False, True, True]


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    def trained(seed):
        model = net()
        fit(model, losses_of(model), score_of(model), Plan(epochs=2, seed=seed))
        return weights(model)

    assert torch.equal(trained(1), trained(1))
    assert not torch.equal(trained(1), trained(2))


def test_the_cosine_warms_up_and_falls_and_the_log_shows_it(tmp_path):
    model, log = net(), tmp_path / "log.csv"
    plan = Plan(epochs=10, rate=0.1, schedule="cosine", warmup=2)
    fit(model, losses_of(model), score_of(model), plan, log=log)
    with log.open() as file:
        rates = [float(row["rate"]) for row in csv.DictReader(file)]
    assert rates[0] < rates[1] < rates[2] == pytest.approx(0.1)
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert rates[-1] < 0.005


def test_a_plateau_halves_the_rate():
    model = net()
    plan = Plan(epochs=9, rate=0.1, schedule="plateau", patience=6)
    found = fit(model, losses_of(model), lambda: 0.0, plan)
    assert found.history[-1].rate == 0.05


def test_the_gradient_is_clipped():
    model = nn.Linear(1, 1)
    before = weights(model).clone()

    def losses(_):
        yield 1e6 * model(torch.ones(1, 1)).sum()

    plan = Plan(epochs=1, optimizer="adagrad", rate=1.0, clip=1e-12)
    fit(model, losses, lambda: 0.0, plan)
    # Adagrad divides by the gradient's size plus 1e-10: only a clipped one barely moves.
    assert float((weights(model) - before).abs().max()) < 0.01


def test_several_kinds_of_losses_alternate_in_one_epoch():
    model = nn.Linear(2, 1)

    def losses(epoch):
        yield model.weight.pow(2).sum()
        yield model.bias.pow(2).sum()

    fit(model, losses, lambda: 0.0, Plan(epochs=300, rate=0.05, patience=None, every=300))
    assert float(weights(model).abs().max()) < 0.01


def test_the_bar_is_silent_where_there_is_no_terminal(capsys):
    model = net()
    with training_bar("toy", 2) as told:
        fit(model, losses_of(model), score_of(model), Plan(epochs=2), told=told)
    assert capsys.readouterr() == ("", "")


def test_the_bar_shows_loss_and_time_left_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    model = net()
    with training_bar("toy", 2) as told:
        found = fit(model, losses_of(model), score_of(model), Plan(epochs=2), told=told)
    out, shown = capsys.readouterr()
    assert out == ""
    assert f"toy loss {found.history[-1].loss:.4f} best {found.best_score:.4f}" in shown
    assert "0:00:00" in shown
