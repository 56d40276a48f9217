"""What must not depend on units, offsets, order or direction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer import analysis
from ceramer.analysis import synthetic
from ceramer.units import Value

SEEDS = st.integers(0, 10_000)
SCALES = st.floats(0.01, 100.0)
FEW = settings(max_examples=15, deadline=None)


@FEW
@given(SEEDS, SCALES)
def test_conductivity_is_homogeneous(seed: int, k: float) -> None:
    data = synthetic.conductivity(np.random.default_rng(seed)).data
    base = analysis.conductivity(**data).result("ionic_conductivity")
    thicker = dict(data) | {"thickness": Value(k * data["thickness"].value, k * data["thickness"].standard_uncertainty)}
    scaled = analysis.conductivity(**thicker).result("ionic_conductivity")
    assert scaled.value == pytest.approx(k * base.value)
    assert scaled.standard_uncertainty == pytest.approx(k * (base.standard_uncertainty or 0.0), rel=1e-3)


@FEW
@given(SEEDS, SCALES)
def test_activation_energy_ignores_the_scale_of_conductivity(seed: int, k: float) -> None:
    data = synthetic.arrhenius(np.random.default_rng(seed)).data
    base = analysis.arrhenius(**data, form="sigma").result("activation_energy")
    scaled = analysis.arrhenius(data["temperature"], k * data["conductivity"], form="sigma").result("activation_energy")
    assert scaled.value == pytest.approx(base.value, rel=1e-6)
    assert scaled.standard_uncertainty == pytest.approx(base.standard_uncertainty, rel=1e-4)


@FEW
@given(SEEDS)
def test_activation_energy_ignores_the_order_of_points(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = synthetic.arrhenius(rng).data
    order = rng.permutation(data["temperature"].size)
    base = analysis.arrhenius(**data, form="vtf")
    mixed = analysis.arrhenius(data["temperature"][order], data["conductivity"][order], form="vtf")
    assert mixed.result("activation_energy").value == pytest.approx(base.result("activation_energy").value, rel=1e-6)


@FEW
@given(SEEDS, st.floats(0.1, 10.0))
def test_transference_number_ignores_the_size_of_the_cell(seed: int, k: float) -> None:
    data = synthetic.bruce_vincent(np.random.default_rng(seed), points=400).data
    base = analysis.bruce_vincent(**data).result("transference_number")

    def times(value: Value, factor: float) -> Value:
        return Value(value.value * factor, (value.standard_uncertainty or 0.0) * factor)

    larger = dict(data) | {
        "current": k * data["current"],
        **{name: times(data[name], 1.0 / k) for name in ("resistance_before", "resistance_after", "lead_resistance")},
    }
    scaled = analysis.bruce_vincent(**larger).result("transference_number")
    assert scaled.value == pytest.approx(base.value, rel=1e-4)


@FEW
@given(SEEDS, st.floats(-1e-3, 1e-3))
def test_dc_resistance_ignores_an_offset(seed: int, offset: float) -> None:
    data = synthetic.dc_resistance(np.random.default_rng(seed)).data
    base = analysis.dc_resistance(**data)
    moved = analysis.dc_resistance(data["current"], data["voltage"] + offset)
    assert moved.result("dc_resistance").value == pytest.approx(base.result("dc_resistance").value)
    gain = moved.result("voltage_offset").value - base.result("voltage_offset").value
    assert gain == pytest.approx(offset, abs=1e-12)


@FEW
@given(SEEDS, st.floats(1.0, 1e6))
def test_half_cycles_ignore_the_start_of_the_clock(seed: int, start: float) -> None:
    data = synthetic.plating_stripping(np.random.default_rng(seed), cycles=3).data
    a = analysis.half_cycles(data["time"], data["current"], data["voltage"])
    b = analysis.half_cycles(data["time"] + start, data["current"], data["voltage"])
    assert b.eta_mid == pytest.approx(a.eta_mid, rel=1e-6)
    assert b.charge == pytest.approx(a.charge, rel=1e-6)


@FEW
@given(SEEDS)
def test_a_symmetric_cell_reads_alike_with_its_leads_swapped(seed: int) -> None:
    data = synthetic.plating_stripping(np.random.default_rng(seed), cycles=4).data
    swapped = dict(data) | {"current": -data["current"], "voltage": -data["voltage"]}
    a, b = analysis.plating_stripping(**data), analysis.plating_stripping(**swapped)
    for name in ("overpotential", "area_specific_resistance", "accumulated_areal_capacity"):
        assert b.result(name).value == pytest.approx(a.result(name).value)


@FEW
@given(SEEDS, st.floats(0.5, 2.0))
def test_retention_ignores_the_unit_of_capacity(seed: int, k: float) -> None:
    data = synthetic.fade(np.random.default_rng(seed), cycles=120).data
    a = analysis.retention_and_fade(**data).result("capacity_retention")
    b = analysis.retention_and_fade(data["cycle"], k * data["capacity"]).result("capacity_retention")
    assert b.value == pytest.approx(a.value)
    assert b.standard_uncertainty == pytest.approx(a.standard_uncertainty)


@FEW
@given(SEEDS, st.floats(0.2, 5.0))
def test_the_healing_law_ignores_units_of_length_and_time(seed: int, k: float) -> None:
    data = synthetic.healing(np.random.default_rng(seed), frames=6).data
    a = analysis.fit_healing(**data)
    b = analysis.fit_healing(k * data["time"], k * data["size"], size_uncertainty=k * data["size_uncertainty"])
    x, y = (r.tables["laws"]["probability"].to_numpy() for r in (a, b))
    assert y == pytest.approx(x, abs=1e-3)
    # n = 3: K scales as length cubed over time.
    assert b.result("rate_n3").value == pytest.approx(k**2 * a.result("rate_n3").value, rel=1e-3)


@FEW
@given(SEEDS)
def test_the_window_mirrors(seed: int) -> None:
    """Turning potential and current round swaps oxidation and reduction."""
    data = synthetic.window(np.random.default_rng(seed)).data
    a = analysis.window(**data)
    b = analysis.window(-data["potential"], -data["current"], area=data["area"], time=data["time"])
    assert b.result("reduction_potential").value == pytest.approx(-a.result("oxidation_potential").value, abs=1e-6)
    assert b.result("oxidation_potential").value == pytest.approx(-a.result("reduction_potential").value, abs=1e-6)
