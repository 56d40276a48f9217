"""Whatever the columns hold, a method ends in a report or in one sentence, never in a traceback."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer import analysis
from ceramer.analysis import AnalysisReport, analyse
from ceramer.errors import CeramerError
from ceramer.measurement import Measurement

Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


@st.composite
def columns(draw: st.DrawFn) -> Columns:
    n = draw(st.integers(1, 120))
    seed = draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    shape = draw(st.sampled_from(["noise", "zero", "constant", "steps", "ramp", "spike", "huge", "tiny"]))
    t = np.cumsum(rng.random(n) * draw(st.sampled_from([0.0, 1.0, 1e4])))

    def one() -> np.ndarray:
        return {
            "noise": rng.standard_normal(n),
            "zero": np.zeros(n),
            "constant": np.full(n, rng.standard_normal()),
            "steps": np.repeat(rng.standard_normal(n // 10 + 1), 10)[:n],
            "ramp": np.linspace(rng.standard_normal(), rng.standard_normal(), n),
            "spike": np.where(np.arange(n) == n // 2, 1e3, 1e-3),
            "huge": 1e12 * rng.standard_normal(n),
            "tiny": 1e-12 * rng.standard_normal(n),
        }[shape]

    return t, one(), one()


METHODS: dict[str, Callable[[Columns], AnalysisReport]] = {
    "bruce_vincent": lambda c: analysis.bruce_vincent(
        c[0], c[1], voltage_step=0.01, resistance_before=10.0, resistance_after=11.0
    ),
    "electronic": lambda c: analysis.electronic_conductivity(c[0], c[1], voltage=0.1, thickness=1e-4, area=1e-4),
    "window": lambda c: analysis.window(c[2], c[1], area=1e-4, scan_rate=1e-3),
    "dc_resistance": lambda c: analysis.dc_resistance(c[1], c[2]),
    "dc steps": lambda c: analysis.dc_resistance_from_steps(*c),
    "plating": lambda c: analysis.plating_stripping(*c, area=1e-4),
    "shorts": lambda c: analysis.shorts(*c),
    "critical": lambda c: analysis.critical_current_density(*c, area=1e-4),
    "cycling": lambda c: analysis.cycling(*c),
    "rate": lambda c: analysis.rate_test_from_record(*c),
    "fade": lambda c: analysis.retention_and_fade(np.arange(c[1].size), np.abs(c[1])),
    "arrhenius": lambda c: analysis.arrhenius(300.0 + np.abs(c[1]), np.abs(c[2])),
    "healing": lambda c: analysis.fit_healing(c[0], np.abs(c[1]) * 1e-6, size_uncertainty=1e-6),
    "accumulated": lambda c: analysis.accumulated_areal_capacity(c[0], c[1], area=1e-4),
    "analyse": lambda c: analyse(
        Measurement({"Test Time / s": c[0], "Current / A": c[1], "Voltage / V": c[2]}, area="1 cm2", thickness="1 mm")
    ),
}


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=20, deadline=None)
@given(columns())
def test_garbage_ends_in_a_sentence(name: str, data: Columns) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            report = METHODS[name](data)
        except CeramerError as error:
            assert "\n" not in str(error)
            return
        str(report)
        json.dumps(report.to_dict())
