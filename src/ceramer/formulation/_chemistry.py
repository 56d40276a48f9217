"""Functional groups and lithium per formula unit."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ceramer.errors import InputError

__all__ = ["FUNCTIONAL_GROUPS", "lithium_per_formula", "molar_mass_of"]

FUNCTIONAL_GROUPS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "PEO": {"ether_oxygen": 1.0},  # -CH2-CH2-O-
        "SN": {"nitrile": 2.0},  # NC-CH2-CH2-CN
        "MTFSI": {"tethered_anion": 1.0},  # methacrylate-...-SO2-N(-)-SO2-CF3
    }
)
"""Ether oxygens, nitriles and polymerisable anions per formula unit (per repeat unit for a polymer)."""


@functools.lru_cache(maxsize=256)
def _atoms(formula: str) -> Mapping[str, float]:
    import periodictable

    try:
        return {atom.symbol: float(count) for atom, count in periodictable.formula(formula).atoms.items()}
    except Exception:  # its parser has errors of its own, none of them public
        raise InputError(f"cannot read the formula {formula!r}; write it like 'Li1.5Al0.5Ti1.5(PO4)3'.") from None


def lithium_per_formula(formula: str) -> float:
    """Return the number of lithium atoms (either isotope) in a formula.

    >>> lithium_per_formula("Li1.5Al0.5Ti1.5(PO4)3")
    1.5
    """
    return _atoms(formula).get("Li", 0.0)


@functools.lru_cache(maxsize=256)
def molar_mass_of(formula: str) -> float:
    """Return the molar mass of a formula [kg/mol].

    >>> molar_mass_of("LiC2F6NO4S2")
    0.287
    """
    import periodictable

    _atoms(formula)
    return 1e-3 * float(periodictable.formula(formula).mass)
