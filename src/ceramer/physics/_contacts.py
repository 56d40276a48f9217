"""What happens where two layers touch: one small law each.

A contact is a node of its own between the surface nodes of its neighbours; the currents through it are its unknowns.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer.numerics.chain import FaceKind, NodeKind, Unknown
from ceramer.units import FARADAY

__all__ = [
    "CONTACT",
    "CURRENT",
    "JUNCTION",
    "contact_source",
    "from_contact",
    "from_junction",
    "junction_source",
    "to_contact",
    "to_junction",
]

Number = Any
CURRENT = Unknown("current", 1.0)
"""Current density through a contact or a metal [A/m2]."""

# --- contacts that only lithium ions cross ---------------------------------------------------------------------------


def contact_source(
    drop: Number, i: Number, charge_transfer_resistance: Number, series_resistance: Number
) -> tuple[Number, Number]:
    """Return the rows of R || C in series with R_s: ``R C dv/dt = R i - v``, ``phi_l - phi_r = v + R_s i``."""
    return charge_transfer_resistance * i - drop, -drop - series_resistance * i


CONTACT = NodeKind(
    "contact",
    (Unknown("drop", 0.1), CURRENT),
    ("charge_transfer_resistance", "series_resistance"),
    contact_source,
)
"""A contact that anions do not cross: potential drop and current density."""


def _contact_faces(name: str, potential: int, *, shares: bool) -> tuple[FaceKind, FaceKind]:
    """Return the faces phase -> contact and contact -> phase.

    With `shares` they add ``share i/F`` to row 0: to salt the share that its flux leaves out (see
    `ceramer.physics._transport`), to a mixed conductor all lithium.
    """

    def into(phi: Number, i: Number) -> tuple[Number, ...]:
        return i, phi

    def out(i: Number, phi: Number) -> tuple[Number, ...]:
        return i, phi

    def into_sharing(phi: Number, i: Number, share: Number) -> tuple[Number, ...]:
        return i, phi, share * i / FARADAY

    def out_sharing(i: Number, phi: Number, share: Number) -> tuple[Number, ...]:
        return i, phi, share * i / FARADAY

    left_rows: tuple[tuple[int | None, int | None], ...] = ((potential, None), (None, 1))
    right_rows: tuple[tuple[int | None, int | None], ...] = ((None, potential), (1, None))
    if not shares:
        return (
            FaceKind(f"{name}_to_contact", (potential,), (1,), (), into, left_rows),
            FaceKind(f"{name}_from_contact", (1,), (potential,), (), out, right_rows),
        )
    return (
        FaceKind(f"{name}_to_contact", (potential,), (1,), ("share",), into_sharing, (*left_rows, (0, None))),
        FaceKind(f"{name}_from_contact", (1,), (potential,), ("share",), out_sharing, (*right_rows, (None, 0))),
    )


_POLYMER_CONTACT = _contact_faces("polymer", 1, shares=True)
_CERAMIC_CONTACT = _contact_faces("ceramic", 0, shares=False)
_MIXED_CONTACT = _contact_faces("mixed", 1, shares=True)

to_contact = {
    "polymer": _POLYMER_CONTACT[0],
    "tethered": _POLYMER_CONTACT[0],
    "ceramic": _CERAMIC_CONTACT[0],
    "mixed": _MIXED_CONTACT[0],
    "cathode": _POLYMER_CONTACT[0],
}
from_contact = {
    "polymer": _POLYMER_CONTACT[1],
    "tethered": _POLYMER_CONTACT[1],
    "ceramic": _CERAMIC_CONTACT[1],
    "mixed": _MIXED_CONTACT[1],
    "cathode": _POLYMER_CONTACT[1],
}

# --- contacts that salt crosses: two polymers ------------------------------------------------------------------------


_SALT_TRANSFER = 1.0  # m/s: salt crosses a contact so fast that 10 A/m2 cost 1e-4 mol/m3


def junction_source(n: Number, i: Number, ceramic_i: Number, resistance: Number, ceramic_resistance: Number) -> Any:
    """Return the rows of ``n = k (K a_l - a_r)``, ``phi_l - phi_r = R (i - i_c)``, ``phi_c - phi = R_c i_c``.

    i is all that crosses, so that both sides see one number, however small R_c is.

    a is the mean ionic activity of the salt; k = 1 m/s is equilibrium as good as exactly, also from any start.
    """
    return -n / _SALT_TRANSFER, -resistance * (i - ceramic_i), -ceramic_resistance * ceramic_i


JUNCTION = NodeKind(
    "junction",
    (Unknown("anion_flux", 1e3), CURRENT, Unknown("ceramic_current", 1.0)),
    ("resistance", "ceramic_resistance"),
    junction_source,
)
"""A contact that salt crosses: anion flux, all current, the part of it out of or into a ceramic skeleton."""


def _salt(c: Number, tethered: Number) -> Number:
    """Mean ionic activity of the salt, sqrt(c+ c-): equal on both sides up to the partition coefficient."""
    return np.sqrt(c * (c + tethered))


def _into_junction(
    c: Number, phi: Number, n: Number, i: Number, i_c: Number, weight: Number, tethered: Number, share: Number
) -> Any:
    """Polymer | junction: all current enters through the polymer; a ceramic beyond it sees the same potential."""
    return n + share * i / FARADAY, i, weight * _salt(c, tethered), phi, phi


def _out_of_junction(
    n: Number, i: Number, i_c: Number, c: Number, phi: Number, weight: Number, tethered: Number, share: Number
) -> Any:
    return n + share * i / FARADAY, i, weight * _salt(c, tethered), phi, phi


def _two_into_junction(
    c: Number, phi: Number, phi_c: Number, n: Number, i: Number, i_c: Number, weight: Number, tethered: Number,
    share: Number,
) -> Any:  # fmt: skip
    """Two skeletons | junction: the current of both, and that of the ceramic."""
    return n + share * i / FARADAY, i, i_c, weight * _salt(c, tethered), phi, phi_c


def _two_out_of_junction(
    n: Number, i: Number, i_c: Number, c: Number, phi: Number, phi_c: Number, weight: Number, tethered: Number,
    share: Number,
) -> Any:  # fmt: skip
    return n + share * i / FARADAY, i, i_c, weight * _salt(c, tethered), phi, phi_c


_WEIGHTS = ("weight", "tethered", "anion_share")
_JUNCTION_IN = FaceKind(
    "polymer_to_junction",
    (0, 1),
    (0, 1, 2),
    _WEIGHTS,
    _into_junction,
    ((0, None), (1, None), (None, 0), (None, 1), (None, 2)),
)
_JUNCTION_OUT = FaceKind(
    "polymer_from_junction",
    (0, 1, 2),
    (0, 1),
    _WEIGHTS,
    _out_of_junction,
    ((None, 0), (None, 1), (0, None), (1, None), (2, None)),
)
_TWO_IN = FaceKind(
    "two_phase_to_junction",
    (0, 1, 2),
    (0, 1, 2),
    _WEIGHTS,
    _two_into_junction,
    ((0, None), (1, None), (2, None), (None, 0), (None, 1), (None, 2)),
)
_TWO_OUT = FaceKind(
    "two_phase_from_junction",
    (0, 1, 2),
    (0, 1, 2),
    _WEIGHTS,
    _two_out_of_junction,
    ((None, 0), (None, 1), (None, 2), (0, None), (1, None), (2, None)),
)
to_junction = {"polymer": _JUNCTION_IN, "tethered": _JUNCTION_IN, "two_phase": _TWO_IN, "cathode": _JUNCTION_IN}
from_junction = {"polymer": _JUNCTION_OUT, "tethered": _JUNCTION_OUT, "two_phase": _TWO_OUT, "cathode": _JUNCTION_OUT}
