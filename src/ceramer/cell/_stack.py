"""Layers, the interfaces between them, and the stack they make."""

from __future__ import annotations

from dataclasses import dataclass

from ceramer import laws
from ceramer.errors import InputError
from ceramer.microstructure import Medium

__all__ = ["Interface", "Layer", "Stack"]


@dataclass(frozen=True, slots=True)
class Layer:
    """A sheet of one medium: `thickness` [m]."""

    name: str
    thickness: float
    medium: Medium

    def __post_init__(self) -> None:
        if not self.thickness > 0.0:
            raise InputError(f"The thickness of layer {self.name} is {self.thickness} m; it must be positive.")

    def area_specific_resistance(self, temperature: float) -> float:
        """Ionic resistance L/sigma [ohm m2] at `temperature` [K]."""
        return self.thickness / self.medium.ionic_conductivity(temperature)

    def areal_mass(self) -> float:
        """Mass per area [kg/m2]."""
        return self.thickness * self.medium.density()


@dataclass(frozen=True, slots=True)
class Interface:
    """A contact between two layers with an areal resistance [ohm m2] (0: continuous).

    `capacitance` [F/m2] lies beside the resistance; `blocks_salt` keeps the salts of two polymers apart.
    """

    between: tuple[str, str]
    area_specific_resistance: float = 0.0
    capacitance: float = 0.0
    blocks_salt: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """Layers in order, from the negative to the positive electrode.

    The equations are those of resistances in series: what is printed as the conductivity of a stack is
    sigma = L / sum(L_k/sigma_k + R_k), a property of these thicknesses and not of a material.
    """

    name: str
    layers: tuple[Layer, ...]
    interfaces: tuple[Interface, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        if not self.layers:
            raise InputError(f"The stack {self.name} has no layers.")

    @property
    def thickness(self) -> float:
        """Total thickness [m]."""
        return sum(layer.thickness for layer in self.layers)

    def area_specific_resistance(self, temperature: float) -> float:
        """Ionic resistance of layers and interfaces [ohm m2] at `temperature` [K]."""
        return float(
            laws.series_area_specific_resistance(
                [layer.thickness for layer in self.layers],
                [layer.medium.ionic_conductivity(temperature) for layer in self.layers],
                [interface.area_specific_resistance for interface in self.interfaces],
            )
        )

    def ionic_conductivity(self, temperature: float) -> float:
        """Through-plane ionic conductivity L/R [S/m] at `temperature` [K]."""
        return self.thickness / self.area_specific_resistance(temperature)

    def electronic_conductivity(self, temperature: float) -> float:
        """Through-plane electronic conductivity [S/m]: the layers in series."""
        return float(
            laws.series_conductivity(
                [layer.thickness for layer in self.layers],
                [layer.medium.electronic_conductivity(temperature) for layer in self.layers],
            )
        )

    def steady_resistance(self, temperature: float) -> float:
        """Resistance between lithium electrodes at steady state [ohm m2]: each layer's L/(sigma f), f its I_ss/I_0."""
        return sum(
            layer.area_specific_resistance(temperature) / layer.medium.current_fraction(temperature)
            for layer in self.layers
        ) + sum(interface.area_specific_resistance for interface in self.interfaces)

    def areal_mass(self) -> float:
        """Mass per area [kg/m2]."""
        return sum(layer.areal_mass() for layer in self.layers)

    def leak_current_density(self, voltage: float, temperature: float) -> float:
        """Electronic leak sigma_e V / L [A/m2]."""
        return float(laws.leak_current_density(self.electronic_conductivity(temperature), voltage, self.thickness))
