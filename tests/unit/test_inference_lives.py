"""Censored lives: the likelihood against closed forms, what cannot be identified, what is predicted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from ceramer.errors import InputError, UnknownNameError
from ceramer.inference import Life, LifeData, LifeFit, NotIdentifiable, family, fit_hot_spots, fit_lives, log_likelihood
from ceramer.physics import failure
from ceramer.provenance import Kind

H = 3600.0


def random_lives(seed, count=12, exponent=1.2, spread=0.5, limit=1.0):
    """Weibull lives around 1000 h at 3 A/m2, tests ended at `limit` characteristic lives."""
    rng = np.random.default_rng(seed)
    lives = []
    for j in np.resize([1.0, 2.0, 5.0, 10.0], count):
        centre = 1000.0 * H * (j / 3.0) ** -exponent
        time = centre * rng.exponential() ** spread
        lives.append(
            Life.longer_than(limit * centre, j)
            if time > limit * centre
            else Life.observed(time, j, f"cell {len(lives)}")
        )
    return LifeData(lives)


# --- the likelihood --------------------------------------------------------------------------------------------------


def test_likelihood_of_each_kind_of_knowledge_against_scipy():
    """ln f, ln S, ln F and ln(F - F) of scipy's own distributions, at one current."""
    t, j = 500.0 * H, 2.0
    cases = [
        (Life.observed(t, j), lambda d: d.logpdf(t)),
        (Life.longer_than(t, j), lambda d: d.logsf(t)),
        (Life.shorter_than(t, j), lambda d: d.logcdf(t)),
        (Life(j, 0.6 * t, t), lambda d: math.log(d.cdf(t) - d.cdf(0.6 * t))),
    ]
    mu, s = math.log(700.0 * H), 0.7
    laws = {
        "weibull": stats.weibull_min(1.0 / s, scale=math.exp(mu)),
        "lognormal": stats.lognorm(s, scale=math.exp(mu)),
    }
    for name, law in laws.items():
        for life, expected in cases:
            got = log_likelihood(LifeData([life]), family(name), mu, 1.7, math.log(s))
            assert float(got) == pytest.approx(expected(law), rel=1e-9)


def test_the_current_enters_as_an_inverse_power():
    """Lives times (j/j0)**m are lives at j0: the likelihood differs by the Jacobian only."""
    data = LifeData([Life.observed(300.0 * H, 4.0), Life.longer_than(100.0 * H, 1.0)])
    j0, m = 2.0, 1.3
    same = LifeData([Life.observed(300.0 * H * 2.0**m, j0), Life.longer_than(100.0 * H * 0.5**m, j0)])
    for name in ("weibull", "lognormal"):
        a = log_likelihood(data, family(name), 13.0, m, -0.5)
        b = log_likelihood(same, family(name), 13.0, m, -0.5)
        assert float(a) == pytest.approx(float(b) + m * math.log(2.0), rel=1e-12)


def test_exponential_lives_in_closed_form():
    """Spread 1: the characteristic life is total time over failures, its likelihood interval that of Gamma."""
    times, ends = [120.0, 340.0, 55.0, 610.0, 230.0], [500.0, 800.0, 800.0]
    data = LifeData([Life.observed(t * H, 2.0) for t in times] + [Life.longer_than(t * H, 2.0) for t in ends])
    fit = fit_lives(data, exponent=1.0, spread=1.0)
    assert isinstance(fit, LifeFit)
    mean = (sum(times) + sum(ends)) / len(times)
    assert math.exp(fit.location) == pytest.approx(mean * H, rel=1e-5)
    low, high = fit.results[0].interval
    for end in (low / (mean * H), high / (mean * H)):  # 2 r (x - 1 - ln x), x = mean/theta, is chi-square
        assert 2.0 * len(times) * (1.0 / end - 1.0 + math.log(end)) == pytest.approx(stats.chi2.ppf(0.95, 1), rel=1e-3)
    # predictive of a new exponential life with a prior flat in ln(theta): S(t) = (1 + t/total)**-r
    total = len(times) * mean * H
    for t in (50.0 * H, 400.0 * H, 4000.0 * H):
        assert fit.survival(t, 2.0) == pytest.approx((1.0 + t / total) ** -len(times), rel=2e-3)


def test_two_lognormal_lives_predict_by_student():
    """Known exponent, two shorts: mean +- t(1) s sqrt(3/2), with tails as long as one degree of freedom has."""
    data = LifeData([Life.observed(1900.0 * H, 1.0), Life.observed(1000.0 * H, 2.0)])
    fit = fit_lives(data, law="lognormal", exponent=1.0)
    assert isinstance(fit, LifeFit)
    charges = np.log([1900.0 * H, 2000.0 * H])
    for p in (0.025, 0.2, 0.5, 0.8, 0.975):
        expected = charges.mean() + stats.t.ppf(p, 1) * charges.std(ddof=1) * math.sqrt(1.5)
        assert math.log(fit.quantile(p, 1.0)) == pytest.approx(expected, abs=2e-3)


def test_complete_lives_are_fitted_as_scipy_does():
    rng = np.random.default_rng(3)
    t = 1e6 * rng.weibull(1.8, 40)
    fit = fit_lives(LifeData(Life.observed(x, 1.0) for x in t), exponent=0.0)
    shape, _, scale = stats.weibull_min.fit(t, floc=0.0)
    assert isinstance(fit, LifeFit)
    assert 1.0 / fit.spread == pytest.approx(shape, rel=1e-3)
    assert math.exp(fit.location) == pytest.approx(scale, rel=1e-3)


def test_right_censoring_as_scipy_does():
    rng = np.random.default_rng(4)
    t = 1e6 * rng.weibull(1.8, 60)
    seen, late = t[t < 1.1e6], np.full(int((t >= 1.1e6).sum()), 1.1e6)
    data = LifeData([*(Life.observed(x, 1.0) for x in seen), *(Life.longer_than(x, 1.0) for x in late)])
    fit = fit_lives(data, exponent=0.0)
    shape, _, scale = stats.weibull_min.fit(stats.CensoredData(uncensored=seen, right=late), floc=0.0)
    assert isinstance(fit, LifeFit)
    assert (1.0 / fit.spread, math.exp(fit.location)) == pytest.approx((shape, scale), rel=1e-3)


# --- what cannot be known --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lives", "options", "words"),
    [
        ([Life.longer_than(1e6, 1.0), Life.longer_than(1e6, 2.0)], {}, "fewer than two shorts .*0 observed .*2 lower"),
        ([Life.observed(1e6, 1.0), Life.shorter_than(1e6, 2.0)], {}, "fewer than two shorts .*1 observed .*1 upper"),
        ([Life.observed(1e6, 1.0), Life.observed(2e6, 1.0)], {}, "share one current"),
        ([Life.observed(1e6, 1.0), Life.observed(2e6, 2.0)], {}, "cannot carry 3 parameters"),
        ([Life.observed(1e6, 1.0), Life.observed(5e5, 2.0)], {"exponent": 1.0}, "without any spread"),
    ],
)
def test_what_is_not_identifiable_is_said(lives, options, words):
    answer = fit_lives(LifeData(lives), **options)
    assert isinstance(answer, NotIdentifiable)
    assert not answer
    assert str(answer).startswith("not identifiable: ")
    assert "\n" not in str(answer) and str(answer).endswith(".")
    import re

    assert re.search(words, str(answer))


def test_two_shorts_carry_what_two_shorts_can():
    lives = LifeData([Life.observed(1e6, 1.0), Life.observed(6e5, 2.0)])
    assert isinstance(fit_lives(lives, exponent=1.0), LifeFit)
    assert isinstance(fit_lives(lives, spread=0.5), LifeFit)
    assert isinstance(fit_lives(lives, exponent=1.0, spread=0.5), LifeFit)


def test_bad_lives_are_refused():
    for make in (
        lambda: Life.observed(0.0, 1.0),
        lambda: Life.observed(1.0, 0.0),
        lambda: Life(1.0, 5.0, 2.0),
        lambda: Life.observed(math.nan, 1.0),
        lambda: LifeData([]),
        lambda: fit_lives(random_lives(0), spread=-1.0),
    ):
        with pytest.raises(InputError):
            make()
    with pytest.raises(UnknownNameError, match="weibull"):
        fit_lives(random_lives(0), law="weibul")


# --- what is known ---------------------------------------------------------------------------------------------------


def test_results_carry_intervals_kinds_and_warnings():
    data = LifeData([*random_lives(1, 16).lives])
    fit = fit_lives(data)
    assert isinstance(fit, LifeFit)
    life, exponent, spread = fit.results
    for result in (life, exponent, spread):
        assert result.kind is Kind.INFERRED
        assert result.interval[0] < result.value < result.interval[1]
    assert life.inputs
    fixed = fit_lives(data, exponent=1.0)
    assert isinstance(fixed, LifeFit)
    assert fixed.results[1].kind is Kind.INPUT
    assert fixed.results[1].interval is None
    two = fit_lives(LifeData([Life.observed(1e6, 1.0), Life.observed(6e5, 2.0)]), exponent=1.0)
    assert isinstance(two, LifeFit)
    assert "Only 2 shorts" in two.warnings[0]


def test_prediction_is_a_distribution_that_widens_with_distance():
    fit = fit_lives(random_lives(2, 24))
    assert isinstance(fit, LifeFit)
    near, far = fit.predict(3.0), fit.predict(100.0)
    assert near.kind is Kind.PREDICTED
    width = [math.log(r.interval[1] / r.interval[0]) for r in (near, far)]
    assert 0.0 < width[0] < width[1]
    assert fit.survival(near.value, 3.0) == pytest.approx(0.5, abs=1e-3)
    assert fit.quantile(0.1, 3.0) < fit.quantile(0.5, 3.0) < fit.quantile(0.9, 3.0)


def test_a_lower_bound_is_not_a_life():
    """Taking bounds for lives shortens them: the mistake that censoring is there to prevent."""
    data = random_lives(5, 24, limit=0.6)
    assert not data.observed.all()
    wrong = LifeData(Life.observed(life.earliest, life.current_density) for life in data.lives)
    right_fit, wrong_fit = fit_lives(data), fit_lives(wrong)
    assert isinstance(right_fit, LifeFit) and isinstance(wrong_fit, LifeFit)
    assert right_fit.quantile(0.5, 3.0) > 1.15 * wrong_fit.quantile(0.5, 3.0)


def test_critical_currents_follow_from_the_lives():
    """With nearly sharp lives of constant charge, a staircase fails where its total charge reaches that charge."""
    rng = np.random.default_rng(0)
    lives = [
        Life.observed(3.6e6 / j * math.exp(0.01 * rng.standard_normal()), j) for j in np.repeat([1.0, 3.0, 9.0], 8)
    ]
    fit = fit_lives(LifeData(lives), law="lognormal")
    assert isinstance(fit, LifeFit)
    levels = np.arange(10.0, 201.0, 10.0)
    for hours, expected in (((2.0 * H) * np.ones(20), None), (7.2e5 / levels, 40.0)):
        charge = np.cumsum(levels * hours)
        borne = levels[charge < 3.6e6 * 0.97]
        result, shares = fit.critical_current(levels, hours)
        assert result.value == borne.max() == (expected or borne.max())
        assert shares[0] > 0.99 and shares[-1] < 0.01
        assert (np.diff(shares) <= 0.0).all()
        assert result.interval[0] <= result.value <= result.interval[1]
    mild, shares = fit.critical_current(levels[:2], np.ones(2))
    assert math.isinf(mild.value) and shares[-1] > 0.99
    with pytest.raises(InputError, match="rise"):
        fit.critical_current(levels[::-1], np.ones(20))


# --- the hot-spot model itself ---------------------------------------------------------------------------------------


def hot_spot_cell(**over):
    values = {key.replace("__", "."): value for key, value in over.items()}
    return failure.assumed_cell(
        failure.failure_book().ledger(values),
        thickness=100e-6,
        area=1.131e-4,
        ionic_conductivity=0.05,
        interface_resistance=1e-4,
        temperature=295.15,
    )


def simulated_lives(truth, currents, each, seed, charge=3.2e6):
    """Lives of simulated cells, tests ended after the same charge one way."""
    lives = []
    for k, j in enumerate(currents):
        schedule = failure.constant_current(j, H, max(int(charge / (j * H)), 2))
        got = failure.simulate_lives(truth, schedule, each, seed=100 * seed + k, deepest=1)
        lives += [
            Life.observed(t, j, f"{j} A/m2") if math.isfinite(t) else Life.longer_than(got.end, j)
            for t in got.short_time
        ]
    return LifeData(lives)


def test_hot_spots_are_recovered_and_predict_a_current_that_was_not_tested():
    truth = hot_spot_cell(filament__irreversible_share=0.02, filament__healing_rate=0.0)
    data = simulated_lives(truth, (2.0, 5.0), 8, seed=1)
    assert 2 <= data.shorts < len(data)
    fit = fit_hot_spots(data, hot_spot_cell(filament__healing_rate=0.0), H)
    assert fit
    (share,) = fit.results
    assert share.kind is Kind.CALIBRATED
    assert share.interval[0] < 0.02 < share.interval[1]
    assert share.interval[1] / share.interval[0] < 2.0
    predicted = fit.predict(15.0)
    real = failure.simulate_lives(truth, failure.constant_current(15.0, H, 300), 400, seed=7, deepest=1).short_time
    assert predicted.value == pytest.approx(np.median(real), rel=0.3)
    inside = np.mean((real > predicted.interval[0]) & (real < predicted.interval[1]))
    assert inside > 0.85


def test_hot_spots_without_shorts_are_not_identifiable():
    one = hot_spot_cell()
    answer = fit_hot_spots(LifeData([Life.longer_than(1e6, 1.0)] * 3), one, H)
    assert isinstance(answer, NotIdentifiable)
    pair = LifeData([Life.observed(1e6, 1.0), Life.observed(1.1e6, 1.0)])
    answer = fit_hot_spots(pair, one, H, healing=True)
    assert isinstance(answer, NotIdentifiable) and "healing" in answer.reason
