"""Fade of the published cells: each predicted from that of a cell of its kind.

A first and a last capacity fix one rate of fade and test no law: that needs a curve. What they do test is whether cells
of one kind fade alike: the loss of one, grown with the cycles, is the prediction for another. No claim reads itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ceramer import laws
from ceramer.library._facts import fact
from ceramer.library._registry import Calculation, open_prediction, predict
from ceramer.library._systems import load_cell
from ceramer.provenance import Ledger
from ceramer.units import FARADAY

__all__ = ["FADES", "NEEDS_CURVE", "NEEDS_CURVE_REASON", "Fade", "capacity_left"]

NEEDS_CURVE_REASON = (
    "needs curve: only the end of its fade is printed; with the first cycle it fixes one rate and tests no law"
)
_EXPONENT, _SCATTER = "fade.exponent", "fade.cell_to_cell"


@dataclass(frozen=True, slots=True)
class Fade:
    """Two printed points of a cell: its `last` capacity or retention (a claim), and what it began with.

    `first` is None for a retention. `dose` is what one cycle may count by: the loading, for cells at one rate.
    """

    last: str
    first: Calculation | None = None
    dose: Calculation | None = None

    @property
    def cycles(self) -> str:
        """Id of the number of cycles between the two."""
        return f"{self.last}.n"

    def lost(self, ledger: Ledger) -> float:
        """Share of the first capacity that is gone at the last point."""
        first = 1.0 if self.first is None else self.first(ledger)
        return max(0.0, 1.0 - float(laws.retention(first, ledger(self.last))))


def _printed(claim: str) -> Calculation:
    return lambda ledger: ledger(claim)


def _before(claim: str, retention: str) -> Calculation:
    return lambda ledger: ledger(claim) / ledger(retention)


def _hot_plm(c_rate: float) -> Calculation:
    """First capacity of LFP|PLM|Li at 60 degC, on a straight line between the printed 0.1C and 2C."""

    def first(ledger: Ledger) -> float:
        slow, fast = ledger("F003-041"), ledger("F003-040")
        return slow + (fast - slow) * (c_rate - 0.1) / (2.0 - 0.1)

    return first


FADES = {
    "Li|PCE|LFP, 22 degC": Fade("A0087", dose=_printed("A0089")),
    "Li|H-SSE|LFP, 22 degC": Fade("A0140", dose=_printed("A0142")),
    "Li|H-SSE|LFP, 50 degC": Fade("A0136"),
    "Li|PCE|ZS, 22 degC": Fade("A0099", _printed("A0098")),
    "Li|H-SSE|ZS, 50 degC": Fade("A0159"),
    "Li|PA-SPE|ZS, 50 degC": Fade("A0164", _printed("A0163")),
    "Li|H-SSE|ZS pouch, 50 degC": Fade("A0171"),
    "Li|H-SSE|NMC811, 22 degC": Fade("A0149", _printed("A0148")),
    "Li|UVEA-LATP-UVEA|NMC811, 22 degC": Fade("A0419"),
    "Li|CSE|NCM811, 1.5 mg/cm2": Fade("F001-174", _printed("F001-173"), _printed("F001-065")),
    "Li|CSE|NCM811, 5.2 mg/cm2": Fade("F001-180", _printed("F001-178"), _printed("F001-066")),
    "LFP|PLM|Li, 0.2C, 60 degC": Fade("F003-042", _hot_plm(0.2)),
    "LFP|PLM|Li, 0.5C, 60 degC": Fade("F003-043", _hot_plm(0.5)),
    "LFP|PLM|Li, 1C, 60 degC": Fade("F003-044", _hot_plm(1.0)),
    "LFP|PLM|Li, 0.2C, 25 degC": Fade("F003-055", _printed("F003-051")),
    "LFP|PLM|Li, 0.5C, 25 degC": Fade("F003-056", _printed("F003-052")),
    "NCM811|PLM|Li, 25 degC": Fade("F003-069", _before("F003-069", "F003-072")),
    "NCM811|PLM|Li, 25 degC, 500 cycles": Fade("F003-079", _before("F003-069", "F003-072")),
}
"""Cells with a printed first and last capacity or retention."""


def capacity_left(
    of: str,
    by: str,
    ledger: Ledger,
    power: float | None = None,
    per_charge: bool = False,
    cycle: float | None = None,
) -> float:
    """Return the capacity [C/kg] or the retention of a cell at its last cycle (or `cycle`), by the fade of another.

    The loss grows as a power of the cycles (`power`, or the assumed one), times the scatter between two cells of one
    kind. With `per_charge` a cycle counts in proportion to its dose.
    """
    cell, other = FADES[of], FADES[by]
    ratio = (ledger(cell.cycles) if cycle is None else cycle) / ledger(other.cycles)
    if per_charge:
        assert cell.dose is not None and other.dose is not None  # the table has them
        ratio *= cell.dose(ledger) / other.dose(ledger)
    ratio **= ledger(_EXPONENT) if power is None else power
    lost = ledger(_SCATTER) * other.lost(ledger)
    first = 1.0 if cell.first is None else cell.first(ledger)
    return first * float(laws.active_material_left(ratio, min(1.0, lost)))


_ROOT = "loss as the square root of the cycles: a film that stops its own growth"


def _register(of: str, by: str, misfit: str = "", per_charge: bool | None = None) -> None:
    """Register a cell by another; `per_charge` True or False shows the other choice beside it."""
    claim = FADES[of].last
    other = (
        ()
        if per_charge is None
        else ((_BY_CYCLES if per_charge else _BY_DOSE, partial(capacity_left, of, by, per_charge=not per_charge)),)
    )
    predict(
        claim,
        f"loss of {by} ({fact(FADES[by].last).cycle} cycles) grown {_WITH_DOSE if per_charge else 'with the cycles'}: "
        "contact or active material lost one after another; power and scatter between cells assumed",
        misfit=misfit,
        alternatives=((_ROOT, partial(capacity_left, of, by, power=0.5, per_charge=bool(per_charge))), *other),
        samples=_SAMPLES,
        gap="needs_curve",
    )(partial(capacity_left, of, by, per_charge=bool(per_charge)))


_SAMPLES = 128
_WITH_DOSE = "with the charge that passes each area (chosen on these two cells: by cycles alone one would be empty)"
_BY_CYCLES = "loss with the cycles alone"
_BY_DOSE = "loss with the charge that passed each area"
_TABLE: tuple[tuple[str, str, str], ...] = (
    (
        "Li|PCE|ZS, 22 degC",
        "Li|H-SSE|ZS, 50 degC",
        "with PCE against lithium the cell fades three times faster: what the buffer layer of H-SSE is for",
    ),
    (
        "Li|H-SSE|ZS, 50 degC",
        "Li|H-SSE|ZS pouch, 50 degC",
        "the pouch fades four times faster than the coin cell: its area, its edges and no pressure are not in the law",
    ),
    (
        "Li|H-SSE|ZS pouch, 50 degC",
        "Li|H-SSE|ZS, 50 degC",
        "the pouch fades four times faster than the coin cell: its area, its edges and no pressure are not in the law",
    ),
    (
        "Li|PA-SPE|ZS, 50 degC",
        "Li|H-SSE|ZS, 50 degC",
        "without the ceramic layer the cell fades five times faster: the electrolyte, not the cathode, sets the fade",
    ),
    ("Li|H-SSE|NMC811, 22 degC", "Li|UVEA-LATP-UVEA|NMC811, 22 degC", ""),
    ("Li|UVEA-LATP-UVEA|NMC811, 22 degC", "Li|H-SSE|NMC811, 22 degC", ""),
    ("LFP|PLM|Li, 0.2C, 60 degC", "LFP|PLM|Li, 1C, 60 degC", ""),
    ("LFP|PLM|Li, 0.5C, 60 degC", "LFP|PLM|Li, 1C, 60 degC", ""),
    ("LFP|PLM|Li, 1C, 60 degC", "LFP|PLM|Li, 0.5C, 60 degC", ""),
    ("LFP|PLM|Li, 0.2C, 25 degC", "LFP|PLM|Li, 0.5C, 25 degC", ""),
    ("LFP|PLM|Li, 0.5C, 25 degC", "LFP|PLM|Li, 0.2C, 25 degC", ""),
    (
        "NCM811|PLM|Li, 25 degC, 500 cycles",
        "NCM811|PLM|Li, 25 degC",
        "the cell loses faster after the first 100 cycles, or ran at 0.5C as the text says and not at 0.2C as the "
        "caption does: a higher rate alone lowers it",
    ),
)
for _of, _by, _misfit in _TABLE:
    _register(_of, _by, _misfit)
for _of, _by in (
    ("Li|PCE|LFP, 22 degC", "Li|H-SSE|LFP, 22 degC"),
    ("Li|H-SSE|LFP, 22 degC", "Li|PCE|LFP, 22 degC"),
):
    _register(_of, _by, per_charge=False)
for _of, _by in (
    ("Li|CSE|NCM811, 1.5 mg/cm2", "Li|CSE|NCM811, 5.2 mg/cm2"),
    ("Li|CSE|NCM811, 5.2 mg/cm2", "Li|CSE|NCM811, 1.5 mg/cm2"),
):
    _register(
        _of,
        _by,
        "the cells differ in loading only, and not even the charge through each area makes their fades one",
        per_charge=True,
    )
_register(
    "Li|H-SSE|LFP, 50 degC",
    "Li|H-SSE|LFP, 22 degC",
    "cycles at 2C and 50 degC cost less than half of those at C/2 and 22 degC: they last a quarter as long",
)


# --- NCM811 with three electrolytes: retention and capacity at cycle 100 ---------------------------------------------

_ALIKE = "cells with the same cathode and rate begin alike: first capacity of that with PLM (capacity / retention)"
_BEGAN = "the first capacities of the three cells differ by more than the rounding of what is printed"


def _retained(capacity: str, ledger: Ledger) -> float:
    return float(laws.retention(_before("F003-069", "F003-072")(ledger), ledger(capacity)))


def _delivered(retention: str, ledger: Ledger) -> float:
    return ledger(retention) * _before("F003-069", "F003-072")(ledger)


for _capacity, _retention in (("F003-070", "F003-073"), ("F003-071", "F003-074")):
    predict(_capacity, f"{_ALIKE} times the printed retention", misfit=_BEGAN, gap="needs_curve")(
        partial(_delivered, _retention)
    )
    predict(_retention, f"{_ALIKE} under the printed capacity", misfit=_BEGAN, gap="needs_curve")(
        partial(_retained, _capacity)
    )


# --- cycles to an end of life, coulombic efficiency -------------------------------------------------------------------


def _cycles_to(name: str, ledger: Ledger) -> float:
    """Return the cycles until the share of an end of life is left, by the cell's own printed point."""
    fade = FADES[name]
    lost = fade.lost(ledger)
    share = (1.0 - ledger("cell.end_of_life")) / lost
    return float(ledger(fade.cycles) * share ** (1.0 / ledger(_EXPONENT)))


_END = "cycles until 80 % (assumed, as in the printed 1650) is left, from the printed fade; power of the cycles assumed"
for _claim, _cell in (("A0002", "Li|H-SSE|ZS, 50 degC"), ("A0175", "Li|H-SSE|LFP, 50 degC")):
    predict(
        _claim,
        f"{_END}: {_cell}",
        misfit="the cell was run on beyond the cycle at which 80 % was left: what ended the count was not its capacity",
        gap="needs_curve",
    )(partial(_cycles_to, _cell))
for _cell in ("Li|PCE|LFP, 22 degC", "Li|H-SSE|LFP, 22 degC", "LFP|PLM|Li, 1C, 60 degC", "NCM811|PLM|Li, 25 degC"):
    open_prediction(f"{fact(FADES[_cell].last).system}:cycles to 80 %, {_cell}", "cycles", "1", _END)(
        partial(_cycles_to, _cell)
    )


@predict(
    "F001-177",
    "the fade alone: Q_n = CE Q_(n-1) from the first to the last of 400 cycles, nothing else lost or made good",
    misfit="five times more charge leaves than capacity: electrons pass or the electrolyte is oxidised on each charge, "
    "and the excess of lithium makes it good",
)
def _efficiency(ledger: Ledger) -> float:
    return float((ledger("F001-174") / ledger("F001-173")) ** (1.0 / ledger("F001-174.n")))


@open_prediction(
    "Li|CSE|NCM811:salt that the missing charge of 400 cycles takes if anions alone are oxidised, over all salt",
    "salt_share",
    "1",
    "(1 - CE) of the charges between the first and the last printed capacity, one anion an electron, over the salt of "
    "CSE and catholyte by their recipes; above 1 something else must carry most of it: electrons, or the solvent",
)
def _salt_taken(ledger: Ledger) -> float:
    from ceramer.physics import Polymer, cell_model

    model, _ = cell_model(load_cell("Li|CSE|NCM811", ledger), ledger=ledger)
    mean = 0.5 * (ledger("F001-173") + ledger("F001-174")) * ledger("F001-065")
    missing = mean * (1.0 / ledger("F001-177") - 1.0) * ledger("F001-174.n")
    salt = sum(
        layer.thickness * layer.salt_concentration * layer.salt_volume_fraction * getattr(layer, "porosity", 1.0)
        for layer in model.layers
        if isinstance(layer, Polymer)
    )
    return missing / FARADAY / salt


NEEDS_CURVE = frozenset(
    "A0002 A0087 A0099 A0136 A0140 A0149 A0159 A0164 A0171 A0175 A0419 F001-174 F001-180 F003-042 F003-043 "
    "F003-044 F003-055 F003-056 F003-070 F003-071 F003-073 F003-074 F003-079".split()
)
"""Claims that only end a fade: their own law stays open."""
