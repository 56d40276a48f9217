"""One material: who it is, and its properties read through a ledger."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ceramer import laws, units
from ceramer.errors import InputError, UnknownNameError, nearest
from ceramer.materials._catalogue import PROPERTIES, catalogue, dimension_of, entry
from ceramer.provenance import Book, Datum, Ledger, Source

__all__ = ["ROLES", "Material", "load"]

ROLES: Final = (
    "ceramic polymer salt monomer plasticiser additive initiator metal active_material binder carbon inert solvent film"
).split()
_USED_AS_IT_IS: Final = 10.0
"""A value without a temperature law serves this far from its temperature [K]."""
_REFERENCE_TEMPERATURE: Final = 298.15


@dataclass(frozen=True, slots=True)
class Material:
    """A material bound to a ledger: every property asked for is noted there under "name.property".

    Attributes
    ----------
    name, title : str
    role : str
        One of `ROLES`.
    formula : str or None
        Chemical formula (repeat unit of a polymer), from which molar masses are computed.
    ledger : provenance.Ledger
    """

    name: str
    title: str
    role: str
    formula: str | None
    ledger: Ledger = field(repr=False)

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise UnknownNameError("role of a material", self.role, ROLES)
        if self.formula is not None:
            _mass(self.formula, self.name)

    @classmethod
    def from_properties(
        cls,
        name: str,
        properties: Mapping[str, Datum | str | float],
        *,
        role: str = "inert",
        formula: str | None = None,
        title: str = "",
        temperature: float = _REFERENCE_TEMPERATURE,
        source: str = "user",
        ledger: Ledger | None = None,
    ) -> Material:
        """Make a material from your own numbers.

        Parameters
        ----------
        name : str
            Prefix of the ids ("mine" gives "mine.density").
        properties : mapping
            Property of `PROPERTIES` -> text with unit ("2.9(1) g/cm3"), a bare number (dimensionless properties), or
            a `Datum` (taken with its uncertainty, range and temperature).
        role, formula, title : str
        temperature : float
            Temperature of the values given as text, [K] (default 298.15 K).
        source : str
            Where the values come from.
        ledger : provenance.Ledger, optional
            One whose book already holds these data; a fresh ledger on a book of its own when left out.

        Raises
        ------
        InputError
            Unknown property, wrong dimension or missing unit, in one sentence.

        Examples
        --------
        >>> mine = Material.from_properties("mine", {"density": "2.9 g/cm3", "ionic_conductivity": "0.3 mS/cm"})
        >>> mine.density(), mine.ionic_conductivity(300.0)
        (2900.0, 0.03)
        """
        if ledger is None:
            data = [_datum(name, key, given, temperature, source) for key, given in properties.items()]
            keys = {datum.source for datum in data}
            ledger = Book(data, [Source(key, f"given with the material {name}") for key in sorted(keys)]).ledger()
        return cls(name, title or name, role, formula, ledger)

    def has(self, name: str) -> bool:
        """Whether the material has the property `name` ("density", or "ionic_conductivity@Hu" for another value)."""
        dimension_of(name.partition("@")[0])
        return f"{self.name}.{name}" in self.ledger

    def get(self, name: str) -> float:
        """Return the property `name` in SI units and note that it was read.

        Raises
        ------
        InputError
            If the property is unknown, or this material has none.
        """
        if not self.has(name):
            example = units.DIMENSIONS[PROPERTIES[name.partition("@")[0]]].example
            prefix = f"{self.name}."
            own = [key.removeprefix(prefix) for key in self.ledger.book if key.startswith(prefix)]
            near = nearest(name, own, count=1)
            hint = f" (it has {near[0]})" if near else ""
            raise InputError(
                f"The material {self.name} has no {name}{hint}; give it, as in {name} = {example.split(' or ')[0]!r}."
            )
        return self.ledger(f"{self.name}.{name}")

    def molar_mass(self) -> float:
        """Return the molar mass [kg/mol]: the catalogue's value where there is one, else from the formula."""
        if self.has("molar_mass"):
            return self.get("molar_mass")
        if self.formula is None:
            raise InputError(
                f"The material {self.name} has neither a formula nor a molar_mass; give molar_mass = '287.08 g/mol'."
            )
        return _mass(self.formula, self.name)

    def density(self) -> float:
        """Return the density [kg/m3] at the temperature the catalogue gives."""
        return self.get("density")

    def theoretical_capacity(self) -> float:
        """Return ``n F / M`` [C/kg] for the n electrons per formula that the catalogue states."""
        return self.get("electrons_per_formula") * units.FARADAY / self.molar_mass()

    def maximum_concentration(self) -> float:
        """Return ``n rho/M`` [mol/m3], the lithium of the full crystal by which a stoichiometry counts."""
        sites = self.get("electrons_per_formula")
        return float(laws.maximum_concentration(self.density(), self.molar_mass(), sites))

    def insertion_rate_constant(self, temperature: float) -> float:
        """Return k [m2.5/mol0.5/s] of `laws.insertion_exchange_current` at `temperature` [K].

        The catalogue's exchange current density is that of the half full material beside 1 mol/L.
        """
        half_full = laws.insertion_exchange_current(1.0, 1000.0, 0.5, 1.0) * self.maximum_concentration()
        return float(self.at("exchange_current_density", temperature) / half_full)

    def ionic_conductivity(self, temperature: float) -> float:
        """Return the ionic conductivity [S/m] at `temperature` [K]; see `at`."""
        return self.at("ionic_conductivity", temperature)

    def electronic_conductivity(self, temperature: float) -> float:
        """Return the electronic conductivity [S/m] at `temperature` [K]; see `at`."""
        return self.at("electronic_conductivity", temperature)

    def at(self, name: str, temperature: float) -> float:
        """Return a conductivity [S/m], diffusivity or other property of `PROPERTIES` in SI units at `temperature` [K].

        The law is the one the data allow: ``vtf_prefactor``, ``vtf_b``, ``vtf_t0`` (ionic conductivity, between
        ``vtf_temperature_low`` and ``_high`` where given); else the value at its own temperature with
        ``<name>_activation_energy`` (Arrhenius, form sigma); else the value as it is within 10 K of its temperature.

        Raises
        ------
        InputError
            If the property is missing, or no law reaches `temperature`.
        """
        if not (math.isfinite(temperature) and temperature > 0.0):
            raise InputError(f"The temperature must be in kelvin above 0, not {temperature!r}; 30 degC is 303.15.")
        if not self.has(name) and name == "ionic_conductivity" and self.has("vtf_prefactor"):
            return self._vtf(temperature)
        value = self.get(name)
        reference = self.ledger.book[f"{self.name}.{name}"].temperature
        law = f"{name}_activation_energy"
        if law in PROPERTIES and reference is not None and self.has(law):
            return float(laws.rescale_arrhenius(value, reference, temperature, self.get(law), form="sigma"))
        if value == 0.0 or reference is None or abs(temperature - reference) <= _USED_AS_IT_IS:
            return value
        raise InputError(
            f"The {name} of {self.name} is known at {reference:.2f} K only and was asked at {temperature:.2f} K; "
            f"give {law} = '0.3 eV'."
        )

    def _vtf(self, temperature: float) -> float:
        for bound, sign, side in (("vtf_temperature_low", -1.0, "above"), ("vtf_temperature_high", 1.0, "below")):
            if self.has(bound) and (temperature - self.get(bound)) * sign > 1e-9:
                raise InputError(
                    f"The VTF law of {self.name} holds {side} {self.get(bound):.2f} K ({bound}), not at "
                    f"{temperature:.2f} K; give ionic_conductivity and its activation energy there."
                )
        return float(laws.vtf(temperature, self.get("vtf_prefactor"), self.get("vtf_b"), self.get("vtf_t0")))


def load(name: str, ledger: Ledger | None = None) -> Material:
    """Return the catalogue's material `name` (or one of its other names), bound to `ledger`.

    Parameters
    ----------
    name : str
        "LATP", "LLZT" (another name of LLZTO), ...
    ledger : provenance.Ledger, optional
        One whose book holds the catalogue; a fresh one on the catalogue when left out.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    item = entry(name)
    return Material(item.name, item.title, item.role, item.formula, catalogue().ledger() if ledger is None else ledger)


@functools.lru_cache(maxsize=256)
def _mass(formula: str, name: str) -> float:
    """Molar mass [kg/mol] of a chemical formula."""
    import periodictable

    try:
        mass = float(periodictable.formula(formula).mass)
    except Exception:  # the parser of periodictable raises its own kinds, which are not public
        mass = math.nan
    if not (math.isfinite(mass) and mass > 0.0):
        raise InputError(f"The material {name}: {formula!r} is not a chemical formula; write it like 'Li4Ti5O12'.")
    return mass * 1e-3


def _datum(name: str, key: str, given: Datum | str | float, temperature: float, source: str) -> Datum:
    dimension = dimension_of(key)
    if isinstance(given, Datum):
        return Datum(
            id=f"{name}.{key}",
            quantity=key,
            value=given.value,
            unit=given.unit,
            source=given.source,
            standard_uncertainty=given.standard_uncertainty,
            low=given.low,
            high=given.high,
            assumed=given.assumed,
            temperature=given.temperature,
            note=given.note,
        )
    value = units.parse(given, dimension, f"{key} of {name}")
    return Datum(
        id=f"{name}.{key}",
        quantity=key,
        value=value.value,
        unit=units.DIMENSIONS[dimension].si,
        source=source,
        standard_uncertainty=value.standard_uncertainty,
        temperature=temperature,
    )
