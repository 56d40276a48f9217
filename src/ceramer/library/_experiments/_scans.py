"""Voltage scans: where the current passes a criterion, and the onset of oxidation that a printed limit needs."""

from __future__ import annotations

from functools import partial

from ceramer import laws
from ceramer.library._experiments._virtual import SAMPLES, bench
from ceramer.library._registry import predict
from ceramer.provenance import Ledger

__all__ = ["limit", "onset_behind", "predict_window"]

_END = 6.0  # V
_BEFORE = 0.5  # V before the onset: where a simulated scan may begin


def limit(cell: str, onset: float, ledger: Ledger, rate: str = "1 mV/s", end: float = _END) -> float:
    """Return the potential [V] at which the current of an anodic scan passes the criterion, `end` where it does not.

    The electrolyte on the steel is oxidised with the criterion's current at `onset` and one decade per Tafel slope; the
    resistance of the cell comes on top.
    """
    level = ledger("oxidation.criterion")
    steel = {"oxidation_onset": onset, "oxidation_current": level, "tafel_slope": ledger("any-metal.tafel_slope")}
    start = min(onset, end) - _BEFORE
    return bench(cell, ledger).changed(positive=steel).scan_until(level, start=start, end=end, rate=rate)


def onset_behind(cell: str, claim: str, ledger: Ledger) -> float:
    """Return the onset [V] that gives a printed limit in a cell (all potentials shift together, so one step does)."""
    printed = ledger(claim)
    return 2.0 * printed - limit(cell, printed, ledger)


def _plating(cell: str, rate: str, ledger: Ledger) -> float:
    """Return the potential [V] at which lithium is plated on the steel with the criterion's current on the way down."""
    level = ledger("oxidation.criterion")
    found = bench(cell, ledger)
    exchange = float(
        laws.exchange_current_density(ledger("polymer.lithium_interface_resistance"), found.model.temperature)
    )
    steel = {
        "exchange_current_density": exchange,
        "stripping_reserve": 0.1,
        "nucleation_overpotential": ledger("lithium.nucleation_overpotential"),
        "nucleation_charge": ledger("any-metal.nucleation_charge"),
    }
    return found.changed(positive=steel).scan_until(level, start=0.5, end=ledger("A0249"), rate=rate)


def _acrylate_limit(cell: str, rate: str, end: str, ledger: Ledger) -> float:
    onset = onset_behind("Li|SPE|SS", "F001-126", ledger) + ledger("acrylate.oxidation_onset_offset")
    return limit(cell, onset, ledger, rate, ledger(end))


def predict_window(cell: str, rate: str, *, lower: str, upper: str, end: str) -> None:
    """Answer the two claims of a window of an acrylate on steel; `end` is the fact at which the scan up ends."""
    predict(
        lower,
        f"simulated scan down to -0.3 V at {rate}: lithium is plated on the steel, nothing else is reduced",
        samples=SAMPLES,
    )(partial(_plating, cell, rate))
    predict(
        upper,
        f"simulated scan up to 4.6 V at {rate}; oxidised where the related SPE of Nguyen2024 is, within an assumed "
        "range",
        samples=SAMPLES,
    )(partial(_acrylate_limit, cell, rate, end))
