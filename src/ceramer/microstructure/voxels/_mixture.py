"""H[s_1, s_2, ...] of one image as a function, solved where it is needed and remembered."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np

from ceramer.errors import InputError, NotConvergedError, UnknownNameError
from ceramer.microstructure.voxels._image import AXES, VoxelImage
from ceramer.microstructure.voxels._two_resolutions import coarsened

__all__ = ["Mixture"]

_STEP: Final = 0.5
"""Distance of the nodes in the logarithm of the ratio of two conductivities."""
_WIDEST: Final = math.log(1e8)
_MOST_KEPT: Final = 4096

Pairs = Mapping[tuple[str, str], float]


@dataclass(frozen=True, eq=False)
class Mixture:
    r"""Effective conductivity of an image for any conductivities of its phases.

    Without contacts and sheets H is homogeneous of degree 1, so that of two phases is a curve in their ratio: with
    :math:`x = \ln(s_1/s_2)` and :math:`y = \ln(H/s_2)` its slope is the dissipation share p_1, which every solve gives
    too. Nodes every 0.5 in x are solved when first needed and joined by cubic Hermite pieces (within 1e-4 of a
    solve). Anything else is solved as it is asked for, once for each set of ratios.

    Attributes
    ----------
    image : VoxelImage
    direction : "z", "y", "x" or "mean" (a third of the trace)
    interfaces : (phase, phase) -> conductance of the contact [S/m2]
    sheets : (phase, phase) -> conductance along the surface [S]
    tolerance : relative error of each solve
    """

    image: VoxelImage
    direction: Literal["z", "y", "x", "mean"] = "mean"
    interfaces: Pairs = field(default_factory=dict)
    sheets: Pairs = field(default_factory=dict)
    tolerance: float = 1e-6
    _kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.direction not in (*AXES, "mean"):
            raise UnknownNameError("direction", str(self.direction), (*AXES, "mean"))

    @property
    def phases(self) -> tuple[str, ...]:
        """Names of the phases that occur in the image."""
        return tuple(name for name, share in self.image.fractions().items() if share > 0.0)

    def __call__(self, conductivities: Mapping[str, float]) -> float:
        """Return the effective conductivity [S/m]; 0 where nothing that conducts reaches through.

        Parameters
        ----------
        conductivities : phase -> [S/m], 0 or more, of every phase in the image

        Raises
        ------
        InputError
            A phase without a conductivity.
        NotConvergedError
            A solve that stopped before its tolerance.
        """
        values = self._read(conductivities)
        if len(values) == 2 and not self.interfaces and not self.sheets and min(values) > 0.0:
            one, other = values
            at = math.log(one / other)
            if abs(at) <= _WIDEST:
                return other * math.exp(self._curve(at))
        return self._solved(values)[0]

    def shares(self, conductivities: Mapping[str, float]) -> dict[str, float]:
        """Return the share of the dissipation in each path: phases, and "a|b" for a contact or a sheet."""
        return dict(self._solved(self._read(conductivities))[1])

    def discretisation_error(self, conductivities: Mapping[str, float]) -> float:
        """Return what the voxels cost, relative: the difference to the image at half the resolution."""
        if "half" not in self._kept:
            self._kept["half"] = replace(self, image=coarsened(self.image))
        half: Mixture = self._kept["half"]
        fine, coarse = self._solved(self._read(conductivities))[0], half._solved(half._read(conductivities))[0]
        return abs(fine - coarse) / fine if fine else float(coarse != 0.0)

    def _read(self, conductivities: Mapping[str, float]) -> tuple[float, ...]:
        phases = self._kept.setdefault("phases", self.phases)
        missing = [name for name in phases if name not in conductivities]
        if missing:
            raise InputError(
                f"The phase {missing[0]!r} of the image has no conductivity; give it one (0 insulates), beside "
                f"{', '.join(map(repr, conductivities)) or 'nothing'}."
            )
        return tuple(float(conductivities[name]) for name in phases)

    def _curve(self, at: float) -> float:
        """Logarithm of H over the second conductivity, by cubic Hermite interpolation."""
        low = math.floor(at / _STEP)
        t = at / _STEP - low
        (y0, p0), (y1, p1) = self._node(low), self._node(low + 1)
        return (
            (1.0 + 2.0 * t) * (1.0 - t) ** 2 * y0
            + t * (1.0 - t) ** 2 * _STEP * p0
            + t * t * (3.0 - 2.0 * t) * y1
            - t * t * (1.0 - t) * _STEP * p1
        )

    def _node(self, number: int) -> tuple[float, float]:
        key = "node", number
        if key not in self._kept:
            ratio = math.exp(number * _STEP)
            value, shares = self._solved((ratio, 1.0))
            self._kept[key] = math.log(value), shares[self._kept["phases"][0]]
        node: tuple[float, float] = self._kept[key]
        return node

    def _solved(self, values: tuple[float, ...]) -> tuple[float, dict[str, float]]:
        """Return H and the dissipation shares from a solve."""
        from ceramer.microstructure.voxels._solve import effective_conductivity

        scale = max(values) or 1.0
        if not (math.isfinite(scale) and min(values) >= 0.0):
            raise InputError(f"The conductivities {values} are not all finite numbers, 0 or more.")
        free = not self.interfaces and not self.sheets
        ratios = tuple(float(f"{value / scale:.12g}") for value in values)
        key = (ratios, 1.0 if free else scale)
        if key not in self._kept:
            result = effective_conductivity(
                self.image,
                dict(zip(self._kept["phases"], ratios, strict=True)),
                interfaces={pair: g / scale for pair, g in self.interfaces.items()},
                sheets={pair: s / scale for pair, s in self.sheets.items()},
                directions="all" if self.direction == "mean" else self.direction,
                tolerance=self.tolerance,
            )
            if not result.converged:
                raise NotConvergedError(
                    f"The solve on {self.image.provenance} did not reach {self.tolerance:g} at the conductivities "
                    f"{values}: {result}."
                )
            if len(self._kept) > _MOST_KEPT:
                for old in [k for k in self._kept if isinstance(k[0], tuple)]:
                    del self._kept[old]
            axes = list(result.ending)
            total = sum(result.along(axis) for axis in axes)
            names, shares = self.image.phases, dict[str, float]()
            for axis in axes if total else ():
                for path, share in result.power_shares[axis].items():
                    name = names[path] if isinstance(path, int) else "|".join(names[p] for p in path)
                    shares[name] = shares.get(name, 0.0) + float(share * result.along(axis) / total)
            self._kept[key] = total / len(axes), shares
        value, shares = self._kept[key]
        return scale * value, shares

    @property
    def provenance(self) -> str:
        """The image, its size and what was solved, in one line."""
        z, y, x = self.image.shape
        edge = float(np.prod(self.image.spacing) ** (1 / 3))
        along = "mean of three axes" if self.direction == "mean" else f"along {self.direction}"
        return f"solved on {z} x {y} x {x} voxels of {edge:.3g} m ({along}): {self.image.provenance}"
