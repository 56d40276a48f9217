"""Voltage scans: where the current passes a criterion, and the onset of oxidation that a printed limit needs."""

from __future__ import annotations

from functools import partial

from ceramer import laws
from ceramer.library._experiments._virtual import SAMPLES, bench
from ceramer.library._facts import fact
from ceramer.library._registry import predict
from ceramer.provenance import Ledger

__all__ = ["limit", "onset_behind", "predict_window"]

_BEFORE = 0.5  # V before the onset: where a simulated scan may begin


def limit(cell: str, onset: float, ledger: Ledger, rate: str = "F001-057", end: str = "F001-056") -> float:
    """Return the potential [V] at which the current of an anodic scan passes the criterion, its end where it does not.

    `rate` and `end` are facts; the scan of Nguyen2024 also stands for that of Zhang2024, whose text has none.
    The electrolyte on the steel is oxidised with the criterion's current at `onset` and one decade per Tafel slope; the
    resistance of the cell comes on top.
    """
    level = ledger("oxidation.criterion")
    steel = {"oxidation_onset": onset, "oxidation_current": level, "tafel_slope": ledger("any-metal.tafel_slope")}
    last = ledger(end)
    scanned = bench(cell, ledger).changed(positive=steel)
    return scanned.scan_until(level, start=min(onset, last) - _BEFORE, end=last, rate=ledger(rate))


def onset_behind(cell: str, claim: str, ledger: Ledger) -> float:
    """Return the onset [V] that gives a printed limit in a cell (all potentials shift together, so one step does)."""
    printed = ledger(claim)
    return 2.0 * printed - limit(cell, printed, ledger)


def _plating(cell: str, rate: str, end: str, ledger: Ledger) -> float:
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
    return found.changed(positive=steel).scan_until(level, start=0.5, end=ledger(end), rate=ledger(rate))


def _acrylate_limit(cell: str, rate: str, end: str, ledger: Ledger) -> float:
    onset = onset_behind("Li|SPE|SS", "F001-126", ledger) + ledger("acrylate.oxidation_onset_offset")
    return limit(cell, onset, ledger, rate, end)


def predict_window(cell: str, rate: str, ends: tuple[str, str], *, lower: str, upper: str) -> None:
    """Answer the two claims of a window of an acrylate on steel; `rate` and `ends` are facts of the scan."""
    (down, up), speed = (f"{fact(key).value} V" for key in ends), f"{fact(rate).value} {fact(rate).unit}"
    predict(
        lower,
        f"simulated scan down to {down} at {speed}: lithium is plated on the steel, nothing else is reduced",
        samples=SAMPLES,
    )(partial(_plating, cell, rate, ends[0]))
    predict(
        upper,
        f"simulated scan up to {up} at {speed}; oxidised where the related SPE of Nguyen2024 is, within an assumed "
        "range",
        samples=SAMPLES,
    )(partial(_acrylate_limit, cell, rate, ends[1]))
