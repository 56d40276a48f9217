"""The pouch of Zhang2024 by its simulated discharge: what it holds, and what that makes of it per mass and volume."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ceramer import laws
from ceramer.cell import BASES, Cell
from ceramer.library._discharge import full_cell
from ceramer.library._registry import experiment, open_prediction, predict
from ceramer.library._systems import build_cell, systems
from ceramer.provenance import Ledger

__all__ = ["simulated_pouch"]

_SAMPLES = 32
_METHOD = "porous-electrode model from the catalogue alone, electrolyte as measured whole; rate and cut-offs assumed"


def simulated_pouch(ledger: Ledger) -> Cell:
    """Return the pouch with capacity and mean voltage of its simulated discharge instead of stated ones.

    Masses are those of the layers as in the recipes; ions pass the electrolyte as it was measured whole.
    """
    window = ledger("NMC-cells.lower_cutoff_voltage"), ledger("NMC-cells.upper_cutoff_voltage")
    cell = full_cell("NCM811|PLM|Li pouch, electrolyte as measured", ledger, *window)
    current = laws.current_density_from_c_rate(
        ledger("PLM_pouch.rate"), ledger("NMC-cells.specific_capacity_1C"), cell.loading
    )
    done = cell.discharge(float(current))
    stated = build_cell(systems()["PLM pouch"].cells["pouch"], ledger)
    positive = replace(stated.positive, areal_capacity=done.capacity, mean_voltage=done.mean_voltage)
    return replace(stated, positive=positive)


predict(
    "F003-083",
    _METHOD,
    misfit="as if the printed loading were of active material; of the whole coating it would be a tenth less, and some "
    "of so thick a cathode is out of reach",
    samples=_SAMPLES,
)(lambda ledger: simulated_pouch(ledger).positive.areal_capacity)


def _by_mass(basis: str, ledger: Ledger) -> float:
    return simulated_pouch(ledger).specific_energy(basis)


def _by_volume(basis: str, ledger: Ledger) -> float:
    return simulated_pouch(ledger).energy_density(basis)


experiment("F003-084", "capacity and mean voltage of a simulated discharge")(partial(_by_mass, "foils"))
for _basis in ("active", "layers", "foils"):
    _label = f"{BASES[_basis]}; {_METHOD}"
    open_prediction(f"PLM_pouch:specific energy, {_basis}", "energy_density_gravimetric", "Wh/kg", _label, _SAMPLES)(
        partial(_by_mass, _basis)
    )
    open_prediction(f"PLM_pouch:energy density, {_basis}", "energy_density_volumetric", "Wh/L", _label, _SAMPLES)(
        partial(_by_volume, _basis)
    )
