"""Each method against numbers worked out by hand, its signs, its units, and its one-sentence errors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ceramer import analysis
from ceramer.analysis import synthetic
from ceramer.errors import InputError, UnknownNameError
from ceramer.units import ELECTRONVOLT, Value

RNG = 20240131


def rng() -> np.random.Generator:
    return np.random.default_rng(RNG)


def test_conductivity_by_hand() -> None:
    report = analysis.conductivity(
        resistance=Value(55.0, 0.55), thickness=Value(350e-6, 7e-6), area=Value(1.131e-4, 1.131e-6), lead_resistance=0.0
    )
    sigma = report.result("ionic_conductivity")
    assert sigma.value == pytest.approx(350e-6 / (55.0 * 1.131e-4))
    assert sigma.standard_uncertainty == pytest.approx(sigma.value * math.sqrt(0.01**2 + 0.02**2 + 0.01**2), rel=1e-3)
    assert report.result("area_specific_resistance").value == pytest.approx(55.0 * 1.131e-4)
    assert not report.warnings


def test_leads_are_subtracted_and_raise_the_conductivity() -> None:
    geometry = {"thickness": 96e-6, "area": 2.01e-4}
    bare = analysis.conductivity(resistance=4.27, **geometry)
    true = analysis.conductivity(resistance=4.27, lead_resistance=1.0, **geometry)
    ratio = true.result("ionic_conductivity").value / bare.result("ionic_conductivity").value
    assert ratio == pytest.approx(4.27 / 3.27)
    assert bare.warns("leads and contacts were not measured")
    assert "31% higher" in " ".join(bare.warnings)


def test_no_error_bar_is_invented() -> None:
    report = analysis.conductivity(resistance=200.0, thickness=1e-4, area=1e-4)
    assert report.result("ionic_conductivity").standard_uncertainty is None
    assert report.warns("No uncertainty can be stated")
    assert "(no error bar)" in str(report)


@pytest.mark.parametrize(
    ("missing", "words"),
    [({"area": None}, "area="), ({"thickness": -1.0}, "above 0"), ({"resistance": "55 ohm"}, "units.parse")],
)
def test_bad_geometry_is_one_sentence(missing: dict[str, object], words: str) -> None:
    good: dict[str, object] = {"resistance": 55.0, "thickness": 1e-4, "area": 1e-4}
    with pytest.raises(InputError, match=words):
        analysis.conductivity(**(good | missing))  # type: ignore[arg-type]


def test_leads_cannot_exceed_the_whole() -> None:
    with pytest.raises(InputError, match="above 0"):
        analysis.conductivity(resistance=1.0, thickness=1e-4, area=1e-4, lead_resistance=1.5)


def test_two_point_activation_energies_of_he2024() -> None:
    """0.75 mS/cm at 30 and 5.09 at 100 degC: 0.267 eV, and 0.296 eV of sigma T (doi:10.1038/s41467-024-53869-z)."""
    t, s = [303.15, 373.15], [0.075, 0.509]
    plain = analysis.arrhenius(t, s, form="sigma").result("activation_energy")
    hopping = analysis.arrhenius(t, s, form="sigma_T").result("activation_energy")
    assert plain.value / ELECTRONVOLT == pytest.approx(0.267, abs=5e-4)
    assert hopping.value / ELECTRONVOLT == pytest.approx(0.296, abs=5e-4)
    assert plain.standard_uncertainty is None


def test_stated_uncertainties_weigh_and_are_used() -> None:
    t = np.linspace(293.15, 353.15, 6)
    s = 1e3 * np.exp(-0.3 * ELECTRONVOLT / (1.380649e-23 * t))
    tight = analysis.arrhenius(t, s, conductivity_uncertainty=0.01 * s, form="sigma").result("activation_energy")
    loose = analysis.arrhenius(t, s, conductivity_uncertainty=0.02 * s, form="sigma").result("activation_energy")
    assert tight.value == pytest.approx(0.3 * ELECTRONVOLT)
    assert tight.standard_uncertainty is not None
    assert loose.standard_uncertainty == pytest.approx(2.0 * tight.standard_uncertainty)


def test_scatter_beyond_the_stated_uncertainties_is_said() -> None:
    case = synthetic.arrhenius(rng(), noise=0.1)
    s = case.data["conductivity"]
    report = analysis.arrhenius(case.data["temperature"], s, conductivity_uncertainty=0.01 * s, form="sigma")
    assert report.warns("times what the stated uncertainties allow")


def test_arrhenius_refuses_celsius_zero_and_unknown_forms() -> None:
    with pytest.raises(InputError, match="kelvin"):
        analysis.arrhenius([-10.0, 20.0], [1.0, 2.0])
    with pytest.raises(UnknownNameError, match="sigma_T"):
        analysis.arrhenius([300.0, 320.0], [1.0, 2.0], form="sigmaT")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="equal"):
        analysis.arrhenius([300.0, 300.0], [1.0, 2.0])


def test_the_sign_of_a_polarisation_does_not_matter() -> None:
    data = dict(synthetic.bruce_vincent(rng()).data)
    forward = analysis.bruce_vincent(**data)
    step = data["voltage_step"]
    turned = data | {"current": -data["current"], "voltage_step": Value(-step.value, step.standard_uncertainty)}
    back = analysis.bruce_vincent(**turned)
    assert back.result("transference_number").value == pytest.approx(forward.result("transference_number").value)
    assert back.result("steady_current").value == pytest.approx(-forward.result("steady_current").value)
    with pytest.raises(InputError, match="sign convention"):
        analysis.bruce_vincent(**(data | {"voltage_step": -0.01}))


def test_interfaces_that_need_more_than_the_step_give_no_number() -> None:
    data = dict(synthetic.bruce_vincent(rng()).data) | {"resistance_before": 5000.0, "resistance_after": 5000.0}
    report = analysis.bruce_vincent(**data)
    assert "transference_number" not in report
    assert report.warns("more than the whole voltage step")


def test_bulk_resistance_checks_the_initial_current() -> None:
    data = dict(synthetic.bruce_vincent(rng(), bulk=120.0).data)
    assert not analysis.bruce_vincent(**data, bulk_resistance=120.0).warns("do not belong together")
    assert analysis.bruce_vincent(**data, bulk_resistance=60.0).warns("do not belong together")


def test_the_hold_is_judged_in_plain_words() -> None:
    t = np.arange(0.0, 2 * 3600.0, 5.0)
    current = 1e-6 * (1.0 + 0.5 * np.exp(-t / 3600.0))
    steady = analysis.steady_value(t, current)
    assert not steady.is_steady
    assert "the current still fell" in steady.sentence
    assert "in the last 30 min" in steady.sentence
    rest = analysis.steady_value(t, np.full(t.size, 1e-6) + 1e-9 * rng().standard_normal(t.size))
    assert rest.is_steady
    assert rest.sentence == ""
    assert rest.value == pytest.approx(1e-6, rel=1e-3)


def test_electronic_conductivity_by_hand() -> None:
    t = np.arange(1.0, 7200.0, 5.0)
    current = np.full(t.size, 4.2e-9) * (1.0 + 1e-3 * rng().standard_normal(t.size))
    report = analysis.electronic_conductivity(
        t, current, voltage=0.15, thickness=350e-6, area=1.131e-4, noise_floor=1e-11
    )
    assert report.result("electronic_conductivity").value == pytest.approx(
        4.2e-9 * 350e-6 / (0.15 * 1.131e-4), rel=1e-3
    )
    assert report.result("leakage_current_density").value == pytest.approx(4.2e-9 / 1.131e-4, rel=1e-3)


def test_electronic_current_below_the_floor_is_a_limit() -> None:
    t = np.arange(1.0, 7200.0, 5.0)
    current = 2e-11 + 1e-11 * rng().standard_normal(t.size)
    report = analysis.electronic_conductivity(t, current, voltage=0.15, thickness=1e-4, area=1e-4, noise_floor=1e-10)
    limit = report.result("electronic_conductivity_upper_limit").value
    assert limit >= 1e-10 * 1e-4 / (0.15 * 1e-4)
    assert "electronic_conductivity" not in report


def test_electronic_steps_tell_ohmic_from_polarising() -> None:
    u = np.linspace(0.05, 0.5, 8)
    noise = 1e-11 * rng().standard_normal(u.size)
    ohmic = analysis.electronic_conductivity_steps(u, 1e-8 * u + 2e-10 + noise, thickness=4e-4, area=1e-4)
    assert ohmic.result("electronic_conductivity").value == pytest.approx(4e-8, rel=0.01)
    assert ohmic.result("current_offset").value == pytest.approx(2e-10, rel=0.2)
    assert not ohmic.warns("not proportional")
    bent = analysis.electronic_conductivity_steps(u, 1e-8 * np.expm1(u / 0.1) + noise, thickness=1e-4, area=1e-4)
    assert bent.warns("not proportional")


def test_electronic_steps_carry_the_uncertainty_of_their_holds() -> None:
    u, known = np.array([0.05, 0.15]), np.array([3e-12, 4e-12])
    of = {"thickness": Value(4e-4, 4e-6), "area": Value(1e-4)}
    report = analysis.electronic_conductivity_steps(u, 1e-8 * u + 2e-10, current_uncertainty=known, **of)
    sigma, offset = report.result("electronic_conductivity"), report.result("current_offset")
    slope = np.hypot(3e-12, 4e-12) / 0.1  # of two points
    assert sigma.value == pytest.approx(4e-8)
    assert sigma.standard_uncertainty == pytest.approx(4e-8 * np.hypot(slope / 1e-8, 0.01), rel=1e-6)
    assert offset.standard_uncertainty == pytest.approx(np.hypot(1.5 * 3e-12, 0.5 * 4e-12))
    floor = analysis.electronic_conductivity_steps(u, 1e-13 * u, current_uncertainty=known, noise_floor=1e-10, **of)
    assert floor.result("electronic_conductivity_upper_limit").value == pytest.approx(1e-10 / 0.1 * 4.0)
    with pytest.raises(InputError, match="All voltages"):
        analysis.electronic_conductivity_steps([0.1, 0.1], [1e-9, 1e-9], current_uncertainty=known, **of)


def test_dc_resistance_is_a_slope_never_a_ratio() -> None:
    i = np.array([0.1, 1, 2, 4, 6, 8, 10, 20, 50]) * 1e-6
    report = analysis.dc_resistance(i, 0.24e-3 + 350.0 * i)
    assert report.result("dc_resistance").value == pytest.approx(350.0)
    assert report.result("voltage_offset").value == pytest.approx(0.24e-3)
    # V/I at 0.1 uA would read 2750 ohm.
    assert any("7.86 times the slope" in note for note in report.notes)


def test_dc_resistance_from_a_record_of_steps() -> None:
    levels = np.array([1.0, 2.0, 4.0, 6.0, 8.0, 10.0]) * 1e-6
    current = np.repeat(levels, 60)
    t = np.arange(current.size) * 1.0
    v = 0.24e-3 + 343.0 * current + 1e-7 * rng().standard_normal(t.size)
    report = analysis.dc_resistance_from_steps(t, current, v)
    assert report.result("dc_resistance").value == pytest.approx(343.0, rel=2e-3)
    assert report.result("voltage_offset").value == pytest.approx(0.24e-3, rel=0.02)
    assert len(report.tables["steps"]) == 6
    moving = v + 1e-3 * (t % 60) / 60
    assert analysis.dc_resistance_from_steps(t, current, moving).warns("still moved")


def test_window_takes_the_scan_rate_from_the_data_and_contradicts_a_wrong_one() -> None:
    data = dict(synthetic.window(rng(), scan_rate=1e-4).data)
    assert "0.1 mV/s" in analysis.window(**data).result("oxidation_potential").method
    assert analysis.window(**data, scan_rate=1e-3).warns("is not the one in the data")
    del data["time"]
    with pytest.raises(InputError, match="scan rate"):
        analysis.window(**data)


def test_window_not_reached_is_a_bound() -> None:
    report = analysis.window(**synthetic.window(rng(), oxidation=6.5).data)
    assert report.result("oxidation_potential_lower_bound").value == pytest.approx(5.2, abs=0.01)
    assert "oxidation_potential" not in report


def test_window_criteria_are_ordered_by_their_threshold() -> None:
    table = analysis.window(**synthetic.window(rng()).data).tables["onsets"]
    rows = table[(table["leg"] == "oxidation") & table["criterion"].str.contains("uA/cm2")]
    assert (np.diff(rows["potential / V"]) > 0.0).all()
    # A decade in current is slope * ln 10 = 0.138 V of a Tafel current of 60 mV per e-fold.
    spread = rows["potential / V"].iloc[-1] - rows["potential / V"].iloc[0]
    assert spread == pytest.approx(0.06 * math.log(10.0), rel=0.05)


def test_half_cycles_by_hand() -> None:
    per, current = 3600, 2e-4
    t = np.arange(4 * per + 1, dtype=float)
    sign = np.where((np.minimum(t, 4 * per - 1) // per) % 2 == 0, 1.0, -1.0)
    halves = analysis.half_cycles(t, sign * current, sign * 0.02)
    assert len(halves) == 4
    assert halves.direction.tolist() == [1.0, -1.0, 1.0, -1.0]
    assert halves.charge == pytest.approx(np.full(4, current * per), rel=1e-3)
    assert halves.eta_mid == pytest.approx(np.full(4, 0.02))
    assert halves.resistance == pytest.approx(np.full(4, 100.0))
    assert halves.shape() == ["square"] * 4


def test_means_over_a_part_of_a_half_cycle_are_exact_for_coarse_rows() -> None:
    """Five rows on a straight line from 0 to 1 V: the means over 5-15, 45-55 and 85-95 % are 0.1, 0.5 and 0.9 V."""
    halves = analysis.half_cycles(np.arange(5.0), np.full(5, 1e-3), np.linspace(0.0, 1.0, 5))
    assert halves.eta_early == pytest.approx([0.1])
    assert halves.eta_mid == pytest.approx([0.5])
    assert halves.eta_late == pytest.approx([0.9])
    assert halves.eta_mean == pytest.approx([0.5])
    assert halves.charge == pytest.approx([4e-3])


def test_rests_belong_to_no_half_cycle() -> None:
    t = np.arange(300, dtype=float)
    i = np.where(t < 100, 1e-3, np.where(t < 200, 0.0, -1e-3))
    v = np.where(t < 100, 0.1, np.where(t < 200, 5.0, -0.1))
    halves = analysis.half_cycles(t, i, v)
    assert len(halves) == 2
    assert np.abs(halves.eta_mean).max() == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (np.ones_like, "square"),
        (lambda x: 1.0 + 0.4 * x, "rising"),
        (lambda x: 1.0 - 0.3 * x, "falling"),
        (lambda x: 1.0 + 2.0 * (x - 0.5) ** 2, "arcing"),
    ],
)
def test_shapes_of_voltage_traces(form: object, name: str) -> None:
    x = np.linspace(0.0, 1.0, 200)
    wave = form(x)  # type: ignore[operator]
    t = np.arange(800, dtype=float)
    sign = np.repeat([1.0, -1.0, 1.0, -1.0], 200)
    halves = analysis.half_cycles(t, sign * 1e-3, sign * np.tile(wave, 4))
    assert halves.shape() == [name] * 4


def test_accumulated_areal_capacity_counts_both_directions() -> None:
    t = np.arange(0.0, 10 * 3600.0 + 1, 10.0)
    i = np.where((t // 3600) % 2 == 0, 1.0, -1.0) * 2.0 * 1e-4
    report = analysis.accumulated_areal_capacity(t, i, area=1e-4)
    both = report.result("accumulated_areal_capacity").value
    assert both == pytest.approx(2.0 * 10 * 3600.0, rel=3e-3)
    assert report.result("accumulated_areal_capacity_one_way").value == pytest.approx(0.5 * both, rel=3e-3)


def test_a_gap_in_time_moves_no_charge() -> None:
    t = np.concatenate([np.arange(0.0, 3600.0, 10.0), np.arange(90000.0, 93600.0, 10.0)])
    report = analysis.accumulated_areal_capacity(t, np.full(t.size, 1e-4), area=1e-4)
    assert report.result("accumulated_areal_capacity").value == pytest.approx(7200.0, rel=0.01)
    assert report.warns("gaps in time")


def test_impedance_confirms_or_contradicts_a_soft_short() -> None:
    case = synthetic.plating_stripping(rng(), failure="soft")
    columns = (case.data["time"], case.data["current"], case.data["voltage"])
    when = case.truth["short_time"]
    spectra = np.array([0.3, 0.6, 0.9, 1.1, 1.4, 1.6]) * when
    falls = np.where(spectra < when, 80.0, 50.0)
    confirmed = analysis.shorts(*columns, impedance_time=spectra, bulk_resistance=falls)
    assert confirmed.verdict.startswith("A soft short")
    assert confirmed.warns("bulk resistance fell by 38% as well")
    stays = analysis.shorts(*columns, impedance_time=spectra, bulk_resistance=np.full(6, 80.0))
    assert stays.verdict.startswith("No short")
    assert any("an interface improved" in note for note in stays.notes)


def test_a_quiet_voltage_with_a_falling_bulk_is_a_soft_short() -> None:
    case = synthetic.plating_stripping(rng())
    columns = (case.data["time"], case.data["current"], case.data["voltage"])
    times = np.linspace(0.1, 0.95, 8) * case.data["time"][-1]
    bulk = np.where(np.arange(8) < 5, 80.0, 50.0)
    report = analysis.shorts(*columns, impedance_time=times, bulk_resistance=bulk)
    assert report.verdict.startswith("A soft short")
    assert report.result("short_time").value == pytest.approx(times[5])


def test_unequal_charge_in_the_two_directions_is_said() -> None:
    t = np.arange(0.0, 8 * 3600.0, 30.0)
    plus = (t // 3600) % 2 == 0
    i = np.where(plus, 1e-4, -0.9e-4)
    report = analysis.plating_stripping(t, i, np.sign(i) * 0.02, area=1e-4)
    assert report.warns("unequal charge")


@pytest.mark.parametrize("protocol", ["fixed_time", "fixed_capacity"])
@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_critical_current_keeps_its_protocol(protocol: str, kind: str) -> None:
    case = synthetic.critical_current_density(rng(), protocol=protocol, kind=kind, critical=7.4)
    report = analysis.critical_current_density(**case.data)
    result = report.result(f"critical_current_density_{protocol}")
    assert result.value == pytest.approx(7.0, rel=1e-3)
    assert result.interval == pytest.approx((7.0, 8.0), rel=1e-3)
    assert result.standard_uncertainty is None
    assert report.tables["steps"]["outcome"].tolist()[:8] == ["borne"] * 7 + ["failed"]


def test_one_current_is_no_critical_current_test() -> None:
    with pytest.raises(InputError, match="plating_stripping"):
        analysis.critical_current_density(**synthetic.plating_stripping(rng()).data)


def test_retention_and_both_fades_of_he2024() -> None:
    """152 to 123 mAh/g in 500 cycles: 80.9 %, 0.038 % linear (doi:10.1038/s41467-024-53869-z, PCE with ZS)."""
    report = analysis.retention_and_fade([0.0, 500.0], [152.0 * 3600, 123.0 * 3600])
    assert report.result("capacity_retention").value == pytest.approx(123 / 152)
    assert report.result("capacity_fade_per_cycle").value == pytest.approx((1 - 123 / 152) / 500)
    assert report.result("geometric_fade_per_cycle").value == pytest.approx(1 - (123 / 152) ** (1 / 500))
    assert report.result("capacity_retention").standard_uncertainty is None


def test_cycling_by_hand() -> None:
    """One hour at 1 mA up at 4 V, 0.9 h down at 3 V: 90 % of the charge, 67.5 % of the energy."""
    up, down = np.linspace(0.0, 3600.0, 721), np.linspace(0.0, 3240.0, 649)
    t, i, v, n = [], [], [], []
    clock = 0.0
    for cycle in range(1, 6):
        for leg, sign, volts in ((up, 1e-3, 4.0), (down, -1e-3, 3.0)):
            t.append(clock + leg)
            i.append(np.full(leg.size, sign))
            v.append(np.full(leg.size, volts))
            n.append(np.full(leg.size, float(cycle)))
            clock += leg[-1] + 1.0
    columns = [np.concatenate(x) for x in (t, i, v)]
    report = analysis.cycling(*columns, cycle=np.concatenate(n), active_mass=1e-5)
    assert report.result("initial_capacity").value == pytest.approx(3.24 / 1e-5)
    assert report.result("coulombic_efficiency").value == pytest.approx(0.9)
    assert report.result("energy_efficiency").value == pytest.approx(0.9 * 3.0 / 4.0)
    assert report.result("initial_capacity").text == "90 mAh/g"
    table = report.tables["cycles"]
    assert table["charge energy / J"].to_numpy() == pytest.approx(np.full(5, 3.6 * 4.0))
    assert table["mean discharge voltage / V"].to_numpy() == pytest.approx(np.full(5, 3.0))
    assert table["mean discharge current / A"].to_numpy() == pytest.approx(np.full(5, 1e-3))
    counted = analysis.cycling(*columns, active_mass=1e-5)
    assert counted.result("coulombic_efficiency").value == pytest.approx(0.9)


def test_a_cell_that_starts_with_discharge_is_read_the_other_way() -> None:
    case = synthetic.cycling(rng(), cycles=10, rows_per_cycle=100)
    data = {k: v for k, v in case.data.items() if k != "cycle"}
    report = analysis.cycling(data["time"], -data["current"], data["voltage"])
    assert report.result("coulombic_efficiency").value == pytest.approx(0.998, abs=2e-3)
    assert any("begin with discharge" in note for note in report.notes)


def test_formation_cycles_are_not_q1() -> None:
    case = synthetic.cycling(rng(), cycles=20, rows_per_cycle=100, fade_per_cycle=0.0)
    current, time = case.data["current"].copy(), case.data["time"].copy()
    # The first two cycles at a fifth of the current, five times as long.
    first = case.data["cycle"] <= 2
    step = np.diff(time, prepend=time[0] - 1.0)
    step[first] *= 5.0
    current[first] /= 5.0
    report = analysis.cycling(np.cumsum(step), current, case.data["voltage"], cycle=case.data["cycle"])
    assert any("Q_1 is cycle 3" in note for note in report.notes)


def cycled(currents, energy_share=1.0, extra_charge=0.0):
    """Return time, current, voltage and cycle of 1 h charges at 4 V and 1 h discharges at 3 V, one for each current."""
    t, i, v, n, clock = [], [], [], [], 0.0
    for cycle, level in enumerate(currents, 1):
        last = cycle == len(currents)
        legs = [(level * energy_share, 4.0), (-level, 3.0), *([(extra_charge, 4.0)] if last and extra_charge else [])]
        for current, volts in legs:
            leg = np.linspace(0.0, 3600.0, 61)
            t.append(clock + leg)
            i.append(np.full(leg.size, current))
            v.append(np.full(leg.size, volts))
            n.append(np.full(leg.size, float(cycle)))
            clock += 3601.0
    return [np.concatenate(x) for x in (t, i, v, n)]


def test_cycles_of_another_current_are_not_compared_in_silence() -> None:
    report = analysis.cycling(*cycled([1e-3, 1e-3, 2e-3])[:3], cycle=cycled([1e-3, 1e-3, 2e-3])[3])
    assert report.warns("discharged at 1 mA and the last at 2 mA")
    assert not analysis.cycling(*cycled([1e-3] * 3)[:3], cycle=cycled([1e-3] * 3)[3]).warns("unlike cycles")


def test_more_energy_out_than_in_is_doubted() -> None:
    *columns, cycle = cycled([1e-3] * 3, energy_share=0.5)
    report = analysis.cycling(*columns, cycle=cycle)
    assert report.result("energy_efficiency").value == pytest.approx(1.5)
    assert report.warns("more energy than taken")


def test_what_follows_the_last_discharge_does_not_spoil_it() -> None:
    *columns, cycle = cycled([1e-3] * 5, extra_charge=1.2e-3)
    report = analysis.cycling(*columns, cycle=cycle)
    assert report.warns("last cycle (5) is not whole")
    assert report.result("coulombic_efficiency").value == pytest.approx(1.0)


def test_dqdv_finds_the_plateau() -> None:
    v = np.concatenate([np.linspace(3.0, 3.38, 100), np.linspace(3.38, 3.42, 800), np.linspace(3.42, 3.8, 100)])
    q = np.linspace(0.0, 3.6, v.size)
    table = analysis.incremental_capacity(v, q)
    peak = table["voltage / V"].iloc[int(np.argmax(table["dQ/dV / C/V"]))]
    assert peak == pytest.approx(3.4, abs=0.02)
    assert np.trapezoid(table["dQ/dV / C/V"], table["voltage / V"]) == pytest.approx(3.6, rel=0.02)
    down = analysis.incremental_capacity(v[::-1], q)
    assert np.trapezoid(down["dQ/dV / C/V"], down["voltage / V"]) == pytest.approx(3.6, rel=0.02)


def test_rate_test_groups_and_recovers() -> None:
    case = synthetic.rate_test(rng())
    report = analysis.rate_test(**case.data, nominal_capacity=160.0 * 3600.0)
    table = report.tables["rates"]
    assert table["C-rate (nominal)"].tolist() == pytest.approx([0.1, 0.2, 0.5, 1.0, 2.0, 0.1])
    assert report.result("capacity_recovery").value == pytest.approx(1.0, abs=5e-3)
    assert report.result("rate_time_constant").value == pytest.approx(700.0, rel=0.1)
    assert report.result("rate_exponent").value == pytest.approx(0.9, rel=0.1)


def test_c_rate_audit_of_a_wrong_loading() -> None:
    good = analysis.c_rate_audit(
        current_density=5.2, loading=0.052, stated_c_rate=0.5 / 3600, stated_specific_capacity=200 * 3600.0
    )
    assert not good.warnings
    assert good.result("implied_specific_capacity").value == pytest.approx(200 * 3600.0)
    wrong = analysis.c_rate_audit(
        current_density=5.2, loading=0.070, stated_c_rate=0.5 / 3600, stated_specific_capacity=200 * 3600.0
    )
    assert wrong.warns("off what 0.5C")
    slow = analysis.c_rate_audit(
        current_density=5.2, loading=0.052, stated_c_rate=0.5 / 3600, delivered_specific_capacity=100 * 3600.0
    )
    assert slow.result("real_c_rate").value == pytest.approx(1.0 / 3600)
    assert slow.warns("2.00 times the stated rate")


def test_he2024_healing_is_not_identifiable() -> None:
    """282, 226, 0 um after 10 and 20 h: cubic without induction and square after 4.4 h fit alike."""
    report = analysis.fit_healing([0.0, 36000.0, 72000.0], [282e-6, 226e-6, 0.0], size_uncertainty=5e-6)
    assert report.warns("exponent is not identifiable")
    assert report.warns("lower bound")
    assert "not identifiable" in report.verdict
    table = report.tables["laws"].set_index("law")["probability"]
    assert 0.05 < table["n=2"] < 0.95
    assert 0.05 < table["n=3"] < 0.95
    rates = report.tables["intervals"]["mean rate / um/h"].tolist()
    assert rates == pytest.approx([5.6, 22.6])
    # Without induction, n = 3 through 226 +/- 5 um at 10 h and closed by 20 h: K at or above 282^3/20 h = 1.12e6 um3/h.
    plain = analysis.fit_healing(
        [0.0, 36000.0, 72000.0], [282e-6, 226e-6, 0.0], size_uncertainty=5e-6, with_induction=False
    )
    assert plain.result("rate_n3").value * 3600e18 == pytest.approx(1.2e6, rel=0.08)
    assert "induction_time" not in plain


def test_a_growing_void_fits_no_law() -> None:
    t = np.linspace(0.0, 36000.0, 6)
    report = analysis.fit_healing(t, np.linspace(200e-6, 260e-6, 6), size_uncertainty=3e-6)
    assert report.verdict == "No healing was seen."
    assert report.warns("did not shrink")


def test_void_sizes_of_known_discs() -> None:
    case = synthetic.void_images(rng())
    sizes, errors, masks = analysis.void_sizes(**case.data)
    for k in range(2):
        assert abs(sizes[k] - case.truth[f"size_{k}"]) < 3.0 * errors[k]
        assert sizes[k] == pytest.approx(case.truth[f"size_{k}"], rel=0.03)
    assert sizes[2] == 0.0
    assert masks.shape == case.data["images"].shape
    bright, _, _ = analysis.void_sizes(-case.data["images"], case.data["pixel_size"], void_is="bright")
    assert bright == pytest.approx(sizes)


def test_stated_uncertainty_of_void_sizes_is_of_the_right_size() -> None:
    deviations = []
    for seed in range(30):
        random = np.random.default_rng(seed)
        size = float(random.uniform(80e-6, 300e-6))
        sizes, errors, _ = analysis.void_sizes(**synthetic.void_images(random, sizes=(size,)).data)
        deviations.append((sizes[0] - size) / errors[0])
    assert 0.4 < float(np.sqrt(np.mean(np.square(deviations)))) < 1.3


def test_void_healing_from_images() -> None:
    case = synthetic.void_images(rng())
    report = analysis.void_healing(case.data["images"], [0.0, 36000.0, 72000.0], pixel_size=case.data["pixel_size"])
    assert report.tables["frames"]["size / um"].tolist()[:2] == pytest.approx([282.0, 226.0], rel=0.03)
    assert report.warns("not identifiable")


def test_time_running_backwards_is_one_sentence() -> None:
    with pytest.raises(InputError, match="backwards at row 3"):
        analysis.half_cycles([0.0, 1.0, 2.0, 1.5, 3.0], np.ones(5), np.ones(5))


def test_columns_of_unequal_length_and_nan() -> None:
    with pytest.raises(InputError, match="differ in length"):
        analysis.shorts(np.arange(10.0), np.ones(9), np.ones(10))
    with pytest.raises(InputError, match="not finite"):
        analysis.shorts(np.arange(10.0), np.full(10, np.nan), np.ones(10))


def test_unknown_synthetic_failures_are_named() -> None:
    with pytest.raises(UnknownNameError, match="hard"):
        synthetic.plating_stripping(rng(), failure="hrd")
