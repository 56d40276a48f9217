"""A symmetric lithium cell as its hot spots see it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from ceramer import laws
from ceramer.errors import InputError
from ceramer.physics.failure._bridge import burn_out_voltage
from ceramer.physics.failure._defects import Defects
from ceramer.physics.failure._growth import wagner_length
from ceramer.physics.failure._voids import creep_closure_rate

__all__ = ["BrittleLayer", "Contact", "Filament", "Lithium", "SoftLayer", "SymmetricLithiumCell"]


@dataclass(frozen=True)
class Lithium:
    """Lithium metal: molar mass [kg/mol], density [kg/m3], resistivity [ohm m], melting temperature [K], elasticity.

    `shear_modulus` [Pa], `poisson_ratio` [-] and `surface_energy` [J/m2] enter the stability of soft layers alone.
    """

    molar_mass: float
    density: float
    resistivity: float
    melting_temperature: float
    shear_modulus: float
    poisson_ratio: float
    surface_energy: float

    @property
    def volume_per_charge(self) -> float:
        """w = M/(F rho), [m3/C]."""
        return float(laws.plating_rate(1.0, self.molar_mass, self.density))

    @property
    def molar_volume(self) -> float:
        """[m3/mol]."""
        return self.molar_mass / self.density


@dataclass(frozen=True)
class BrittleLayer:
    """A ceramic that lithium must crack: it grows only where ``beta j R_i >= V_Li K_IC/(1.12 F sqrt(pi h))``.

    fracture_toughness : K_IC, [Pa m0.5]
    """

    fracture_toughness: float


@dataclass(frozen=True)
class SoftLayer:
    """A polymer that lithium may push aside: nothing grows where the Monroe-Newman parameter is below 0.

    shear_modulus : [Pa]; poisson_ratio : [-]; ion_molar_volume : V_+ = t- V_salt, [m3/mol]
    """

    shear_modulus: float
    poisson_ratio: float
    ion_molar_volume: float


@dataclass(frozen=True)
class Filament:
    """How a filament grows, heals and bridges.

    Parameters
    ----------
    irreversible_share : u of the growth of a half-cycle that stripping leaves behind, [-]
    blocked_share : b of the growth that ceramic in its way stops, [-]
    healing_rate : K of ``d(h**n)/dt = -K``: creep of lithium, flow of polymer, [m**n/s]
    healing_exponent : n, [-]
    bridge_radius : median radius of a filament that has crossed, [m]
    bridge_spread : standard deviation of its logarithm, [-]
    arc_duration : time for which a bridge that melts conducts before its gap has opened, [s]
    recession : share of the thickness that a broken bridge draws back, [-]
    """

    irreversible_share: float
    blocked_share: float
    healing_rate: float
    healing_exponent: float
    bridge_radius: float
    bridge_spread: float
    arc_duration: float
    recession: float

    def __post_init__(self) -> None:
        for name in ("irreversible_share", "blocked_share", "recession"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise InputError(f"The {name} must lie between 0 and 1, but is {getattr(self, name)!r}.")
        for name in ("healing_rate", "bridge_spread", "arc_duration"):
            if not getattr(self, name) >= 0.0:
                raise InputError(f"The {name} must be 0 or more, but is {getattr(self, name)!r}.")
        if not (self.healing_exponent > 0.0 and self.bridge_radius > 0.0):
            raise InputError("The healing exponent and the radius of a bridge must be above 0.")


@dataclass(frozen=True)
class Contact:
    """Loss of contact by stripping, and its recovery.

    Parameters
    ----------
    borne_current_density : j_s that lithium replaces while it is stripped, [A/m2]
    roughness : mean missing depth at which contact is lost, [m]
    refilled_share : of a void that plating refills by the charge it takes, [-]; the rest is closed over
    pressure : stack pressure, [Pa]
    creep_rate, creep_stress, creep_exponent : e0 [1/s], s0 [Pa], n [-] of lithium
    """

    borne_current_density: float
    roughness: float
    refilled_share: float
    pressure: float
    creep_rate: float
    creep_stress: float
    creep_exponent: float

    @property
    def closure_rate(self) -> float:
        """Rate of the depth of a void under the stack pressure, [1/s]."""
        rate = creep_closure_rate(self.pressure, self.creep_rate, self.creep_stress, self.creep_exponent)
        return float(rate) / 3.0


@dataclass(frozen=True)
class SymmetricLithiumCell:
    """Li | electrolyte | Li.

    Parameters
    ----------
    thickness : D that a filament must cross (the blocking layer), [m]
    area : of one electrode, [m2]
    ionic_conductivity : sigma of the electrolyte at the hot spot, [S/m]
    electrolyte_resistance : of the whole electrolyte, [ohm m2]
    interface_resistance : R_i of one fresh lithium interface, [ohm m2]
    film_growth : k of ``R_i(t) = R_i + sqrt(k t)``, [(ohm m2)2/s]
    electronic_conductivity : of the electrolyte, [S/m]
    temperature : [K]
    defects : one entry for each kind, the same on both interfaces
    filament, lithium, contact, layer
        What grows, of what, its contact, and what stands in its way.
    """

    thickness: float
    area: float
    ionic_conductivity: float
    electrolyte_resistance: float
    interface_resistance: float
    film_growth: float
    electronic_conductivity: float
    temperature: float
    defects: tuple[Defects, ...]
    filament: Filament
    lithium: Lithium
    contact: Contact
    layer: BrittleLayer | SoftLayer

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, float) and not (math.isfinite(value) and value >= 0.0):
                raise InputError(f"The {item.name} of a cell must be a number of 0 or more, but is {value!r}.")
        for name in ("thickness", "area", "ionic_conductivity", "interface_resistance", "temperature"):
            if not getattr(self, name) > 0.0:
                raise InputError(f"The {name} of a cell must be above 0.")
        if not self.defects:
            raise InputError("A cell without any defect has no hot spot; give at least one kind of defect.")

    def film_resistance(self, time: float) -> float:
        """Return R_i of one interface at a time [s], [ohm m2]: ``R_i + sqrt(k t)``, growth limited by diffusion."""
        return self.interface_resistance + math.sqrt(self.film_growth * time)

    def wagner_length(self, time: float = 0.0) -> float:
        """Return lambda at a time [s], [m]."""
        return float(wagner_length(self.ionic_conductivity, self.film_resistance(time)))

    @property
    def burn_out_voltage(self) -> float:
        """Voltage at which a bridge melts, [V]."""
        return float(burn_out_voltage(self.lithium.melting_temperature, self.temperature))

    def grows(self, half_width: float) -> bool:
        """Whether a bump of lithium of this half-width [m] grows at all against the layer (Monroe-Newman)."""
        if isinstance(self.layer, BrittleLayer):
            return True
        chi = laws.monroe_newman_stability(
            math.pi / (2.0 * half_width),  # a crest and a trough are two widths each
            self.lithium.shear_modulus,
            self.layer.shear_modulus,
            metal_poisson=self.lithium.poisson_ratio,
            separator_poisson=self.layer.poisson_ratio,
            surface_tension=self.lithium.surface_energy,
            metal_molar_volume=self.lithium.molar_volume,
            ion_molar_volume=self.layer.ion_molar_volume,
        )
        return float(chi) > 0.0
