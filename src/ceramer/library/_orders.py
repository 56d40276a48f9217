"""Printed orders: which of several systems is better, by the model that the other claims use."""

from __future__ import annotations

from functools import partial

from ceramer import units
from ceramer.library._experiments import bench
from ceramer.library._fade import FADES
from ceramer.library._registry import order
from ceramer.library._systems import load_cell, load_medium
from ceramer.provenance import Kind, Ledger

__all__: list[str] = []

_T22, _T25 = (units.ZERO_CELSIUS + t for t in (22.0, 25.0))


def _steady_resistance(cell: str, ledger: Ledger) -> float:
    """Steady overpotential per current density [ohm m2]: layers and two interfaces on lithium."""
    stack = load_cell(cell, ledger).stack
    return stack.steady_resistance(_T25) + 2.0 * ledger("polymer.lithium_interface_resistance")


order(
    "O003-1",
    "steady overpotential over current: L/(sigma f) of the layers, polymer as in the PEO reference film, and two "
    "interfaces on lithium that are alike",
    [partial(_steady_resistance, cell) for cell in ("Li|PMI|Li", "Li|PLS|Li", "Li|PEO film|Li")],
    misfit="PEO is last by its thickness; MOF and LLZO layers differ by less than what is not known of them, and no "
    "model here has what each does to lithium",
)


def _salt_difference(cell: str, ledger: Ledger) -> float:
    """Steady difference of salt between the electrodes over its mean, per current density [m2/A]."""
    return bench(cell, ledger).gradients().drop


order(
    "O003-3",
    "steady salt profile of the simulated cell, ideal dilute salt; every layer with the polymer of the PEO film",
    [partial(_salt_difference, cell) for cell in ("Li|PMI|Li", "Li|PEO film|Li")],
    misfit="PMI is ten times thinner than PEO, but how tortuous its web is, nobody knows",
    samples=32,
)
order(
    "O003-4",
    "L/sigma of the printed thicknesses and conductivities",
    [lambda g: g("F003-001") / g("F003-025"), lambda g: g("F003-005") / g("F003-024")],
    kind=Kind.AUDIT,
)


def _margin(window: str, ledger: Ledger) -> float:
    """Decades by which the current of oxidation lies below its criterion at the upper cut-off."""
    return (ledger(window) - ledger("NMC-cells.upper_cutoff_voltage")) / ledger("any-metal.tafel_slope")


order(
    "O003-2",
    "the less the electrolyte is oxidised at the upper cut-off the more is kept: Tafel from the printed windows",
    [partial(_margin, window) for window in ("F003-067", "F003-065", "F003-066")],
    misfit="PMI is last, as printed; by its window PLS should lead: what it loses it must lose at lithium, to the "
    "succinonitrile of its second LLZO layer",
)


def _fade(cell: str, times: float, ledger: Ledger) -> float:
    fade = FADES[cell]
    return times * fade.lost(ledger) / ledger(fade.cycles)


order(
    "O000-1",
    "loss over cycles of both cells from their printed capacities",
    [partial(_fade, "Li|H-SSE|ZS, 50 degC", 6.0), partial(_fade, "Li|PA-SPE|ZS, 50 degC", 1.0)],
    kind=Kind.AUDIT,
    misfit="80 % at cycle 1650 and 80.5 of 144 mAh/g at cycle 700 make it 5.2 times; six follows from the rounded "
    "0.010 % per cycle",
)


def _leak(system: str, ledger: Ledger) -> float:
    """Electronic leak per voltage [S/m2]."""
    if system == "H-SSE":
        return ledger("A0106") / (ledger("A0105") + ledger("A0028"))
    return load_medium("PA-SPE", ledger).electronic_conductivity(_T22) / ledger("A0105")


order(
    "O000-2",
    "fade in proportion to the leak of electrons: sigma_e/L, H-SSE as printed, PA-SPE assumed (at most UVEA's)",
    [partial(_leak, "H-SSE"), partial(_leak, "PA-SPE")],
    misfit="that of PA-SPE is not printed: with what H-SSE leaves for it the leaks are equal",
)
