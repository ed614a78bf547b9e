"""Exponents, cut-offs, and tests of power laws, on known laws and on published samples."""

import json
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import zeta

from paperflow.errors import BadInput
from paperflow.graphs.powerlaw.bootstrap import draw, exponent_interval, goodness_of_fit
from paperflow.graphs.powerlaw.compare import compare
from paperflow.graphs.powerlaw.families import ALTERNATIVES, power_law
from paperflow.graphs.powerlaw.fit import PowerLawFit, fit_power_law, survival
from paperflow.graphs.powerlaw.line import least_squares_line
from paperflow.graphs.powerlaw.report import analyse
from paperflow.graphs.powerlaw.sample import Sample, sample_of
from paperflow.reports.powerlaw import as_svg

# Clauset, Shalizi, Newman (2009), table 6.1: exponent, its last digit's place, cut-off, and the
# numbers in the tail; then whether their p lets a power law stand.
PUBLISHED = {
    "words": (True, 1.95, 2, 7, 2958, True),
    "terrorism": (True, 2.4, 1, 12, 547, True),
    "blackouts": (False, 2.3, 1, 230_000, 59, True),
    "quakes": (False, 1.64, 2, 794, 11_697, False),
}


@pytest.fixture
def published(real_data):
    def read(name):
        return sample_of(
            np.loadtxt(real_data(f"powerlaw/{name}.txt.gz")), discrete=PUBLISHED[name][0]
        )

    return read


def law(exponent=2.5, xmin=1.0, discrete=True):
    return PowerLawFit(exponent, xmin, 0.0, 1, 1, discrete)


def drawn(exponent, size, *, discrete=True, xmin=1.0, seed=0):
    numbers = draw(law(exponent, xmin, discrete), size, np.random.default_rng(seed))
    return sample_of(numbers, discrete=discrete)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_exponents_cutoffs_and_tails_are_found(published, name):
    _, exponent, digits, xmin, tail, _ = PUBLISHED[name]
    fit = fit_power_law(published(name))
    assert (round(fit.exponent, digits), round(fit.xmin), fit.tail) == (exponent, xmin, tail)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_samples_pass_and_fail_as_in_the_paper(published, name):
    sample = published(name)
    p = goodness_of_fit(sample, fit_power_law(sample), repeats=30, seed=3)
    assert (p >= 0.1) == PUBLISHED[name][-1]


@pytest.mark.parametrize("name", PUBLISHED)
def test_likelihood_ratios_equal_those_of_another_package(published, name):
    other = pytest.importorskip("powerlaw")
    sample = published(name)
    fit = fit_power_law(sample)
    numbers = np.repeat(sample.values, sample.counts)
    with warnings.catch_warnings(action="ignore"):
        peer = other.Fit(numbers, discrete=fit.discrete, xmin=fit.xmin, verbose=0)
        ratio, p = peer.distribution_compare("power_law", "lognormal", normalized_ratio=True)
    assert fit.exponent == pytest.approx(peer.power_law.alpha, abs=0.003)
    found = compare(sample, fit)["log-normal"]
    assert (found.ratio, found.p) == pytest.approx((ratio, p), abs=0.01)


@pytest.mark.parametrize("discrete", [True, False])
@pytest.mark.parametrize("exponent", [1.6, 2.1, 3.0])
def test_the_exponent_of_a_drawn_sample_is_found(exponent, discrete):
    fit = fit_power_law(drawn(exponent, 20_000, discrete=discrete, xmin=3.0), xmin=3.0)
    assert fit.exponent == pytest.approx(exponent, abs=4 * fit.standard_error)


def test_drawn_whole_numbers_have_the_masses_of_the_law():
    sample = drawn(2.2, 200_000, xmin=4.0)
    expected = sample.values[:20] ** -2.2 / zeta(2.2, 4.0)
    found = sample.counts[:20] / sample.size
    assert sample.values[:20].tolist() == list(range(4, 24))
    assert found == pytest.approx(expected, abs=5 * np.sqrt(0.25 / sample.size))


def test_drawn_whole_numbers_go_on_beyond_the_table():
    numbers = draw(law(1.5), 100_000, np.random.default_rng(0))
    far = 1 << 16
    expected = float(zeta(1.5, far) / zeta(1.5, 1))
    assert (numbers >= far).mean() == pytest.approx(expected, rel=0.2)
    assert (numbers == np.floor(numbers)).all()


def test_the_cutoff_parts_the_body_from_the_tail():
    body = np.repeat(np.arange(1, 20), 400)
    tail = draw(law(2.5, 20.0), 6_000, np.random.default_rng(1))
    fit = fit_power_law(sample_of(np.concatenate((body, tail))))
    assert 18 <= fit.xmin <= 24
    assert fit.exponent == pytest.approx(2.5, abs=0.1)


def test_the_exponent_is_where_the_likelihood_is_greatest():
    tail = drawn(2.3, 500)
    fitted = power_law(tail)

    def likelihood(exponent):
        return float(
            tail.counts @ (-exponent * np.log(tail.values) - np.log(zeta(exponent, tail.values[0])))
        )

    best = fitted.parameters["exponent"]
    assert likelihood(best) >= max(likelihood(best + step) for step in (-1e-4, 1e-4))
    assert likelihood(best) == pytest.approx(float(tail.counts @ fitted.log_density))


@pytest.mark.parametrize("family", [power_law, *ALTERNATIVES.values()])
def test_masses_add_up_to_one(family):
    counts = np.maximum(1, 1e6 * np.arange(2.0, 5_000.0) ** -3.0).astype(np.int64)
    fitted = family(Sample(np.arange(2.0, 5_000.0), counts, discrete=True))
    assert np.exp(fitted.log_density).sum() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("family", [power_law, *ALTERNATIVES.values()])
def test_densities_integrate_to_one(family):
    values = np.geomspace(2, 2e6, 20_000)
    counts = np.maximum(1, 1e4 * values**-1.5).astype(np.int64)
    fitted = family(Sample(values, counts, discrete=False))
    assert np.trapezoid(np.exp(fitted.log_density), values) == pytest.approx(1, abs=0.01)


def test_p_values_of_power_laws_are_spread_evenly():
    samples = [drawn(2.5, 300, seed=seed) for seed in range(30)]
    found = [goodness_of_fit(item, fit_power_law(item), repeats=20) for item in samples]
    assert 0.35 < np.mean(found) < 0.65
    assert min(found) < 0.25
    assert max(found) > 0.75


def test_what_is_no_power_law_is_ruled_out():
    poisson = sample_of(np.random.default_rng(5).poisson(30, 3_000))
    whole = fit_power_law(poisson, xmin=float(poisson.values[0]))
    assert goodness_of_fit(poisson, whole, repeats=40) < 0.1


def test_each_rival_wins_on_its_own_sample():
    chance = np.random.default_rng(2)
    exponential = sample_of(chance.exponential(10, 5_000) + 1)
    log_normal = sample_of(chance.lognormal(2, 0.7, 5_000))
    for name, sample in (("exponential", exponential), ("log-normal", log_normal)):
        fit = fit_power_law(sample, xmin=float(sample.values[0]))
        found = compare(sample, fit)[name]
        assert found.ratio < 0
        assert found.p < 0.01


def test_the_log_normal_finds_the_parameters_of_its_own_sample():
    sample = sample_of(np.random.default_rng(4).lognormal(3, 1.2, 20_000))
    found = ALTERNATIVES["log-normal"](sample).parameters
    assert (found["mu"], found["sigma"]) == pytest.approx((3, 1.2), abs=0.05)


def test_the_interval_holds_the_exponent_and_narrows_with_the_sample():
    small, large = drawn(2.5, 300), drawn(2.5, 20_000)
    wide, narrow = (exponent_interval(item, repeats=60) for item in (small, large))
    assert narrow.low <= 2.5 <= narrow.high
    assert narrow.high - narrow.low < wide.high - wide.low


def test_a_line_through_the_histogram_falls_short_of_the_exponent():
    sample = drawn(2.1, 100_000)
    line = least_squares_line(sample)
    assert line.exponent < 1.5 < fit_power_law(sample).exponent
    assert 0 < line.r_squared < 1


def test_a_line_through_exact_counts_is_exact():
    counts = np.array([4096, 512, 64, 8])
    line = least_squares_line(Sample(np.array([2.0, 4.0, 8.0, 16.0]), counts, True))
    assert (line.exponent, line.r_squared) == pytest.approx((3.0, 1.0))


@given(st.lists(st.integers(1, 60), min_size=2, max_size=80).filter(lambda x: len(set(x)) > 1))
def test_any_counts_are_fitted_within_bounds(numbers):
    sample = sample_of(numbers)
    fit = fit_power_law(sample)
    above = survival(sample.tail(fit.xmin), fit.exponent)
    assert fit.exponent > 1
    assert 0 <= fit.ks <= 1
    assert 2 <= fit.tail <= fit.size == len(numbers)
    assert above[0] == pytest.approx(1)
    assert (np.diff(above) <= 0).all()


@given(st.lists(st.integers(1, 40), min_size=5, max_size=40).filter(lambda x: len(set(x)) > 1))
def test_a_report_is_the_same_twice_and_goes_into_json(numbers):
    first, second = (analyse(numbers, repeats=3, seed=7) for _ in range(2))
    assert json.dumps(first.as_dict(), allow_nan=False) == json.dumps(second.as_dict())
    assert first.as_text() == second.as_text()


def test_a_report_names_the_method_of_each_exponent():
    found = analyse(draw(law(2.1), 5_000, np.random.default_rng(0)), repeats=20)
    told = found.as_dict()
    assert "maximum likelihood" in told["maximum_likelihood"]["method"]
    assert told["least_squares"]["method"] == "least squares on the log-log histogram"
    for method in (told["maximum_likelihood"]["method"], told["least_squares"]["method"]):
        assert method in found.as_text()
    assert found.verdict.startswith("a power law is plausible")


def test_a_report_says_what_is_not_a_power_law():
    found = analyse(np.random.default_rng(0).poisson(40, 4_000) % 37 + 1, repeats=20)
    assert "power law" in found.verdict
    assert not found.verdict.startswith("a power law is plausible; exponential")


def test_a_report_without_draws_has_no_p():
    found = analyse([1, 1, 1, 2, 3, 5], repeats=0)
    assert found.p is None
    assert found.interval is None
    assert found.verdict.startswith("not tested")


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([], "two different"),
        ([3, 3, 3], "two different"),
        ([0, 0, -1], "two different"),
        ([1.0, float("nan")], "finite"),
    ],
)
def test_what_has_no_tail_is_refused(numbers, message):
    with pytest.raises(BadInput, match=message):
        analyse(numbers)


def test_measures_are_no_whole_numbers():
    with pytest.raises(BadInput, match="whole numbers"):
        sample_of([1.5, 2.5], discrete=True)
    assert not sample_of([1.5, 2.0]).discrete


def test_a_cutoff_beyond_the_data_is_refused():
    with pytest.raises(BadInput, match="at least 9"):
        fit_power_law(sample_of([1, 2, 3]), xmin=9)


def test_the_picture_shows_the_numbers_and_the_law():
    sample = drawn(2.3, 2_000)
    fit = fit_power_law(sample)
    picture = as_svg(sample, fit, "<degree>")
    assert picture.count("<circle") == len(sample.values)
    assert f"exponent {fit.exponent:.2f} from {fit.xmin:g} on" in picture
    assert "<degree>" not in picture
    assert as_svg(sample, fit, "<degree>") == picture
