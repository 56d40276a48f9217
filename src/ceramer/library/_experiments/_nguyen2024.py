"""Nguyen2024: CSE and SPE between steel and between lithium."""

from __future__ import annotations

import math
from functools import partial

from ceramer import laws, units
from ceramer.library._experiments._scans import limit, onset_behind
from ceramer.library._experiments._virtual import SAMPLES, Bench, bench
from ceramer.library._registry import PREDICTIONS, experiment, finding, open_prediction, predict
from ceramer.provenance import Kind, Ledger

__all__: list[str] = []

_T30, _T70 = units.ZERO_CELSIUS + 30.0, units.ZERO_CELSIUS + 70.0
_MA_PER_CM2 = units.si_factor("mA/cm2")
_WINDOW = ("100 kHz", "1 Hz")
_EIS = "virtual impedance, 100 kHz to 1 Hz, analysed"

# --- conductivity and its activation energy --------------------------------------------------------------------------

experiment("F001-118", _EIS)(lambda g: bench("SS|CSE|SS", g).conductivity(*_WINDOW))


@experiment("F001-120", "virtual impedance at 30 and 70 degC, 100 kHz to 1 Hz, analysed")
def _seen_energy(ledger: Ledger) -> float:
    low, high = (bench("SS|CSE|SS", ledger, t).conductivity(*_WINDOW) for t in (_T30, _T70))
    return float(laws.two_point_activation_energy(_T30, low, _T70, high, form="sigma"))


def _hidden(ledger: Ledger) -> tuple[float, float]:
    """Series resistance [ohm], and conductivity [S/m] behind it, that the printed activation energy needs.

    (R_30 - R_s)/(R_70 - R_s) is the ratio of the true conductivities, which the energy of the phases gives.
    """
    cell = bench("SS|CSE|SS", ledger)
    thickness = cell.model.layers[0].thickness
    first = thickness / (ledger("F001-118") * cell.area)
    span = (1.0 / _T30 - 1.0 / _T70) / units.BOLTZMANN
    second = first * math.exp(-ledger("F001-120") * span)
    ratio = math.exp(PREDICTIONS["F001-120"].calculate(ledger) * span)
    series = (ratio * second - first) / (ratio - 1.0)
    return series, thickness / ((first - series) * cell.area)


_NEEDED = "R(30)/R(70) as printed = (R_b + R_s)/(R_b/r + R_s), r from the activation energy of the phases"
finding("CSE:contact resistance that Ea needs", "resistance", "ohm", _NEEDED, needs="F001-120")(lambda g: _hidden(g)[0])
finding("CSE:ionic conductivity behind that contact", "ionic_conductivity", "mS/cm", _NEEDED, needs="F001-120")(
    lambda g: _hidden(g)[1]
)

# --- transference ----------------------------------------------------------------------------------------------------

_BV = "virtual Bruce-Vincent experiment, 10 mV for 20 h, analysed"
_SWEEP = {"f_max": "100 kHz", "f_min": "1 Hz", "amplitude": "10 mV"}
experiment("F001-123", _BV)(lambda g: bench("Li|CSE|Li", g).transference("10 mV", **_SWEEP))

# --- plating and stripping -------------------------------------------------------------------------------------------


def _on_lithium(cell: Bench, resistance: float) -> Bench:
    metal = {"exchange_current_density": float(laws.exchange_current_density(resistance, cell.model.temperature))}
    return cell.changed(metal, metal)


def _interface(ledger: Ledger) -> float:
    """Resistance of one lithium interface [ohm m2] in the model that meets the rate test at 0.1 mA/cm2."""
    bare = _on_lithium(bench("Li|CSE|Li", ledger), 1e-8)
    current = 0.1 * _MA_PER_CM2
    bulk = bare.overpotential(current, current * ledger("symmetric-cell.half_cycle_time")) / current
    return 0.5 * (ledger("F001-149") / current - bulk)


def _overpotential(name: str, current: float, ledger: Ledger) -> float:
    cell = _on_lithium(bench(name, ledger), _interface(ledger))
    return cell.overpotential(current, current * ledger("symmetric-cell.half_cycle_time"))


_CELL = "simulated half-cycle: gradients and Butler-Volmer interfaces, calibrated on the rate test at 0.1 mA/cm2"
for _claim, _j in (("F001-150", 0.2), ("F001-154", 0.1), ("F001-159", 0.5)):
    experiment(_claim, _CELL)(partial(_overpotential, "Li|CSE|Li", _j * _MA_PER_CM2))
predict(
    "F001-156",
    "simulated half-cycle of Li|SPE|Li: printed conductivity and current fraction, thickness of the glass fibre "
    "assumed, interfaces as in Li|CSE|Li",
    misfit="lithium must be met by a far larger interface in SPE than in CSE",
    samples=SAMPLES,
)(partial(_overpotential, "Li|SPE|Li", 0.1 * _MA_PER_CM2))


def _limiting(cell: str, ledger: Ledger) -> float:
    return bench(cell, ledger).gradients().limiting_current_density


for _system in ("CSE", "SPE"):
    open_prediction(
        f"{_system}:limiting current density",
        "limiting_current_density",
        "mA/cm2",
        "steady salt profile of an ideal dilute salt at 30 degC, scaled until its least concentration is 0",
        samples=SAMPLES,
    )(partial(_limiting, f"Li|{_system}|Li"))

# --- windows ---------------------------------------------------------------------------------------------------------


@predict(
    "F001-126",
    "simulated scan at 1 mV/s; the onset of SPE on steel calibrated, criterion assumed",
    kind=Kind.CALIBRATED,
    calibrated_to=("F001-126",),
    samples=SAMPLES,
)
def _spe_window(ledger: Ledger) -> float:
    return limit("Li|SPE|SS", onset_behind("Li|SPE|SS", "F001-126", ledger), ledger)


@predict(
    "F001-125",
    "simulated scan at 1 mV/s; the SPE in the composite oxidised as SPE alone",
    misfit="the same polymer touches the same steel: the filler, or another criterion or baseline, moves the onset",
    samples=SAMPLES,
)
def _cse_window(ledger: Ledger) -> float:
    return limit("Li|CSE|SS", onset_behind("Li|SPE|SS", "F001-126", ledger), ledger)
