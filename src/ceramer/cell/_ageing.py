"""How an electrode ages: films that grow, contact and material that are lost. Nothing has a default value."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from ceramer.errors import InputError

__all__ = ["Ageing", "FilmGrowth", "InterphaseGrowth", "VoidGrowth"]


def _check(part: object, what: str, *, positive: str = "", not_negative: str = "", share: str = "") -> None:
    for name in f"{positive} {not_negative} {share}".split():
        value = getattr(part, name)
        least = "above 0" if name in positive.split() else "0 or more"
        good = math.isfinite(value) and (value > 0.0 if least == "above 0" else value >= 0.0)
        if name in share.split() and good and value > 1.0:
            good, least = False, "between 0 and 1"
        if not good:
            raise InputError(f"{what}: {name} is {value:.4g}; it must be {least}.")


@dataclass(frozen=True, slots=True)
class FilmGrowth:
    """A film fed by diffusion through it, made by a reaction under it (`ceramer.laws.film_growth_mixed`).

    Attributes
    ----------
    conductivity : float
        Of the film [S/m]: its resistance is its thickness over this.
    molar_volume : float
        Film per mole of what reacts [m3/mol].
    lithium : float
        Lithium that each mole of what reacts binds [-].
    rate_constant : float
        Of the reaction [m/s].
    diffusivity, concentration : float
        Of what reacts, in the film [m2/s] and outside it [mol/m3].
    """

    conductivity: float
    molar_volume: float
    lithium: float
    rate_constant: float
    diffusivity: float
    concentration: float

    def __post_init__(self) -> None:
        _check(
            self,
            "A growing film",
            positive="conductivity molar_volume diffusivity",
            not_negative="lithium rate_constant concentration",
        )


@dataclass(frozen=True, slots=True)
class InterphaseGrowth:
    """A ceramic that lithium reduces to a conductor of ions and electrons (`ceramer.laws.interphase_growth`).

    Attributes
    ----------
    ionic_conductivity, electronic_conductivity : float
        Of the interphase [S/m].
    voltage : float
        Between lithium and the potential at which the ceramic is reduced [V].
    molar_volume : float
        Interphase per formula unit of the ceramic [m3/mol].
    lithium : float
        Lithium that each formula unit takes up [-].
    """

    ionic_conductivity: float
    electronic_conductivity: float
    voltage: float
    molar_volume: float
    lithium: float

    def __post_init__(self) -> None:
        _check(
            self,
            "A growing interphase",
            positive="ionic_conductivity molar_volume lithium",
            not_negative="electronic_conductivity voltage",
        )


@dataclass(frozen=True, slots=True)
class VoidGrowth:
    """Voids that stripping leaves under lithium (`ceramer.laws.void_opening_rate`).

    Attributes
    ----------
    borne_current_density : float
        Stripping that diffusion and creep of lithium replace [A/m2].
    roughness : float
        Mean depth of missing lithium that leaves 1/e of the contact [m].
    refilled_share : float
        Share of a void that plating fills again [-]; the rest is closed over.
    closure_rate : float
        Of the depth of a void, by creep under the stack pressure [1/s].
    """

    borne_current_density: float
    roughness: float
    refilled_share: float
    closure_rate: float

    def __post_init__(self) -> None:
        _check(
            self,
            "Voids",
            positive="roughness",
            not_negative="borne_current_density closure_rate",
            share="refilled_share",
        )


_HAS = {
    "lithium": ("film", "interphase", "dead_lithium", "voids"),
    "plating": ("film", "interphase", "dead_lithium"),
    "porous": ("film", "contact_loss", "active_material_loss"),
    "blocking": (),
}
"""What can age, by the type of the electrode."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """How an electrode ages; what is left out does not.

    Attributes
    ----------
    film : FilmGrowth or None
        On lithium, or on the particles of a porous electrode.
    interphase : InterphaseGrowth or None
        Between lithium and the ceramic that touches it, instead of a film.
    dead_lithium : float
        Share of the plated lithium that is lost as dead metal.
    voids : VoidGrowth or None
        Under lithium that is stripped.
    contact_loss : float
        Share of the particles' contact that is lost per unit of stoichiometry that passes.
    active_material_loss : float
        Share of the active material that drops out in each cycle.
    """

    film: FilmGrowth | None = None
    interphase: InterphaseGrowth | None = None
    dead_lithium: float = 0.0
    voids: VoidGrowth | None = None
    contact_loss: float = 0.0
    active_material_loss: float = 0.0

    def __post_init__(self) -> None:
        _check(self, "Ageing", not_negative="contact_loss", share="dead_lithium active_material_loss")
        if self.film is not None and self.interphase is not None:
            raise InputError("Ageing: give a film or an interphase, not both: one layer grows on an electrode.")

    @property
    def given(self) -> tuple[str, ...]:
        """Names of the mechanisms that are at work."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name))

    def check(self, type_: str, material: str, film_resistance: float) -> None:
        """Refuse what an electrode of this type cannot have, and a film that grows from nothing."""
        known = _HAS[type_]
        for name in self.given:
            if name not in known:
                have = f"such an electrode ages by {', '.join(known)}" if known else "such an electrode does not age"
                raise InputError(f"The {type_} electrode {material} cannot have ageing.{name}; {have}.")
        if (self.film or self.interphase) and not film_resistance > 0.0:
            raise InputError(
                f"The electrode {material} has a film that grows, and nothing to grow from; give film_resistance, "
                "such as '1 ohm cm2' for a thin one."
            )
