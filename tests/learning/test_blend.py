"""Blends of evidence: they say how often what looks so is right."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.learning.blend import Blend, fit_blend
from paperflow.learning.split import calibration_error


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(-3, 0), st.floats(0.2, 3))
def test_a_blend_is_calibrated_on_what_it_was_fitted_to(seed, bias, slope):
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(4000, 2))
    chance = 1 / (1 + np.exp(-(bias + slope * values[:, 0])))
    right = draw.random(4000) < chance
    scores = fit_blend(values, right).scores(values)
    assert abs(scores.mean() - right.mean()) < 1e-3
    assert calibration_error(scores, right) < 0.05


def test_a_column_that_tells_nothing_and_rare_links_do_no_harm():
    values = np.column_stack([np.zeros(20_000), np.linspace(0, 1, 20_000)])
    right = np.zeros(20_000, dtype=bool)
    right[-20:] = True
    scores = fit_blend(values, right).scores(values)
    assert scores[-20:].mean() > 10 * scores[:-20].mean()


def test_a_blend_survives_json():
    blend = fit_blend(np.array([[0.0], [1.0], [2.0]]), np.array([False, True, True]))
    assert Blend.from_dict(blend.as_dict()) == blend
