"""The 6Li tracer against answers in closed form."""

import numpy as np
import pytest

from ceramer import laws
from ceramer.errors import InputError
from ceramer.physics import NATURAL_LITHIUM_6, Foil, Population, exchange_isotopes
from ceramer.units import FARADAY

T = 303.15
BIG = Foil(amount=1e7, enrichment=0.95)


def _polymer(**more: float) -> Population:
    values = {"concentration": 1000.0, "conductivity": 0.03, "exchange_current_density": 10.0} | more
    return Population(name="polymer", **values)


def test_at_rest_everything_ends_at_the_common_enrichment() -> None:
    foils = (Foil(amount=10.0, enrichment=0.95), Foil(amount=4.0, enrichment=0.2))
    ceramic = Population(name="ceramic", concentration=2e4, conductivity=0.1)
    result = exchange_isotopes([_polymer(), ceramic], 1e-4, foils, [(0.0, 1e9)], T)
    expected = laws.equilibrium_enrichment([10.0, 4.0, 0.1, 2.0], [0.95, 0.2, NATURAL_LITHIUM_6, NATURAL_LITHIUM_6])
    for found in (*(y[-1] for y in result.enrichment.values()), *result.foils[-1]):
        assert found == pytest.approx(expected, rel=1e-6, abs=0.0)
    assert abs(result.balance) < 1e-12


def test_a_current_flushes_a_well_mixed_layer() -> None:
    result = exchange_isotopes(
        [_polymer(conductivity=1e5, exchange_current_density=0.0)], 1e-4, (BIG, BIG), [(5.0, 1500.0)], T
    )
    expected = laws.well_mixed_enrichment(7500.0, 0.1, NATURAL_LITHIUM_6, 0.95)
    assert result.enrichment["polymer"][-1] == pytest.approx(expected, rel=1e-5, abs=0.0)


def test_diffusion_into_a_slab_from_both_faces() -> None:
    # y - y_f = (y_0 - y_f) sum 8/((2k+1)^2 pi^2) exp(-(2k+1)^2 pi^2 D t/L^2), faces held at the foil's fraction
    thickness = 1e-4
    diffusivity = laws.tracer_conductance(0.03, T, 0.5) / 1000.0
    time = 0.1 * thickness**2 / diffusivity
    odd = 2.0 * np.arange(200) + 1.0
    left = np.sum(8.0 / (odd * np.pi) ** 2 * np.exp(-((odd * np.pi) ** 2) * 0.1))
    expected = 0.95 + (NATURAL_LITHIUM_6 - 0.95) * left
    errors = []
    for cells in (20, 40):
        result = exchange_isotopes(
            [_polymer(haven_ratio=0.5, exchange_current_density=1e9)],
            thickness,
            (BIG, BIG),
            [(0.0, time)],
            T,
            cells=cells,
            grading=1.0,
            relative_tolerance=1e-8,
        )
        errors.append(abs(result.enrichment["polymer"][-1] - expected))
    assert errors[1] < 2e-4
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.15)


def test_the_surface_limits_the_exchange() -> None:
    # fast diffusion, slow surface: dy/dt = 2 (i0/F) (y_f - y)/(c L)
    result = exchange_isotopes(
        [_polymer(conductivity=1e5, exchange_current_density=0.1)], 1e-4, (BIG, BIG), [(0.0, 2e4)], T
    )
    rate = 2.0 * 0.1 / FARADAY / (1000.0 * 1e-4)
    expected = 0.95 + (NATURAL_LITHIUM_6 - 0.95) * np.exp(-rate * 2e4)
    assert result.enrichment["polymer"][-1] == pytest.approx(expected, rel=1e-5, abs=0.0)


def test_populations_exchange_with_each_other() -> None:
    # closed to the foils: y_p - y_c decays at w (1/n_p + 1/n_c)
    polymer = _polymer(conductivity=1e5, exchange_current_density=0.0, enrichment=0.9)
    ceramic = Population(
        name="ceramic", concentration=4000.0, conductivity=1e5, enrichment=0.1, exchange_current_density=0.0
    )
    result = exchange_isotopes(
        [polymer, ceramic], 1e-4, (BIG, BIG), [(0.0, 1000.0)], T, exchange={("ceramic", "polymer"): 0.5}
    )
    gap = result.enrichment["polymer"][-1] - result.enrichment["ceramic"][-1]
    assert gap == pytest.approx(0.8 * np.exp(-0.5 * (1 / 1000.0 + 1 / 4000.0) * 1000.0), rel=1e-5, abs=0.0)


def test_the_current_divides_as_the_conductivities_do() -> None:
    # the exchange of a face at zero current moves no net lithium, so what differs under current is the carried part
    one = exchange_isotopes([_polymer()], 1e-4, (BIG, BIG), [(5.0, 100.0)], T)
    half = Population(name="half", concentration=500.0, conductivity=0.015, exchange_current_density=5.0)
    other = Population(name="other", concentration=500.0, conductivity=0.015, exchange_current_density=5.0)
    two = exchange_isotopes([half, other], 1e-4, (BIG, BIG), [(5.0, 100.0)], T)
    assert two.enrichment["half"][-1] == pytest.approx(one.enrichment["polymer"][-1], rel=1e-6, abs=0.0)
    assert two.enrichment["other"][-1] == pytest.approx(one.enrichment["polymer"][-1], rel=1e-6, abs=0.0)


def test_a_foil_that_is_used_up_is_said() -> None:
    small = Foil(amount=0.01, enrichment=0.95)
    with pytest.raises(InputError, match="left foil is used up in step 1"):
        exchange_isotopes([_polymer()], 1e-4, (small, BIG), [(5.0, 1e6)], T)


def test_an_unknown_population_is_named() -> None:
    with pytest.raises(InputError, match="names 'glass', but the populations are polymer"):
        exchange_isotopes([_polymer()], 1e-4, (BIG, BIG), [(0.0, 1.0)], T, exchange={("glass", "polymer"): 1.0})
