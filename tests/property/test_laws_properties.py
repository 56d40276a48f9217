"""What must hold for every argument: bounds, symmetry, homogeneity, shares, monotony, round trips."""

import functools
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer import laws
from ceramer.units import ELECTRONVOLT

settings.register_profile("laws", max_examples=25, deadline=None)
FAST = settings(settings.get_profile("laws"))

conductivity = st.floats(-8, 4).map(lambda x: 10.0**x)


@st.composite
def mixtures(draw, count=None):
    n = count or draw(st.integers(2, 4))
    sigma = draw(st.lists(conductivity, min_size=n, max_size=n))
    weights = draw(st.lists(st.floats(0.01, 1.0), min_size=n, max_size=n))
    return sigma, list(np.array(weights) / sum(weights))


LAWS = {
    "series": laws.series,
    "hashin_shtrikman_lower": laws.hashin_shtrikman_lower,
    "bruggeman_symmetric": laws.bruggeman_symmetric,
    "hashin_shtrikman_upper": laws.hashin_shtrikman_upper,
    "parallel": laws.parallel,
}
SHAPES = {
    **LAWS,
    "maxwell": lambda s, f: laws.maxwell(s[0], s[1:], f[1:]),
}
every_law = pytest.mark.parametrize("name", SHAPES)


@FAST
@given(mixtures())
def test_bounds_are_ordered(mixture):
    sigma, part = mixture
    values = [law(sigma, part) for law in LAWS.values()]
    for low, high in itertools.pairwise(values):
        assert low <= high * (1 + 1e-9)


@every_law
@FAST
@given(mixture=mixtures(), scale=conductivity)
def test_homogeneous_of_degree_one(name, mixture, scale):
    sigma, part = mixture
    scaled = SHAPES[name]([s * scale for s in sigma], part)
    assert scaled == pytest.approx(scale * SHAPES[name](sigma, part), rel=1e-9, abs=0.0)


@every_law
@FAST
@given(mixture=mixtures())
def test_shares_sum_to_one_and_are_the_slopes(name, mixture):
    sigma, part = mixture
    law = functools.partial(SHAPES[name], f=part) if name == "maxwell" else lambda s: SHAPES[name](s, part)
    shares = laws.path_shares(law, sigma)
    assert shares.sum() == pytest.approx(1.0, abs=1e-9)
    assert (shares >= -1e-12).all()
    k = int(np.argmax(shares))
    up, down = list(sigma), list(sigma)
    up[k] *= 1 + 1e-5
    down[k] /= 1 + 1e-5
    slope = (math.log(law(up)) - math.log(law(down))) / (2 * math.log1p(1e-5))
    if (
        min(abs(math.log(a / b)) for a, b in itertools.combinations(sigma, 2)) > 1e-3
    ):  # the bounds have a kink where two phases swap places
        assert shares[k] == pytest.approx(slope, abs=1e-4)


@every_law
@FAST
@given(mixture=mixtures(), value=conductivity)
def test_equal_phases_give_their_conductivity(name, mixture, value):
    _, part = mixture
    assert SHAPES[name]([value] * len(part), part) == pytest.approx(value, rel=1e-9, abs=0.0)


@pytest.mark.parametrize("name", LAWS)
@FAST
@given(mixture=mixtures(3), order=st.permutations([0, 1, 2]))
def test_order_of_phases_does_not_matter(name, mixture, order):
    sigma, part = mixture
    shuffled = LAWS[name]([sigma[i] for i in order], [part[i] for i in order])
    assert shuffled == pytest.approx(LAWS[name](sigma, part), rel=1e-9, abs=0.0)


@every_law
@FAST
@given(mixture=mixtures(2))
def test_limits_of_composition(name, mixture):
    sigma, _ = mixture
    assert SHAPES[name](sigma, [1.0, 0.0]) == pytest.approx(sigma[0], rel=1e-9, abs=0.0)
    assert SHAPES[name](sigma, [0.0, 1.0]) == pytest.approx(sigma[1], rel=1e-9, abs=0.0)


@every_law
@FAST
@given(mixture=mixtures(), angle=st.floats(-1.5, 1.5))
def test_complex_values_that_share_a_phase_angle_reduce_to_real(name, mixture, angle):
    sigma, part = mixture
    turn = complex(math.cos(angle), math.sin(angle))
    found = SHAPES[name]([s * turn for s in sigma], part)
    assert found / turn == pytest.approx(SHAPES[name](sigma, part), rel=1e-8, abs=1e-30)
    real = SHAPES[name]([complex(s) for s in sigma], part)
    assert real == pytest.approx(SHAPES[name](sigma, part), rel=1e-9, abs=0.0)


@FAST
@given(mixture=mixtures(3), permittivity=st.lists(st.floats(2, 100), min_size=3, max_size=3), exponent=st.floats(0, 12))
def test_bruggeman_of_lossy_dielectrics(mixture, permittivity, exponent):
    sigma, part = mixture
    phases = [laws.complex_conductivity(s, 10.0**exponent, e) for s, e in zip(sigma, permittivity, strict=True)]
    root = laws.bruggeman_symmetric(phases, part)
    residual = sum(f * (s - root) / (s + 2 * root) for f, s in zip(part, phases, strict=True))
    assert abs(residual) < 1e-9
    assert root.real > 0
    assert root.imag >= 0
    shares = laws.path_shares(lambda s: laws.bruggeman_symmetric(s, part), phases)
    assert shares.sum() == pytest.approx(1.0, abs=1e-8)


@FAST
@given(mixture=mixtures(3))
def test_broadcasting_equals_the_scalar_law(mixture):
    sigma, part = mixture
    sweep = np.array([0.5, 1.0, 3.0])
    for law in LAWS.values():
        together = law([sigma[0] * sweep, *sigma[1:]], part)
        apart = [law([sigma[0] * factor, *sigma[1:]], part) for factor in sweep]
        assert together == pytest.approx(apart, rel=1e-10, abs=0.0)


@FAST
@given(low=conductivity, factor=st.floats(1.0, 1e4), mixture=mixtures())
def test_more_conducting_phase_never_lowers_the_composite(low, factor, mixture):
    sigma, part = mixture
    for law in LAWS.values():
        assert law([low * factor, *sigma[1:]], part) >= law([low, *sigma[1:]], part) * (1 - 1e-9)


@FAST
@given(mixture=mixtures(3), energies=st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3))
def test_activation_energy_lies_between_those_of_the_phases(mixture, energies):
    sigma, part = mixture
    for law in LAWS.values():
        shares = laws.path_shares(lambda s, law=law: law(s, part), sigma)
        found = laws.effective_activation_energy(shares, energies)
        assert min(energies) * (1 - 1e-6) <= found <= max(energies) * (1 + 1e-6)


@FAST
@given(mixture=mixtures(2), rho=st.floats(1e-9, 1.0) | st.just(0.0))
def test_composite_current_fraction_lies_between_polymer_and_one(mixture, rho):
    sigma, part = mixture
    for law in LAWS.values():
        found = laws.composite_current_fraction(lambda s, law=law: law(s, part), *sigma, rho)
        assert rho * (1 - 1e-9) <= found <= 1 + 1e-9


@FAST
@given(part=st.floats(0.05, 0.95), contrast=st.floats(-2, 2), rho=st.floats(0.02, 0.98))
def test_composite_current_fraction_is_inverted(part, contrast, rho):
    def law(s):
        return laws.bruggeman_symmetric(s, [part, 1 - part])

    target = laws.composite_current_fraction(law, 1.0, 10.0**contrast, rho)
    found = laws.polymer_current_fraction_needed(law, 1.0, 10.0**contrast, target)
    assert laws.composite_current_fraction(law, 1.0, 10.0**contrast, found) == pytest.approx(target, abs=1e-10)


@FAST
@given(grain=conductivity, film=conductivity, ratio=st.floats(1e-4, 1.0))
def test_infiltrated_brick_layer_stays_within_the_simple_bounds(grain, film, ratio):
    found = laws.brick_layer_infiltrated(grain, film, 1e-6, ratio * 1e-6)
    part = (1 / (1 + ratio)) ** 3
    phases, parts = [grain, film], [part, 1 - part]
    assert laws.series(phases, parts) * (1 - 1e-9) <= found <= laws.parallel(phases, parts) * (1 + 1e-9)


@FAST
@given(inner=st.floats(0.1, 1.0), pellet=conductivity, film=conductivity, rim=conductivity, depth=st.floats(0.1, 10.0))
def test_edge_bypass_bounds_are_ordered(inner, pellet, film, rim, depth):
    both = [
        laws.edge_bypass(
            inner_area=inner,
            outer_area=1.0,
            inner_thickness=1.0,
            inner_conductivity=pellet,
            film_thickness=depth,
            film_conductivity=film,
            rim_conductivity=rim,
            reference_area=1.0,
            lateral=lateral,
        )
        for lateral in ("blocked", "perfect")
    ]
    assert both[0] <= both[1] * (1 + 1e-9)


@FAST
@given(
    cold=st.floats(200, 400),
    gap=st.floats(1, 100),
    energy=st.floats(0.05, 1.0),
    form=st.sampled_from(["sigma", "sigma_T"]),
)
def test_two_points_give_back_the_activation_energy(cold, gap, energy, form):
    there = laws.rescale_arrhenius(1e-3, cold, cold + gap, energy * ELECTRONVOLT, form)
    found = laws.two_point_activation_energy(cold, 1e-3, cold + gap, there, form)
    assert found == pytest.approx(energy * ELECTRONVOLT, rel=1e-7, abs=0.0)


@FAST
@given(size=st.floats(1.0, 500.0), n=st.floats(0.5, 4.0), start=st.floats(0, 10), share=st.floats(0, 0.99))
def test_void_rate_is_recovered_from_an_interval(size, n, start, share):
    rate = 0.1 * size**n
    end = start + share * 10.0
    after = laws.void_size(end, size, rate, n, start)
    assert 0.0 <= after <= size * (1 + 1e-12)
    if share > 0.01:
        assert laws.rate_from_interval(size, after, end - start, n) == pytest.approx(rate, rel=1e-6, abs=0.0)
    assert laws.closure_time(size, rate, n, start) == pytest.approx(start + 10.0, rel=1e-9, abs=0.0)


@FAST
@given(
    parts=st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
    rho=st.lists(st.floats(500, 8000), min_size=3, max_size=3),
)
def test_mass_and_volume_fractions_are_inverse(parts, rho):
    mass = np.array(parts) / sum(parts)
    volume = laws.mass_to_volume_fractions(list(mass), rho)
    assert laws.volume_to_mass_fractions(list(volume), rho) == pytest.approx(mass, rel=1e-12, abs=0.0)
    assert laws.rule_of_mixtures_density(list(mass), rho) == pytest.approx(
        float(volume @ np.array(rho)), rel=1e-12, abs=0.0
    )


@FAST
@given(k=st.lists(st.floats(1e8, 1e12), min_size=2, max_size=3), ratio=st.floats(0.01, 1.4), f=st.floats(0.01, 0.99))
def test_elastic_bounds_are_ordered(k, ratio, f):
    bulk, parts = k[:2], [f, 1 - f]
    shear = [ratio * value for value in bulk]
    for values, (low, high) in (
        (bulk, laws.hashin_shtrikman_bulk(bulk, shear, parts)),
        (shear, laws.hashin_shtrikman_shear(bulk, shear, parts)),
    ):
        reuss, voigt = laws.series(values, parts), laws.parallel(values, parts)
        assert reuss * (1 - 1e-9) <= low <= high * (1 + 1e-9)
        assert high <= voigt * (1 + 1e-9)


@FAST
@given(leak=st.floats(0, 0.99), current=st.floats(0.01, 100))
def test_leak_limited_efficiency_is_a_fraction(leak, current):
    assert 0.0 <= laws.leak_limited_coulombic_efficiency(leak * current, current) <= 1.0


@FAST
@given(retained=st.floats(0.3, 1.0), cycles=st.integers(1, 5000))
def test_geometric_fade_gives_back_the_retention(retained, cycles):
    assert (1 - laws.geometric_fade(retained, cycles)) ** cycles == pytest.approx(retained, rel=1e-9, abs=0.0)
    assert 1 - cycles * laws.linear_fade(retained, cycles) == pytest.approx(retained, rel=1e-9, abs=0.0)


@FAST
@given(eta=st.floats(-0.3, 0.3), i0=st.floats(1e-3, 1e3))
def test_butler_volmer_is_odd_for_equal_coefficients_and_grows(eta, i0):
    here = laws.butler_volmer(eta, i0, 0.5, 0.5, 300.0)
    assert laws.butler_volmer(-eta, i0, 0.5, 0.5, 300.0) == pytest.approx(-here, rel=1e-12, abs=0.0)
    assert laws.butler_volmer(eta + 1e-3, i0, 0.5, 0.5, 300.0) > here
