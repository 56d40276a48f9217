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

_EIS = "virtual impedance, 100 kHz to 1 Hz, analysed"

# --- conductivity and its activation energy --------------------------------------------------------------------------


def _conductivity(ledger: Ledger, temperature: float | None = None) -> float:
    return bench("SS|CSE|SS", ledger, temperature).conductivity(ledger("F001-051"), ledger("F001-052"))


def _ends(ledger: Ledger) -> tuple[float, float]:
    """Return the lowest and the highest temperature of the Arrhenius plot [K]."""
    return ledger("F001-054"), ledger("F001-055")


experiment("F001-118", _EIS)(_conductivity)


@experiment("F001-120", "virtual impedance at 30 and 70 degC, 100 kHz to 1 Hz, analysed")
def _seen_energy(ledger: Ledger) -> float:
    cold, hot = _ends(ledger)
    low, high = (_conductivity(ledger, t) for t in (cold, hot))
    return float(laws.two_point_activation_energy(cold, low, hot, high, form="sigma"))


def _hidden(ledger: Ledger) -> tuple[float, float]:
    """Series resistance [ohm], and conductivity [S/m] behind it, that the printed activation energy needs.

    (R_30 - R_s)/(R_70 - R_s) is the ratio of the true conductivities, which the energy of the phases gives.
    """
    cell = bench("SS|CSE|SS", ledger)
    thickness = cell.model.layers[0].thickness
    first = thickness / (ledger("F001-118") * cell.area)
    cold, hot = _ends(ledger)
    span = (1.0 / cold - 1.0 / hot) / units.BOLTZMANN
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


@experiment("F001-123", _BV)
def _transference(ledger: Ledger) -> float:
    texts = {"f_max": ("F001-051", "Hz"), "f_min": ("F001-052", "Hz"), "amplitude": ("F001-053", "V")}
    sweep = {name: f"{ledger(key)!r} {unit}" for name, (key, unit) in texts.items()}
    return bench("Li|CSE|Li", ledger).transference(ledger("F001-058"), **sweep)


# --- plating and stripping -------------------------------------------------------------------------------------------


def _on_lithium(cell: Bench, resistance: float) -> Bench:
    metal = {"exchange_current_density": float(laws.exchange_current_density(resistance, cell.model.temperature))}
    return cell.changed(metal, metal)


def _interface(ledger: Ledger) -> float:
    """Resistance of one lithium interface [ohm m2] in the model that meets the rate test at 0.1 mA/cm2."""
    bare = _on_lithium(bench("Li|CSE|Li", ledger), 1e-8)
    current = ledger("F001-149.current_density")
    bulk = bare.overpotential(current, current * ledger("symmetric-cell.half_cycle_time")) / current
    return 0.5 * (ledger("F001-149") / current - bulk)


def _overpotential(name: str, claim: str, ledger: Ledger) -> float:
    cell, current = _on_lithium(bench(name, ledger), _interface(ledger)), ledger(f"{claim}.current_density")
    return cell.overpotential(current, current * ledger("symmetric-cell.half_cycle_time"))


_CELL = "simulated half-cycle: gradients and Butler-Volmer interfaces, calibrated on the rate test at 0.1 mA/cm2"
for _claim in ("F001-150", "F001-154", "F001-159"):
    experiment(_claim, _CELL)(partial(_overpotential, "Li|CSE|Li", _claim))
predict(
    "F001-156",
    "simulated half-cycle of Li|SPE|Li: printed conductivity and current fraction, thickness of the glass fibre "
    "assumed, interfaces as in Li|CSE|Li",
    misfit="lithium must be met by a far larger interface in SPE than in CSE",
    samples=SAMPLES,
)(partial(_overpotential, "Li|SPE|Li", "F001-156"))


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
