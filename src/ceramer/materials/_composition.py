"""Conductivity of a plasticised polymer electrolyte from its composition (a prior, not a fit)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ceramer import laws
from ceramer.errors import InputError
from ceramer.materials._material import Material

__all__ = ["CompositionPolymer", "fox_glass_transition"]


def fox_glass_transition(mass_fractions: Sequence[float], glass_transitions: Sequence[float]) -> float:
    """Return the glass transition of a mixture after Fox, ``1/Tg = sum_i w_i / Tg_i``.

    Parameters
    ----------
    mass_fractions : w_i, [1], each 0 or more, summing to 1 (within 1e-6)
    glass_transitions : Tg_i, [K], above 0

    Returns
    -------
    Tg, [K]

    Raises
    ------
    InputError
        If the lengths differ, a fraction is negative, the sum is not 1 or a temperature is not above 0.

    References
    ----------
    .. [1] T. G. Fox, Bull. Am. Phys. Soc. 1, 123 (1956)

    Examples
    --------
    >>> fox_glass_transition([0.5, 0.5], [200.0, 300.0])
    240.0
    """
    if len(mass_fractions) != len(glass_transitions):
        raise InputError(
            f"{len(mass_fractions)} mass fractions do not fit {len(glass_transitions)} glass transitions; pair them."
        )
    if min(glass_transitions) <= 0.0:
        raise InputError("A glass transition is not above 0 K; pass kelvin, such as 213.15 for -60 degC.")
    if min(mass_fractions) < 0.0 or abs(sum(mass_fractions) - 1.0) > 1e-6:
        raise InputError(f"The mass fractions {list(mass_fractions)} must be 0 or more and sum to 1.")
    return 1.0 / sum(w / tg for w, tg in zip(mass_fractions, glass_transitions, strict=True))


@dataclass(frozen=True, slots=True)
class CompositionPolymer:
    r"""Ionic conductivity of polymer : plasticiser : salt at any composition.

    .. math::
        \sigma = A\, w_s\, \alpha \exp\left(-\frac{B}{T - (T_g - \Delta)}\right),\qquad
        \frac{1}{T_g} = \sum_i \frac{w_i}{T_{g,i}},\qquad
        \frac{w_s \alpha^2}{1 - \alpha} = K_0\, e^{\beta w_p}

    Free volume (Vogel-Tammann-Fulcher about the Fox glass transition) times the free share alpha of the salt: ion pairs
    in mass-action equilibrium, dissolved by the polar plasticiser. More salt gives more carriers but a higher Tg, so
    sigma has a maximum inside the triangle.

    Valid above Tg for one amorphous phase: no crystals of salt or plasticiser, no phase separation. The coefficients of
    ``CompositionPolymer.from_material(load("MEMA-SN"))`` are committed ranges: a prior.

    Attributes
    ----------
    prefactor : A, [S/m] per unit mass fraction of free salt
    b : B, [K]
    t0_below_glass_transition : Delta, [K]
    dissociation_constant : K_0, [1] (mass fraction)
    dissociation_plasticiser_exponent : beta, [1]
    polymer_glass_transition, plasticiser_glass_transition, salt_glass_transition : Tg_i, [K]

    References
    ----------
    .. [1] G. S. Fulcher, J. Am. Ceram. Soc. 8, 339 (1925), doi:10.1111/j.1151-2916.1925.tb16731.x
    """

    prefactor: float
    b: float
    t0_below_glass_transition: float
    dissociation_constant: float
    dissociation_plasticiser_exponent: float
    polymer_glass_transition: float
    plasticiser_glass_transition: float
    salt_glass_transition: float

    @classmethod
    def from_material(cls, material: Material) -> CompositionPolymer:
        """Read the eight coefficients of `material` (through its ledger)."""
        return cls(
            prefactor=material.get("conductivity_prefactor"),
            b=material.get("vtf_b"),
            t0_below_glass_transition=material.get("t0_below_glass_transition"),
            dissociation_constant=material.get("dissociation_constant"),
            dissociation_plasticiser_exponent=material.get("dissociation_plasticiser_exponent"),
            polymer_glass_transition=material.get("polymer_glass_transition_temperature"),
            plasticiser_glass_transition=material.get("plasticiser_glass_transition_temperature"),
            salt_glass_transition=material.get("salt_glass_transition_temperature"),
        )

    def glass_transition(self, plasticiser: float, salt: float) -> float:
        """Return Tg [K] at mass fractions `plasticiser` and `salt` [1]; the rest is polymer."""
        return fox_glass_transition(
            _triangle(plasticiser, salt),
            (self.polymer_glass_transition, self.plasticiser_glass_transition, self.salt_glass_transition),
        )

    def dissociated(self, plasticiser: float, salt: float) -> float:
        """Return the free share alpha of the salt [1] at mass fractions `plasticiser` and `salt` [1]."""
        _triangle(plasticiser, salt)
        constant = self.dissociation_constant * math.exp(self.dissociation_plasticiser_exponent * plasticiser)
        return 2.0 / (1.0 + math.sqrt(1.0 + 4.0 * salt / constant))

    def ionic_conductivity(self, temperature: float, plasticiser: float, salt: float) -> float:
        """Return sigma [S/m] at `temperature` [K] and mass fractions `plasticiser` and `salt` [1].

        Raises
        ------
        InputError
            If the fractions leave the triangle or the temperature is not above Tg.
        """
        glass = self.glass_transition(plasticiser, salt)
        if temperature <= glass:
            raise InputError(
                f"The composition is a glass at {temperature:.4g} K; ask for its conductivity above Tg = {glass:.4g} K."
            )
        carriers = salt * self.dissociated(plasticiser, salt)
        t0 = glass - self.t0_below_glass_transition
        return float(laws.vtf(temperature, self.prefactor * carriers, self.b, t0))


def _triangle(plasticiser: float, salt: float) -> tuple[float, float, float]:
    if not (plasticiser >= 0.0 and salt >= 0.0 and plasticiser + salt <= 1.0 + 1e-9):
        raise InputError(
            f"The mass fractions of plasticiser ({plasticiser:g}) and salt ({salt:g}) must be 0 or more and at most 1 "
            "in all."
        )
    return max(1.0 - plasticiser - salt, 0.0), plasticiser, salt
