"""Impedance fits on synthetic spectra: accuracy, honesty, and sentences for bad input."""

import numpy as np
import pytest

from ceramer import units
from ceramer.analysis.impedance import (
    COLUMNS,
    Circuit,
    Role,
    arcs_of,
    assign_arcs,
    conductivities,
    drt,
    fit_arcs,
    fit_batch,
    fit_circuit,
    kramers_kronig,
    spectrum,
)
from ceramer.errors import InputError, UnknownNameError
from ceramer.measurement import Measurement

F = np.logspace(np.log10(7e6), -1, 80)
BLOCKING = Circuit.parse("(RQ)(RQ)(RQ)Q")
VALUES = np.array([5e3, 1.2e-10, 0.96, 3e3, 1.5e-8, 0.9, 8e3, 1e-6, 0.85, 3e-5, 0.9])
RESISTANCES = [0, 3, 6]


def made(circuit, values, f=F, noise=1e-3, seed=0):
    rng = np.random.default_rng(seed)
    z = Circuit.parse(circuit).impedance(values, f) if isinstance(circuit, str) else circuit.impedance(values, f)
    return z + noise * np.abs(z) * (rng.normal(size=f.size) + 1j * rng.normal(size=f.size))


def test_fit_needs_no_guess_and_is_the_same_every_time():
    z = made(BLOCKING, VALUES)
    fit = fit_circuit(F, z, BLOCKING)
    np.testing.assert_allclose(fit.values[RESISTANCES], VALUES[RESISTANCES], rtol=0.02)
    assert np.all(np.abs(fit.values - VALUES) < 4 * fit.standard_errors)
    again = fit_circuit(F, z, "(RQ)(RQ)(RQ)Q", seed=0)
    np.testing.assert_array_equal(fit.values, again.values)
    np.testing.assert_allclose(fit_circuit(F, z, BLOCKING, seed=5).values, fit.values, rtol=1e-3)
    assert fit.reduced_chi2**0.5 == pytest.approx(1e-3, rel=0.15)
    assert fit.noise == pytest.approx(1e-3, rel=0.2)
    np.testing.assert_allclose(fit.residuals, (fit.model() - z) / np.abs(z), atol=1e-12)


def test_many_spectra_reach_the_identifiability_limit():
    rng = np.random.default_rng(3)
    good = 0
    for k in range(12):
        spread = 10 ** rng.uniform(-0.3, 0.3, VALUES.size)
        values = np.where(np.isin(np.arange(VALUES.size), [2, 5, 8, 10]), VALUES, VALUES * spread)
        fit = fit_circuit(F, made(BLOCKING, values, seed=k), BLOCKING)
        good += bool(np.all(np.abs(fit.values[RESISTANCES] / values[RESISTANCES] - 1) < 0.05))
    assert good == 12


def test_stated_errors_hold_the_truth_two_times_in_three():
    circuit, values = Circuit.parse("R(RQ)(RC)"), np.array([20, 300, 1e-7, 0.9, 500, 1e-4])
    f = np.logspace(6, -1, 50)
    hits = []
    for seed in range(60):
        fit = fit_circuit(f, made(circuit, values, f, 5e-3, seed), circuit)
        hits.append(np.abs(fit.values - values) < fit.standard_errors)
    assert 0.60 < np.mean(hits) < 0.76


def test_report_reads_like_a_fit_report():
    text = str(fit_circuit(F, made(BLOCKING, VALUES), BLOCKING))
    for part in ("[[Parameters]]", "R1 ", "+/-", "[[Correlations]]", "C(CPE1_Q, CPE1_alpha)", "reduced chi2"):
        assert part in text


@pytest.mark.parametrize("wrong", ["(RQ)(RQ)Q", "(RQ)(RQ)(RQ)", "R(RQ)Q", "(RC)(RC)(RC)C"])
def test_a_wrong_circuit_is_said_to_be_wrong(wrong):
    fit = fit_circuit(F, made(BLOCKING, VALUES), wrong)
    assert any("misses the data" in text for text in fit.warnings)


def test_a_parameter_the_data_do_not_see_is_named():
    fit = fit_circuit(F, made("R(RQ)", [100, 500, 1e-6, 0.9]), "R(RQ)(RQ)")
    assert any("not determined" in text or "uncertain" in text for text in fit.warnings)


def test_a_guess_leads_to_its_own_minimum_and_others_are_listed():
    circuit = "R(RC)(RC)"
    f = np.logspace(4, -2, 40)
    z = made(circuit, [1, 10, 1e-4, 20, 1e-2], f)
    started = fit_circuit(f, z, circuit, guess={"R0": 1, "R1": 10, "C1": 1e-4, "R2": 20, "C2": 1e-2})
    np.testing.assert_allclose(started.values, fit_circuit(f, z, circuit).values, rtol=1e-4)
    assert started.alternatives == ()


def test_arcs_are_found_without_the_circuit():
    fit = fit_arcs(F, made(BLOCKING, VALUES), thickness=1e-3, area=1e-4)
    assert fit.resolved
    assert [arc.resistance for arc in fit.arcs] == pytest.approx(VALUES[RESISTANCES], rel=0.05)
    assert [arc.role for arc in fit.arcs] == [Role.BULK, Role.GRAIN_BOUNDARY, Role.INTERFACE]
    assert sum(choice.share for choice in fit.choices) == pytest.approx(1.0)
    assert "[[Evidence]]" in str(fit)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("R(RQ)W", [50, 800, 1e-7, 0.9, 300]),
        ("LR(RQ)", [1e-6, 50, 800, 1e-6, 0.9]),
        ("R0-p(R1,CPE1)-Wo1", [50, 800, 1e-7, 0.9, 400, 1.0]),
        ("R0-p(R1,CPE1)-Ws1", [50, 800, 1e-7, 0.9, 400, 1.0]),
    ],
)
def test_the_circuit_is_recognised(text, values):
    f = np.logspace(6, -1, 70)
    fit = fit_arcs(f, made(text, values, f))
    assert fit.circuit == Circuit.parse(text)
    assert fit.resolved


def test_two_arcs_too_close_are_unresolved():
    f = np.logspace(6, 0, 60)
    fit = fit_arcs(f, made("R(RQ)(RQ)", [20, 500, 1e-7, 0.95, 400, 3e-7, 0.92], f, 3e-3))
    assert fit.warnings
    assert fit.unresolved or len(fit.arcs) == 1


def test_an_arc_beyond_the_window_is_unresolved_or_named():
    f = np.logspace(5, 0, 50)  # the arc of R1 peaks at 16 MHz
    fit = fit_arcs(f, made("(RQ)(RQ)", [1000, 1e-11, 1.0, 800, 1e-7, 0.9], f))
    assert not fit.arcs[0].frequency > 1e6 or fit.warnings
    told = fit_circuit(f, made("(RQ)(RQ)", [1000, 1e-11, 1.0, 800, 1e-7, 0.9], f), "(RQ)(RQ)")
    assert any("above the highest frequency" in text for text in told.warnings)


def test_kramers_kronig_reports_ends_spikes_and_inductive_points():
    z = made("LR(RQ)", [3e-6, 50, 800, 1e-6, 0.9])
    test = kramers_kronig(F, z)
    assert test.inductive.sum() > 5
    assert any("inductive points" in text for text in test.warnings)
    drift = made(BLOCKING, VALUES)
    drift[:8] *= 1 + 0.05 * np.random.default_rng(1).normal(size=8)
    cut = kramers_kronig(F, drift)
    assert F[12] < cut.valid_range[1] < F[4]
    assert not cut.valid[:4].any()
    assert "not Kramers-Kronig consistent" in str(cut)


@pytest.mark.parametrize("noise", [0.0, 1e-3, 5e-3])
@pytest.mark.parametrize(
    ("circuit", "values"),
    [
        ("R0-p(R1-W1,CPE1)", [20, 300, 150, 2e-5, 0.9]),
        ("R0-p(R1-Ws1,CPE1)", [20, 100, 200, 0.3, 2e-4, 0.9]),
        ("R0-p(R1-Wo1,CPE1)", [20, 100, 200, 0.3, 2e-4, 0.9]),
        ("R0-p(R1,CPE1)-p(R2-W1,CPE2)", [30, 200, 1e-8, 0.95, 120, 90, 1e-4, 0.9]),
    ],
)
def test_diffusion_behind_the_charge_transfer_is_found(circuit, values, noise):
    f, rng = np.logspace(6, -2, 81), np.random.default_rng(2)
    z = Circuit.parse(circuit).impedance(values, f)
    fit = fit_arcs(f, z + noise * np.abs(z) * (rng.normal(size=81) + 1j * rng.normal(size=81)))
    assert str(fit.circuit) == circuit
    assert fit.resolved
    assert len(fit.arcs) == circuit.count("p(")
    for name, value in zip(Circuit.parse(circuit).parameters, values, strict=True):
        if name.startswith("R"):
            assert fit.fit.params[name] == pytest.approx(value, rel=0.05)
            assert abs(fit.fit.params[name] - value) < 4 * fit.fit.stderr[name] + 1e-3 * value


def test_diffusion_far_from_the_charge_transfer_is_given_in_series_and_the_other_circuit_is_listed():
    f, rng = np.logspace(6, -2, 81), np.random.default_rng(5)
    z = Circuit.parse("R0-p(R1-Ws1,CPE1)").impedance([20, 100, 50, 20, 1e-8, 0.9], f)
    fit = fit_arcs(f, z + 2e-3 * np.abs(z) * (rng.normal(size=81) + 1j * rng.normal(size=81)))
    assert fit.resolved
    assert str(fit.circuit) == "R0-p(R1,CPE1)-Ws1"
    assert fit.arcs[0].resistance == pytest.approx(100, rel=0.02)
    assert any(str(choice.circuit) == "R0-p(R1-Ws1,CPE1)" and choice.delta < 2 for choice in fit.choices)


@pytest.mark.parametrize("noise", [0.0, 1e-3])
@pytest.mark.parametrize(
    "circuit, values",
    [
        ("(RC)(RC)", [1200, 1e-11, 1e6, 1e-6]),  # bulk above the window, blocking electrode below it
        ("R(RC)(RQ)Wo", [5, 40, 3e-9, 200, 1e-6, 0.8, 900, 400]),
        ("(RC)C", [800, 1e-9, 1e-6]),
        ("(R[Q(RC)])", [4e4, 2e-7, 0.85, 3e3, 1e-7]),
    ],
)
def test_a_clean_spectrum_passes_kramers_kronig_wherever_its_window_cuts(circuit, values, noise):
    rng = np.random.default_rng(3)
    for low, high in ((0.0, 5.0), (-2.0, 6.0), (1.0, 6.5)):
        f = np.logspace(high, low, round(10 * (high - low)) + 1)
        z = Circuit.parse(circuit).impedance(values, f)
        z = z + noise * np.abs(z) * (rng.normal(size=f.size) + 1j * rng.normal(size=f.size))
        test = kramers_kronig(f, z)
        assert test.valid_range == (f.min(), f.max())
        assert not test.flagged.any()
        assert not test.warnings  # noise about a zero imaginary part is not inductive


def _cell_at(share, f):
    return Circuit.parse("R(RQ)W").impedance([20, 400 * (1 + share), 2e-6, 0.9, 30], f)


@pytest.mark.parametrize("per_decade", [2, 3, 4])
def test_too_few_points_are_told_and_cost_no_clean_one(per_decade):
    """Few points leave few relaxations, which follow no arc to 0.1 %; that is no fault of the spectrum."""
    f = np.logspace(6, 0, 6 * per_decade + 1)
    for tau in np.logspace(-6.5, 0, 14):
        z = 5 + 100 / (1 + 2j * np.pi * f * tau) + 1 / (1e-4 * (2j * np.pi * f) ** 0.9)
        test = kramers_kronig(f, z)
        assert test.valid.all()
        assert any("points per decade" in text for text in test.warnings) == (per_decade < 4)
    bad = np.where(np.arange(f.size) == f.size // 2, 3 * z, z)
    assert kramers_kronig(f, bad).flagged[f.size // 2]
    full = np.logspace(6, 0, 61)
    assert kramers_kronig(full, 5 + 100 / (1 + 2j * np.pi * full * 1e-3)).floor == 1e-3


def test_a_drift_a_jump_and_a_burst_of_noise_fail_kramers_kronig():
    rng = np.random.default_rng(4)
    f = np.logspace(5, -1, 61)
    grain = 1e-4 * (rng.normal(size=61) + 1j * rng.normal(size=61))
    elapsed = np.cumsum(2.0 / f)
    drift = np.array([_cell_at(0.3 * t / elapsed[-1], f[k : k + 1])[0] for k, t in enumerate(elapsed)])
    jump = np.where(f > 30.0, _cell_at(0.0, f), _cell_at(0.05, f))
    burst = _cell_at(0.0, f) * (1 + np.where((f > 10) & (f < 100), 100.0, 0.0) * np.abs(grain))
    steady = kramers_kronig(f, _cell_at(0.0, f) * (1 + grain))
    assert not steady.warnings
    for z in (drift, jump, burst):
        assert not kramers_kronig(f, z * (1 + grain)).valid.all()


def test_conductivities_carry_fit_and_geometry_errors():
    z = made(BLOCKING, VALUES)
    thickness, area = units.parse("1.00(2) mm", "length"), units.parse("1.00(3) cm2", "area")
    fit = arcs_of(fit_circuit(F, z, BLOCKING), thickness=1e-3, area=1e-4)
    out = conductivities(fit, thickness, area)
    bulk = out["bulk_ionic_conductivity"]
    assert bulk.value == pytest.approx(1e-3 / (1e-4 * 5e3), rel=0.01)
    relative = fit.fit.stderr["R1"] / fit.fit.params["R1"]
    assert bulk.standard_uncertainty == pytest.approx(bulk.value * np.sqrt(relative**2 + 0.02**2 + 0.03**2), rel=1e-6)
    total = out["total_ionic_conductivity"]
    assert total.value == pytest.approx(10.0 / 8e3, rel=0.01)
    apparent, specific = out["apparent_grain_boundary_conductivity"], out["grain_boundary_conductivity"]
    assert apparent.value == pytest.approx(10.0 / 3e3, rel=0.01)
    assert specific.value == pytest.approx(apparent.value * fit.arcs[0].capacitance / fit.arcs[1].capacitance)
    assert specific.standard_uncertainty > apparent.standard_uncertainty * specific.value / apparent.value * 0.5
    assert out["interface_area_specific_resistance"].value == pytest.approx(0.5 * 8e3 * 1e-4, rel=0.02)
    renamed = conductivities(fit, thickness, area, roles=("bulk", "bulk", Role.INTERFACE))
    assert renamed["bulk_ionic_conductivity"].value == pytest.approx(total.value)
    with pytest.raises(InputError, match="2 roles stand beside 3 arcs"):
        conductivities(fit, thickness, area, roles=("bulk", "interface"))
    with pytest.raises(InputError, match="known roles"):
        conductivities(fit, thickness, area, roles=("bulk", "bulge", "interface"))
    with pytest.raises(InputError, match="thickness must be positive"):
        conductivities(fit, units.Value(0.0), area)


def test_correlated_resistances_add_with_their_covariance():
    fit = arcs_of(fit_circuit(F, made(BLOCKING, VALUES, noise=1e-2), BLOCKING), thickness=1e-3, area=1e-4)
    out = conductivities(fit, units.Value(1e-3), units.Value(1e-4))["total_ionic_conductivity"]
    r, e = fit.fit.values[[0, 3]], fit.fit.standard_errors[[0, 3]]
    variance = e @ fit.fit.correlation[np.ix_([0, 3], [0, 3])] @ e
    assert out.standard_uncertainty == pytest.approx(out.value * np.sqrt(variance) / r.sum(), rel=1e-6)


def test_without_a_bulk_arc_the_series_resistance_stands_for_it_and_says_so():
    f = np.logspace(5, 0, 50)
    fit = arcs_of(fit_circuit(f, made("R(RQ)Q", [100, 500, 1e-8, 0.9, 1e-5, 0.9], f), "R(RQ)Q"))
    out = conductivities(fit, units.Value(1e-3), units.Value(1e-4), roles=("grain boundary",))
    assert any("stands for the bulk" in text for text in out["bulk_ionic_conductivity"].warnings)
    assert "grain_boundary_conductivity" not in out


def test_roles_follow_geometry():
    assert assign_arcs([1e-11], thickness=1e-3, area=1e-4) == (Role.BULK,)  # 1e-12 F at a cell constant of 1/cm
    assert assign_arcs([1e-9], thickness=1e-3, area=1e-5) == (Role.GRAIN_BOUNDARY,)
    assert assign_arcs([1e-3], thickness=1e-3, area=1e-5) == (Role.ELECTRODE,)
    assert assign_arcs([5e-11, 5e-9, 5e-7]) == (Role.BULK, Role.GRAIN_BOUNDARY, Role.INTERFACE)
    assert assign_arcs([]) == ()
    with pytest.raises(InputError, match="together"):
        assign_arcs([1e-9], thickness=1e-3)
    with pytest.raises(InputError, match="positive"):
        assign_arcs([-1e-9])


def test_batch_is_the_single_fit_many_times():
    spectra = [(F, made(BLOCKING, VALUES, seed=k)) for k in range(3)]
    calls = []
    fits = fit_batch(spectra, "(RQ)(RQ)(RQ)Q", progress=lambda done, total: calls.append((done, total)))
    assert calls == [(3, 3)]
    for (f, z), fit in zip(spectra, fits, strict=True):
        np.testing.assert_array_equal(fit.values, fit_circuit(f, z, BLOCKING).values)
    assert [len(fit.arcs) for fit in fit_batch(spectra[:1])] == [3]
    with pytest.raises(InputError, match="Spectrum 1: frequency: point 0"):
        fit_batch([spectra[0], (-F, spectra[0][1])], BLOCKING)
    with pytest.raises(InputError, match="Spectrum 0: expected a pair"):
        fit_batch([F], BLOCKING)
    with pytest.raises(InputError, match="processes"):
        fit_batch(spectra, BLOCKING, processes=0)


def test_batch_in_processes_gives_the_same_numbers():
    f = np.logspace(5, 0, 30)
    spectra = [(f, made("R(RC)", [10, 100, 1e-6], f, seed=k)) for k in range(41)]
    calls = []
    two = fit_batch(spectra, "R(RC)", processes=2, progress=lambda done, total: calls.append(done))
    one = fit_batch(spectra, "R(RC)", processes=1)
    assert calls == [20, 40, 41]
    np.testing.assert_array_equal([fit.values for fit in two], [fit.values for fit in one])


def test_spectrum_of_a_measurement_leaves_other_rows_out():
    columns = {
        COLUMNS[0]: np.array([1e3, 0.0, 10.0, np.nan]),
        COLUMNS[1]: np.array([1.0, 0.0, 2.0, 3.0]),
        COLUMNS[2]: np.array([0.5, 0.0, -1.0, -1.0]),
    }
    for table in (columns, Measurement(columns)):
        f, z = spectrum(table)
        np.testing.assert_array_equal(f, [1e3, 10.0])
        np.testing.assert_array_equal(z, [1 + 0.5j, 2 - 1j])
        assert spectrum(table, drop_inductive=True)[0].tolist() == [10.0]
    with pytest.raises(InputError, match="no column 'Frequency / Hz'"):
        spectrum({"f": [1.0]})
    with pytest.raises(InputError, match="no row"):
        spectrum({COLUMNS[0]: [0.0], COLUMNS[1]: [1.0], COLUMNS[2]: [1.0]})


@pytest.mark.parametrize("call", [lambda f, z: fit_circuit(f, z, "R(RQ)"), fit_arcs, kramers_kronig, drt])
def test_bad_spectra_are_said_in_one_sentence(call):
    z = made("R(RQ)", [10, 100, 1e-6, 0.9])
    for f, bad, says in (
        (F[:-1], z, "lengths must be equal"),
        (np.where(F > 1e6, -F, F), z, "above 0"),
        (F, np.where(F > 1e6, np.nan, z), "drop it or mend the file"),
        (F[:2], z[:2], "at least"),
        (["a"], z, "expected numbers"),
        (F, ["a"] * F.size, "complex numbers"),
        (np.ones((2, 2)), z, "one-dimensional"),
    ):
        with pytest.raises(InputError, match=says) as caught:
            call(f, bad)
        assert "\n" not in str(caught.value)


def test_bad_options_are_said_in_one_sentence():
    z = made("R(RQ)", [10, 100, 1e-6, 0.9])
    with pytest.raises(UnknownNameError, match="modulus"):
        fit_circuit(F, z, "R(RQ)", weighting="modulos")
    with pytest.raises(InputError, match="cannot determine the 11 parameters"):
        fit_circuit(F[:5], z[:5], BLOCKING)
    with pytest.raises(InputError, match="most must lie"):
        fit_arcs(F, z, most=0)
    with pytest.raises(InputError, match="limit must lie"):
        kramers_kronig(F, z, limit=1.5)
    with pytest.raises(InputError, match="same frequency"):
        kramers_kronig(np.ones(10), np.ones(10))
    with pytest.raises(InputError, match="penalty must be positive"):
        drt(F, z, penalty=-1.0)
    with pytest.raises(InputError, match="density"):
        drt(F, z, density=1)
