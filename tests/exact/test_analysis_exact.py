"""Closed forms against independent solutions, and exact recovery where there is no noise."""

from __future__ import annotations

import numpy as np
import pytest

from ceramer import analysis
from ceramer.analysis import synthetic
from ceramer.units import ELECTRONVOLT


def _finite_volume_current(times: np.ndarray, initial: float, steady: float, tau: float, cells: int) -> np.ndarray:
    """The same cell solved on a grid: R1 + diffusion driven by the current, backward Euler with Richardson steps.

    One half of the symmetric cell, 0 <= x <= 1: du/dt = u_xx / tau, u(0) = 0 in the middle, u_x(1) = Rd I,
    V = R1 I + u(1); V = 1.
    """
    r1 = 1.0 / initial
    rd = 1.0 / steady - r1
    h = 1.0 / cells

    def march(steps: int) -> np.ndarray:
        u = np.zeros(cells)
        out = []
        clock = 0.0
        laplace = -2.0 * np.eye(cells) + np.eye(cells, k=1) + np.eye(cells, k=-1)
        laplace[0, 0] = -3.0  # u = 0 on the face at x = 0
        laplace[-1, -1] = -1.0
        # Surface value from the last cell and the flux: u_s = u_n + (h/2) Rd I, and I = (1 - u_s)/R1.
        gain = 1.0 / (r1 + 0.5 * h * rd)
        matrix = laplace / h**2 / tau
        matrix[-1, -1] -= gain * rd / h / tau
        source = np.zeros(cells)
        source[-1] = gain * rd / h / tau
        for stop in times:
            dt = (stop - clock) / steps
            step = np.linalg.inv(np.eye(cells) - dt * matrix)
            for _ in range(steps):
                u = step @ (u + dt * source)
            clock = stop
            out.append(gain * (1.0 - u[-1]))
        return np.array(out)

    return 2.0 * march(80) - march(40)


@pytest.mark.parametrize("ratio", [0.15, 0.5, 0.9])
def test_polarisation_current_solves_the_diffusion_problem(ratio: float) -> None:
    tau = 500.0
    times = np.array([0.01, 0.03, 0.1, 0.3, 1.0, 3.0]) * tau
    closed = analysis.polarisation_current(times, initial=1.0, steady=ratio, diffusion_time=tau)
    solved = _finite_volume_current(times, 1.0, ratio, tau, 160)
    assert closed == pytest.approx(solved, rel=2e-3)


def test_polarisation_current_has_its_limits() -> None:
    current = analysis.polarisation_current([0.0, 1e7], initial=3e-6, steady=1e-6, diffusion_time=100.0)
    assert current == pytest.approx([3e-6, 1e-6])


@pytest.mark.parametrize("t_plus", [0.1, 0.4, 0.74, 0.95])
def test_bruce_vincent_recovers_the_truth_without_noise(t_plus: float) -> None:
    case = synthetic.bruce_vincent(
        np.random.default_rng(0), transference_number=t_plus, noise=0.0, lead=2.0, bulk=100.0, interface=80.0
    )
    data = dict(case.data) | {
        "voltage_step": 0.01,
        "resistance_before": 80.0,
        "resistance_after": 80.0,
        "lead_resistance": 2.0,
    }
    report = analysis.bruce_vincent(**data)
    assert report.result("transference_number").value == pytest.approx(t_plus, rel=2e-3)
    # Leaving the leads out counts them as electrolyte that passes both ions alike: t+ moves towards 1.
    del data["lead_resistance"]
    wrong = analysis.bruce_vincent(**data).result("transference_number").value
    assert wrong == pytest.approx((100.0 + 2.0) / (100.0 / t_plus + 2.0), rel=3e-3)


@pytest.mark.parametrize("form", ["sigma", "sigma_T"])
def test_arrhenius_recovers_the_truth_without_noise(form: str) -> None:
    case = synthetic.arrhenius(np.random.default_rng(0), form=form, noise=0.0, energy=0.283)
    report = analysis.arrhenius(**case.data)
    assert report.result("activation_energy").value / ELECTRONVOLT == pytest.approx(0.283, rel=1e-9)
    assert f"{'sigma T' if form == 'sigma_T' else 'sigma ='}" in report.verdict


def test_vtf_recovers_the_truth_without_noise() -> None:
    case = synthetic.arrhenius(np.random.default_rng(0), form="vtf", noise=0.0, low=263.15, points=12)
    report = analysis.arrhenius(**case.data)
    assert report.result("vtf_t0").value == pytest.approx(190.0, abs=0.1)
    assert report.result("vtf_b").value == pytest.approx(900.0, rel=2e-3)


@pytest.mark.parametrize("law", analysis.HEALING_LAWS)
def test_the_right_healing_law_wins_where_the_data_are_good(law: str) -> None:
    case = synthetic.healing(np.random.default_rng(1), law=law, frames=16, noise=1e-6, induction=3 * 3600.0)
    report = analysis.fit_healing(**case.data)
    table = report.tables["laws"].set_index("law")["probability"]
    assert table.idxmax() == law
    assert table[law] > 0.95
    assert report.result("induction_time").value == pytest.approx(3 * 3600.0, rel=0.1)


def test_the_area_specific_resistance_of_a_noiseless_cell() -> None:
    case = synthetic.plating_stripping(np.random.default_rng(0), arcing=0.0, noise=0.0, cell_noise=0.0, asr=0.0123)
    report = analysis.plating_stripping(**case.data)
    assert report.result("area_specific_resistance").value == pytest.approx(0.0123, rel=1e-6)
    assert report.result("overpotential").value == pytest.approx(0.0123 * 2.0, rel=1e-6)
    expected = case.truth["accumulated_areal_capacity"]
    assert report.result("accumulated_areal_capacity").value == pytest.approx(expected, rel=0.02)


def test_the_threshold_crossing_of_a_noiseless_sweep() -> None:
    case = synthetic.window(np.random.default_rng(0), noise=1e-7, leak=0.02, slope=0.04)
    report = analysis.window(**case.data)
    # The leak alone, not subtracted, would move the onsets by 3 mV.
    assert report.result("oxidation_potential").value == pytest.approx(4.6, abs=2e-4)
    assert report.result("reduction_potential").value == pytest.approx(0.6, abs=2e-4)


def test_capacity_at_rate_in_its_limits() -> None:
    slow = analysis.capacity_at_rate([1e-12], 1.0, 100.0, 0.5)
    assert slow == pytest.approx([1.0], abs=1e-4)
    # Fast: Q -> Q_0 (R tau)^-n / 2.
    fast = analysis.capacity_at_rate([1e4], 1.0, 100.0, 0.5)
    assert fast == pytest.approx([0.5 * (1e6) ** -0.5], rel=1e-3)
