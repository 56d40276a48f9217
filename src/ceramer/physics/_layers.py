"""Layers, contacts and electrodes with their numbers in SI: the parts that `CellModel` puts in a row."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from ceramer.errors import InputError
from ceramer.physics._cathode import InsertionLaws, Surface
from ceramer.physics._growth import split
from ceramer.physics._transport import BinaryLaws
from ceramer.units import FARADAY

__all__ = [
    "ActiveMaterial",
    "Ceramic",
    "Contact",
    "Layer",
    "Metal",
    "MixedConductor",
    "Polymer",
    "PorousCathode",
    "TetheredPolymer",
    "TwoPhase",
    "Voids",
]


def _check(part: object, name: str, *, positive: str = "", not_negative: str = "") -> None:
    for field_name in positive.split():
        value = getattr(part, field_name)
        if not (value > 0.0 and math.isfinite(value)):
            raise InputError(
                f"{name}: {field_name} is {value:.4g}; it must be above 0: check its sign and its unit (SI here)."
            )
    for field_name in not_negative.split():
        value = getattr(part, field_name)
        if not (value >= 0.0 and math.isfinite(value)):
            raise InputError(f"{name}: {field_name} is {value:.4g}; it must be 0 or more: check its sign.")


@dataclass(frozen=True, kw_only=True)
class Layer:
    """What every layer has: thickness [m], cells of its grid and how much wider they are in its middle.

    The usual grid leaves 0.2 % in the impedance and the transients of strongly polarising polymers, less elsewhere.
    """

    kind: ClassVar[str] = ""
    name: str = "layer"
    thickness: float
    cells: int = 40
    grading: float = 32.0

    def __post_init__(self) -> None:
        _check(self, self.name, positive="thickness")
        if self.cells < 1 or self.grading < 1.0:
            raise InputError(f"{self.name}: a grid needs 1 cell or more and a grading of 1 or more.")


@dataclass(frozen=True, kw_only=True)
class Polymer(Layer):
    """Binary salt in a polymer, also one medium for a composite whose grains are apart (`binary_flux`).

    Attributes
    ----------
    conductivity : float
        Ionic, at the reference concentration [S/m].
    salt_concentration : float
        [mol/m3] of the conducting volume; also the reference of `conductivity`.
    transference_number : float
        Of lithium, 1 at most.
    salt_diffusivity : float
        [m2/s].
    thermodynamic_factor : float
        1 + dlnf/dlnc.
    conductivity_exponent : float
        n in sigma = sigma_0 (c/c_0)^n: 1 for an ideal dilute solution.
    salt_volume_fraction : float
        Part of the volume that stores salt.
    permittivity : float
        Relative; 0 leaves the displacement current out.
    laws : BinaryLaws
        Functions of c instead of these constants.
    """

    kind: ClassVar[str] = "polymer"
    conductivity: float
    salt_concentration: float
    transference_number: float
    salt_diffusivity: float
    thermodynamic_factor: float = 1.0
    conductivity_exponent: float = 1.0
    salt_volume_fraction: float = 1.0
    permittivity: float = 0.0
    laws: BinaryLaws = field(default_factory=BinaryLaws)

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(
            self,
            self.name,
            positive="conductivity salt_concentration salt_diffusivity thermodynamic_factor salt_volume_fraction",
            not_negative="permittivity",
        )
        if not self.transference_number <= 1.0:  # a concentrated polymer electrolyte may have a negative one
            raise InputError(f"{self.name}: the transference number is {self.transference_number:.4g}, above 1.")


@dataclass(frozen=True, kw_only=True)
class TetheredPolymer(Layer):
    """Polymer with anions fixed to its chains (`tethered_flux`): concentrations [mol/m3], diffusivities [m2/s]."""

    kind: ClassVar[str] = "tethered"
    anion_concentration: float
    tethered_concentration: float
    cation_diffusivity: float
    anion_diffusivity: float
    salt_volume_fraction: float = 1.0
    permittivity: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(
            self,
            self.name,
            positive="anion_concentration cation_diffusivity anion_diffusivity salt_volume_fraction",
            not_negative="tethered_concentration permittivity",
        )


@dataclass(frozen=True, kw_only=True)
class Ceramic(Layer):
    """Single-ion conductor (`ceramic_flux`), with its grain boundaries as one R || C in series (brick layer).

    `conductivity` [S/m] is the grains'; `boundary_resistance` [ohm m2] and `boundary_capacitance` [F/m2] are those of
    all boundaries of the layer, `boundary_exponent` < 1 makes a constant-phase element of the latter.
    """

    kind: ClassVar[str] = "ceramic"
    conductivity: float
    permittivity: float = 0.0
    boundary_resistance: float = 0.0
    boundary_capacitance: float = 0.0
    boundary_exponent: float = 1.0
    cells: int = 1
    grading: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(
            self,
            self.name,
            positive="conductivity boundary_exponent",
            not_negative="permittivity boundary_resistance boundary_capacitance",
        )


@dataclass(frozen=True, kw_only=True)
class TwoPhase(Polymer):
    """Polymer and ceramic that both percolate: effective properties of each while the other is blocked.

    `exchange_conductance` [S/m3] is the area of their contact per volume over its areal resistance.
    """

    kind: ClassVar[str] = "two_phase"
    ceramic_conductivity: float
    exchange_conductance: float

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self, self.name, positive="ceramic_conductivity", not_negative="exchange_conductance")


@dataclass(frozen=True, kw_only=True)
class MixedConductor(Layer):
    """Conductor of lithium ions and electrons whose lithium content varies (`mixed_flux`).

    `maximum_concentration` [mol/m3], `stoichiometry` x_0 in 0..1, `equilibrium_potential` U_0 [V] there and `slope` [V]
    of its linear part.
    """

    kind: ClassVar[str] = "mixed"
    ionic_conductivity: float
    electronic_conductivity: float
    maximum_concentration: float
    stoichiometry: float = 0.5
    equilibrium_potential: float = 0.0
    slope: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(
            self,
            self.name,
            positive="ionic_conductivity electronic_conductivity maximum_concentration",
            not_negative="slope",
        )
        if not 0.0 < self.stoichiometry < 1.0:
            raise InputError(f"{self.name}: the stoichiometry is {self.stoichiometry:.4g}, not between 0 and 1.")


@dataclass(frozen=True, kw_only=True)
class ActiveMaterial:
    """One class of particles of a porous cathode: a material and a size.

    Attributes
    ----------
    laws : InsertionLaws
    radius : float
        Of the spheres [m].
    volume_fraction : float
        Of the electrode.
    maximum_concentration : float
        Of lithium [mol/m3]; see `ceramer.laws.maximum_concentration`.
    stoichiometry : float
        At the start.
    diffusivity_factor, exchange_factor : float
        Multiply the laws: temperature, calibration.
    film_resistance : float
        [ohm m2] of the particles' surface; where the laws have a `cei_growth` it grows from here.
    film_lithium : float
        Lithium that the growing film takes out of the particle and binds [C/m2 per ohm m2].
    contact_loss : float
        1/w_r: share of its contact with what surrounds it that a particle loses per unit of stoichiometry that passes
        (`ceramer.laws.contact_kept`; two units are a full cycle), 1 at most.
    oxidation_current, oxidation_onset, tafel_slope : float
        Of the electrolyte on the particles' surface, at the first salt concentration: i_ref [A/m2] at the onset [V
        against lithium] and volts per decade. Anions are consumed, one for each electron.
    capacitance : float
        Of the double layer [F/m2] of the particles' surface.
    window : (float, float)
        Stoichiometries at the surface beyond which a run ends.
    shells : int
    shell_grading : float
        Thickness of the innermost shell over that of the outermost one.
    """

    laws: InsertionLaws
    radius: float
    volume_fraction: float
    maximum_concentration: float
    stoichiometry: float
    diffusivity_factor: float = 1.0
    exchange_factor: float = 1.0
    film_resistance: float = 0.0
    film_lithium: float = 0.0
    contact_loss: float = 0.0
    oxidation_current: float = 0.0
    oxidation_onset: float = 0.0
    tafel_slope: float = 1.0
    capacitance: float = 0.0
    window: tuple[float, float] = (0.0, 1.0)
    shells: int = 15
    shell_grading: float = 4.0
    name: str = "active material"

    def __post_init__(self) -> None:
        _check(
            self,
            self.name,
            positive="radius volume_fraction maximum_concentration diffusivity_factor exchange_factor tafel_slope",
            not_negative="film_resistance film_lithium contact_loss oxidation_current capacitance",
        )
        low, high = self.window
        if not 0.0 <= low < self.stoichiometry < high <= 1.0:
            raise InputError(
                f"{self.name}: the stoichiometry is {self.stoichiometry:.4g}; it must lie inside its window "
                f"{low:.4g}..{high:.4g}, which must lie inside 0..1."
            )
        if self.shells < 3 or self.shell_grading < 1.0:
            raise InputError(f"{self.name}: particles need 3 shells or more and a grading of 1 or more.")
        if self.laws.cei_growth is not None and self.film_resistance <= 0.0:
            raise InputError(
                f"{self.name}: a film that grows needs a film_resistance above 0 to start from; give a small one."
            )
        if self.contact_loss > 1.0:
            raise InputError(
                f"{self.name}: contact_loss is {self.contact_loss:.4g}; it is a share of the contact per unit of "
                "stoichiometry, 1 at most: divide a percentage by 100."
            )
        if self.oxidation_current > 0.0 and not (0.0 < self.oxidation_onset < 10.0 and self.tafel_slope < 1.0):
            raise InputError(
                f"{self.name}: oxidation_onset is {self.oxidation_onset:.4g} V and tafel_slope {self.tafel_slope:.4g} "
                "V per decade; an oxidation_current needs an onset in 0..10 V and a slope below 1 V: give both."
            )
        if self.laws.cei_growth is None and self.film_lithium > 0.0:
            raise InputError(
                f"{self.name}: film_lithium is given, but no film grows; give the laws a cei_growth or leave it out."
            )

    @property
    def surface(self) -> Surface:
        """What happens on the particles."""
        law, numbers = split(self.laws.cei_growth)
        laws = replace(self.laws, cei_growth=law)
        return Surface(laws, bool(self.contact_loss > 0.0), bool(self.oxidation_current > 0.0), len(numbers))

    @property
    def specific_area(self) -> float:
        """Surface per volume of electrode, ``3 eps/R`` [1/m]."""
        return 3.0 * self.volume_fraction / self.radius


@dataclass(frozen=True, kw_only=True)
class PorousCathode(Polymer):
    """Particles and carbon whose pores a polymer fills; the last layer before the collector.

    The fields of `Polymer` are those of what fills the pores, as it is in bulk.

    Attributes
    ----------
    porosity : float
        Volume fraction of the pores that the polymer fills.
    bruggeman : float
        Exponent of the tortuosity factor ``tau = porosity**(1 - bruggeman)``, where `tortuosity` is not given.
    tortuosity : float or None
        tau: the pores conduct ``porosity/tau`` times what fills them.
    electronic_conductivity : float
        Effective, of the carbon network [S/m].
    materials : tuple of ActiveMaterial
        Classes of particles.
    """

    kind: ClassVar[str] = "cathode"
    porosity: float
    electronic_conductivity: float
    materials: tuple[ActiveMaterial, ...]
    bruggeman: float = 1.5
    tortuosity: float | None = None
    grading: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self, self.name, positive="porosity electronic_conductivity", not_negative="bruggeman")
        if self.tortuosity is not None:
            _check(self, self.name, positive="tortuosity")
        if not self.materials:
            raise InputError(f"{self.name}: a cathode needs an active material.")
        solid = sum(m.volume_fraction for m in self.materials)
        if self.porosity + solid > 1.0 + 1e-9:
            raise InputError(
                f"{self.name}: pores ({self.porosity:.4g}) and active materials ({solid:.4g}) fill more than the "
                "electrode; lower a volume fraction."
            )

    @property
    def transport(self) -> float:
        """What the pores conduct over what fills them, porosity over tortuosity factor."""
        tortuosity = self.porosity ** (1.0 - self.bruggeman) if self.tortuosity is None else self.tortuosity
        return self.porosity / tortuosity

    @property
    def sites(self) -> float:
        """Charge of all lithium sites, ``F c_max eps L`` summed over the materials [C/m2]."""
        return sum(FARADAY * m.maximum_concentration * m.volume_fraction * self.thickness for m in self.materials)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Where two layers touch.

    `resistance` [ohm m2] of lithium ions; with a `capacitance` [F/m2] it is an R || C (exponent < 1: R || CPE). Two
    polymers share their salt (`partition` = c_left/c_right at equilibrium, the inverse of K) unless `blocks_salt`.
    `ceramic_resistance` is between a polymer and the percolating ceramic of a two-phase layer (infinite: blocked).
    """

    resistance: float = 0.0
    capacitance: float = 0.0
    exponent: float = 1.0
    series_resistance: float = 0.0
    partition: float = 1.0
    blocks_salt: bool = False
    ceramic_resistance: float = 0.0

    def __post_init__(self) -> None:
        _check(
            self, "A contact", positive="partition exponent", not_negative="resistance capacitance series_resistance"
        )


@dataclass(frozen=True, kw_only=True)
class Voids:
    """How stripping costs a lithium foil its contact, and how plating and creep give it back.

    Attributes
    ----------
    borne_current_density : float
        j_s that diffusion and creep of lithium replace while it is stripped [A/m2].
    roughness : float
        Mean depth of missing lithium at which 1/e of the contact is left [m].
    refilled_share : float
        Of a void that plating fills again; the rest is closed over, and only creep removes it.
    closure_rate : float
        Of the depth of a void under the stack pressure [1/s]; see `ceramer.physics.failure.creep_closure_rate`.
    volume_per_charge : float
        M/(F rho) of lithium [m3/C].
    """

    borne_current_density: float
    roughness: float
    refilled_share: float
    closure_rate: float
    volume_per_charge: float

    def __post_init__(self) -> None:
        _check(self, "Voids", positive="roughness volume_per_charge", not_negative="borne_current_density closure_rate")
        if not 0.0 <= self.refilled_share <= 1.0:
            raise InputError(f"Voids: refilled_share is {self.refilled_share:.4g}; it must lie in 0..1.")


@dataclass(frozen=True, kw_only=True)
class Metal:
    """An electrode: lithium foil (`lithium`), a blocking metal (`blocking`) or copper to plate on (`copper`).

    Attributes
    ----------
    exchange_current_density : float
        i0 against the phase that touches it [A/m2]; 0 blocks.
    ceramic_exchange_current_density : float
        The same against the ceramic of a two-phase layer.
    capacitance, exponent : float
        Double layer [F/m2], and alpha of a constant-phase element in the impedance.
    film_resistance : float
        [ohm m2]; `film_growth` k [ohm2 m4/s] makes it grow as dR/dt = k/R.
    series_resistance : float
        Of leads and contacts [ohm m2].
    inventory : float
        Lithium held [C/m2].
    stripping_reserve : float
        q_r [C/m2] of bare metal (0 for a foil).
    order : float
        Of i0 in the salt concentration.
    oxidation_current, oxidation_onset, tafel_slope : float
        i_ref [A/m2] at the onset [V against lithium] and volts per decade.
    film_law : callable or None
        dR/dt of the film [ohm m2/s] from R [ohm m2] and the current density out of the metal [A/m2] (negative:
        lithium is plated), instead of k/R.
    film_lithium : float
        Lithium that the film binds [C/m2 per ohm m2].
    dead_lithium : float
        Share of the plated lithium that is lost as dead metal.
    voids : Voids or None
        Loss of contact by stripping: kinetics and film have the share of the surface that is left.
    """

    name: str = "lithium"
    exchange_current_density: float = 0.0
    ceramic_exchange_current_density: float = 0.0
    alpha_a: float = 0.5
    alpha_c: float = 0.5
    order: float = 0.0
    capacitance: float = 0.0
    exponent: float = 1.0
    film_resistance: float = 0.0
    film_growth: float = 0.0
    series_resistance: float = 0.0
    inventory: float = 0.0
    stripping_reserve: float = 0.0
    nucleation_overpotential: float = 0.0
    nucleation_charge: float = 1.0
    oxidation_current: float = 0.0
    oxidation_onset: float = 0.0
    tafel_slope: float = 1.0
    electronic_conductance: float = 1e8
    film_law: Callable[[Any, Any], Any] | None = None
    film_lithium: float = 0.0
    dead_lithium: float = 0.0
    voids: Voids | None = None

    def __post_init__(self) -> None:
        _check(
            self,
            f"The electrode {self.name}",
            positive="alpha_a alpha_c exponent nucleation_charge tafel_slope electronic_conductance",
            not_negative="exchange_current_density ceramic_exchange_current_density capacitance film_resistance "
            "film_lithium dead_lithium film_growth series_resistance inventory stripping_reserve "
            "nucleation_overpotential oxidation_current",
        )
        if self.dead_lithium > 1.0:
            raise InputError(
                f"The electrode {self.name}: dead_lithium is {self.dead_lithium:.4g}; it is a share of what is plated, "
                "1 at most: divide a percentage by 100."
            )
        if self.film_growth > 0.0 and self.film_resistance <= 0.0:
            raise InputError(
                f"The electrode {self.name}: a film that grows needs a film_resistance above 0 to start from; "
                "give a small one."
            )

    @property
    def ages(self) -> bool:
        """Whether it loses lithium or contact, or its film grows by a law of its own."""
        loses = self.film_lithium > 0.0 or self.dead_lithium > 0.0
        return self.film_law is not None or loses or self.voids is not None

    @property
    def holds_lithium(self) -> bool:
        """Whether lithium can be plated on it or stripped from it."""
        return self.exchange_current_density > 0.0 or self.ceramic_exchange_current_density > 0.0

    @classmethod
    def lithium(cls, exchange_current_density: float, inventory: float, **more: float | str) -> Metal:
        """Return a lithium foil."""
        return cls(
            name=str(more.pop("name", "lithium")),
            exchange_current_density=exchange_current_density,
            inventory=inventory,
            **more,  # type: ignore[arg-type]
        )

    @classmethod
    def blocking(cls, capacitance: float = 0.1, **more: float | str) -> Metal:
        """Return a metal that no ion crosses: a double layer, and oxidation of the electrolyte where it is given."""
        values: dict[str, float | str] = {"name": "blocking", "stripping_reserve": 1.0, **more}
        return cls(capacitance=capacitance, **values)  # type: ignore[arg-type]

    @classmethod
    def collector(cls, series_resistance: float = 0.0) -> Metal:
        """Return the metal behind a porous cathode: it carries electrons only."""
        return cls(name="collector", series_resistance=series_resistance)

    @classmethod
    def copper(cls, exchange_current_density: float, **more: float | str) -> Metal:
        """Return a bare metal on which lithium nucleates and from which it is stripped until none is left."""
        values: dict[str, float | str] = {"name": "copper", "stripping_reserve": 0.1, **more}
        return cls(exchange_current_density=exchange_current_density, **values)  # type: ignore[arg-type]
