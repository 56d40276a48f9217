"""A cell: a stack between two electrodes, with an area and a temperature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ceramer import laws, materials, units
from ceramer.cell._electrode import Electrode
from ceramer.cell._energy import BillOfMaterials, bill_of_materials
from ceramer.cell._stack import Stack
from ceramer.errors import InputError, UnknownNameError

__all__ = ["Cell"]

_METALS = {"Li": "lithium", "SS": "blocking", "Cu": "blocking"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A stack between a negative and a positive electrode.

    `area` [m2] is None where a paper does not state it (everything here is per area); `temperature` [K]. Currents are
    positive in discharge, from the negative to the positive electrode inside the electrolyte.
    """

    stack: Stack
    negative: Electrode
    positive: Electrode
    area: float | None
    temperature: float
    name: str = ""
    packaging_areal_mass: float = 0.0
    packaging_areal_thickness: float = 0.0

    @classmethod
    def symmetric(
        cls,
        electrode: str,
        stack: Stack,
        *,
        area: Any,
        temperature: Any = "25 degC",
        interface_resistance: Any = "0 ohm cm2",
        foil_thickness: Any = "250 um",
    ) -> Cell:
        """Build a symmetric cell, such as ``Cell.symmetric("Li", stack, area="1.131 cm2", temperature="30 degC")``.

        Parameters
        ----------
        electrode : str
            "Li", "SS" or "Cu".
        area, temperature, interface_resistance, foil_thickness : str
            With units; `interface_resistance` is that of one interface.
        """
        if not isinstance(stack, Stack):
            raise InputError(f"A symmetric cell is built around a Stack, not {stack!r}; pass load_stack({stack!r}).")
        if electrode not in _METALS:
            raise UnknownNameError("electrode", electrode, _METALS)
        resistance = units.to_si(interface_resistance, "area_specific_resistance", "interface_resistance")
        thickness = units.to_si(foil_thickness, "length", "foil_thickness")
        density = capacity = 0.0
        if electrode == "Li":
            lithium = materials.load("Li")
            density = lithium.density()
            capacity = float(laws.areal_capacity_of_foil(thickness, lithium.molar_mass(), density))
        side = Electrode(
            "lithium" if electrode == "Li" else "blocking",
            electrode,
            areal_capacity=capacity,
            thickness=thickness,
            density=density,
            interface_resistance=resistance,
        )
        return cls(
            stack,
            side,
            side,
            units.to_si(area, "area", "area"),
            units.to_si(temperature, "temperature", "temperature"),
            name=f"{electrode}|{stack.name}|{electrode}",
        )

    def area_specific_resistance(self, *, steady: bool = False) -> float:
        """Resistance of stack and interfaces [ohm m2]; `steady` counts the concentration gradients built up."""
        stack = self.stack.steady_resistance if steady else self.stack.area_specific_resistance
        return stack(self.temperature) + self.negative.interface_resistance + self.positive.interface_resistance

    def overpotential(self, current_density: Any, *, steady: bool = False) -> float:
        """Overpotential j R [V] at a current density ("0.5 mA/cm2" or [A/m2]), linear in the current."""
        if isinstance(current_density, str):
            current_density = units.to_si(current_density, "current_density", "current_density")
        return float(current_density) * self.area_specific_resistance(steady=steady)

    def leak_limited_coulombic_efficiency(self, current_density: float, voltage: float) -> float:
        """Coulombic efficiency left by the stack's electronic leak at `current_density` [A/m2], `voltage` [V]."""
        leak = self.stack.leak_current_density(voltage, self.temperature)
        return float(laws.leak_limited_coulombic_efficiency(leak, current_density))

    def np_ratio(self, *, counts_cathode_lithium: bool) -> float:
        """Capacity of the lithium side over that of the positive side, on the stated basis."""
        if self.positive.areal_capacity <= 0.0:
            raise InputError(f"{self.name or 'The cell'}: N/P needs a positive electrode with a capacity.")
        return float(
            laws.np_ratio(
                self.negative.areal_capacity,
                self.positive.areal_capacity,
                counts_cathode_lithium=counts_cathode_lithium,
            )
        )

    def bill_of_materials(self) -> BillOfMaterials:
        """Masses and thicknesses per area of everything in the cell."""
        return bill_of_materials(
            self.stack, self.negative, self.positive, self.packaging_areal_mass, self.packaging_areal_thickness
        )

    def specific_energy(self, basis: str = "foils") -> float:
        """Specific energy [J/kg]: areal capacity times mean voltage over the mass that `basis` of `BASES` counts."""
        energy = self.positive.areal_capacity * self.positive.mean_voltage
        return energy / self.bill_of_materials().areal_mass(basis)

    def energy_density(self, basis: str = "foils") -> float:
        """Energy per volume [J/m3] on the same bases."""
        energy = self.positive.areal_capacity * self.positive.mean_voltage
        return energy / self.bill_of_materials().thickness(basis)
