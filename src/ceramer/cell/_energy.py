"""The bill of materials of a cell: what stands in the denominator of Wh/kg and Wh/L."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ceramer.cell._electrode import Electrode
from ceramer.cell._stack import Stack
from ceramer.errors import InputError, UnknownNameError

__all__ = ["BASES", "BillOfMaterials", "Item", "bill_of_materials", "specific_energy_elasticities"]

BASES: Final = {
    "active": "active material and lithium",
    "layers": "both electrodes and the electrolyte, no foils",
    "foils": "electrodes, electrolyte and current collectors, no packaging",
    "packaged": "everything, packaging included",
}
_ORDER: Final = {"active": 0, "layers": 1, "foils": 2, "packaged": 3}


@dataclass(frozen=True, slots=True)
class Item:
    """One line: `areal_mass` [kg/m2], `thickness` [m], and the narrowest basis that counts it."""

    name: str
    areal_mass: float
    thickness: float
    basis: str


@dataclass(frozen=True, slots=True)
class BillOfMaterials:
    """Items per area of cell. A basis counts its own items and those of every narrower basis."""

    items: tuple[Item, ...]

    def _counted(self, basis: str) -> list[Item]:
        if basis not in _ORDER:
            raise UnknownNameError("basis", basis, _ORDER)
        return [item for item in self.items if _ORDER[item.basis] <= _ORDER[basis]]

    def areal_mass(self, basis: str = "packaged") -> float:
        """Mass per area [kg/m2] on `basis`."""
        return sum(item.areal_mass for item in self._counted(basis))

    def thickness(self, basis: str = "packaged") -> float:
        """Thickness [m] on `basis`."""
        return sum(item.thickness for item in self._counted(basis))


def bill_of_materials(
    stack: Stack,
    negative: Electrode,
    positive: Electrode,
    packaging_areal_mass: float = 0.0,
    packaging_areal_thickness: float = 0.0,
) -> BillOfMaterials:
    """List what a cell is made of, per area."""
    items: list[Item] = []
    for electrode in (positive, negative):
        if electrode.type == "porous":
            binder = electrode.coating_areal_mass() - electrode.loading
            items.append(Item(electrode.material, electrode.loading, electrode.thickness, "active"))
            items.append(Item("binder and carbon", binder, 0.0, "layers"))
            items.append(Item("electrolyte in the pores", electrode.pore_areal_mass, 0.0, "layers"))
        elif electrode.type == "lithium":
            items.append(Item("lithium", electrode.coating_areal_mass(), electrode.thickness, "active"))
        else:
            items.append(Item(electrode.material, electrode.coating_areal_mass(), electrode.thickness, "foils"))
        if electrode.collector is not None:
            foil = electrode.collector
            items.append(Item(f"{foil.material} foil", foil.areal_mass(), foil.areal_thickness(), "foils"))
    items.extend(Item(layer.name, layer.areal_mass(), layer.thickness, "layers") for layer in stack.layers)
    items.append(Item("packaging", packaging_areal_mass, packaging_areal_thickness, "packaged"))
    return BillOfMaterials(tuple(item for item in items if item.areal_mass > 0.0))


def specific_energy_elasticities(bill: BillOfMaterials, basis: str = "foils") -> dict[str, float]:
    """Return by how many per cent the specific energy moves for each per cent of a quantity, the greatest first.

    ``d ln E / d ln m_k = -m_k / M`` for the mass of every item, 1 for capacity and mean voltage, and for a thicker
    positive electrode, which brings its capacity with it, ``1 - (m_active + m_binder + m_pores) / M``.

    Parameters
    ----------
    bill : BillOfMaterials
    basis : str
        Of `BASES`.

    Raises
    ------
    UnknownNameError
        For an unknown basis.
    InputError
        If the basis counts nothing.
    """
    total = bill.areal_mass(basis)
    if not total > 0.0:
        raise InputError(f"The bill of materials has nothing on the basis {basis!r}.")
    counted = [item for item in bill.items if _ORDER[item.basis] <= _ORDER[basis]]
    found: dict[str, float] = {"capacity": 1.0, "mean voltage": 1.0}
    for item in counted:
        found[f"mass of {item.name}"] = found.get(f"mass of {item.name}", 0.0) - item.areal_mass / total
    porous = {"binder and carbon", "electrolyte in the pores", *(i.name for i in bill.items[:1])}
    found["loading, with its capacity"] = 1.0 - sum(i.areal_mass for i in counted if i.name in porous) / total
    return dict(sorted(found.items(), key=lambda entry: -abs(entry[1])))
