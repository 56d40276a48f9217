"""Reports print like a fit report, turn into JSON, and name the nearest result."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from ceramer import analysis
from ceramer.analysis import AnalysisReport, synthetic
from ceramer.errors import UnknownNameError
from ceramer.provenance import Result


def report() -> AnalysisReport:
    return analysis.bruce_vincent(**synthetic.bruce_vincent(np.random.default_rng(3), hold=0.4).data)


def test_the_text_holds_values_inputs_and_warnings() -> None:
    text = str(report())
    for words in (
        "[[Bruce vincent]]",
        "transference_number",
        "[[Inputs]]",
        "voltage_step",
        "[[Warnings]]",
        "too short",
    ):
        assert words in text


def test_the_dictionary_is_json_in_units_of_the_field() -> None:
    one = analysis.cycling(**synthetic.cycling(np.random.default_rng(1), cycles=12, rows_per_cycle=40).data)
    data = json.loads(json.dumps(one.to_dict(), allow_nan=False))
    assert data["method"] == "cycling"
    capacity = next(r for r in data["results"] if r["quantity"] == "initial_capacity")
    assert capacity["unit"] == "mAh"
    assert capacity["value"] == pytest.approx(1.0, rel=0.01)
    assert len(data["tables"]["cycles"]) == 12


def test_missing_numbers_are_null_not_nan() -> None:
    one = analysis.window(**synthetic.window(np.random.default_rng(1), oxidation=7.0).data)
    rows = json.loads(json.dumps(one.to_dict(), allow_nan=False))["tables"]["onsets"]
    assert any(row["potential / V"] is None for row in rows)


def test_every_result_names_its_inputs() -> None:
    one = analysis.plating_stripping(**synthetic.plating_stripping(np.random.default_rng(0), cycles=4).data)
    assert all(result.inputs == ("area",) for result in one.results)
    assert report().result("transference_number").inputs[0] == "voltage_step"


def test_a_steady_fall_without_noise_is_seen() -> None:
    t = np.linspace(0.0, 36000.0, 1000)
    steady = analysis.steady_value(t, 2e-6 - 2e-11 * t)
    assert "fell" in steady.sentence
    assert "in the last hour" in steady.sentence


def test_a_misspelt_result_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="transference_number"):
        report().result("transference_numbr")


def test_a_report_cannot_be_changed() -> None:
    one = AnalysisReport("x", (Result("a", 1.0),), series={"time": np.zeros(2)})
    with pytest.raises(AttributeError):
        one.method = "y"  # type: ignore[misc]
    with pytest.raises(TypeError):
        one.series["time"] = np.ones(2)  # type: ignore[index]


def test_every_series_a_figure_needs_is_there() -> None:
    rng = np.random.default_rng(5)
    needed = {
        "arrhenius": (analysis.arrhenius(**synthetic.arrhenius(rng).data), ("fit_temperature", "fit_conductivity")),
        "bruce_vincent": (report(), ("time", "current", "fit_current")),
        "window": (analysis.window(**synthetic.window(rng).data), ("potential", "current_density")),
        "fade": (analysis.retention_and_fade(**synthetic.fade(rng).data), ("cycle", "capacity", "fit_capacity")),
        "healing": (analysis.fit_healing(**synthetic.healing(rng).data), ("time", "size", "fit_time", "fit_n=3")),
    }
    for name, (one, keys) in needed.items():
        assert set(keys) <= set(one.series), name


def test_importing_the_room_is_light() -> None:
    code = (
        "import sys, ceramer.analysis as a; a.METHODS, a.analyse; "
        "print([m for m in ('scipy', 'pandas', 'pint', 'skimage', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_list_of_names_is_complete() -> None:
    for name in analysis.__all__:
        assert getattr(analysis, name) is not None


def test_results_hold_plain_floats() -> None:
    rng = np.random.default_rng(2)
    reports = [
        analysis.rate_test(**synthetic.rate_test(rng).data),
        analysis.plating_stripping(**synthetic.plating_stripping(rng, cycles=4).data),
        analysis.critical_current_density(**synthetic.critical_current_density(rng).data),
        analysis.electronic_conductivity(**synthetic.electronic_conductivity(rng).data),
        analysis.window(**synthetic.window(rng).data),
        analysis.fit_healing(**synthetic.healing(rng).data),
        analysis.retention_and_fade(**synthetic.fade(rng, knee=250.0).data),
        analysis.dc_resistance(**synthetic.dc_resistance(rng).data),
        analysis.arrhenius(**synthetic.arrhenius(rng, form="vtf", low=263.15).data),
        report(),
    ]
    for one in reports:
        json.dumps(one.to_dict(), allow_nan=False)
        for result in one.results:
            assert type(result.value) is float, result.quantity
            assert type(result.standard_uncertainty) in (float, type(None)), result.quantity


@pytest.mark.parametrize("leak", [0.0, 2e-3])
def test_data_without_noise_are_no_special_case(leak: float) -> None:
    """Simulated sweeps carry no noise at all; a current that leaves a plateau is no short."""
    one = analysis.window(**synthetic.window(np.random.default_rng(0), noise=0.0, leak=leak).data)
    assert one.result("oxidation_potential").value == pytest.approx(4.6, abs=1e-3)
    assert one.result("reduction_potential").value == pytest.approx(0.6, abs=1e-3)
    assert not one.warns("the leg is cut there")
