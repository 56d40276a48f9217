"""H[s_1, s_2, ...] of one image as a function, solved where it is needed and remembered."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np

from ceramer.errors import InputError, NotConvergedError, UnknownNameError
from ceramer.microstructure.voxels._image import AXES, VoxelImage
from ceramer.microstructure.voxels._two_resolutions import coarsened
from ceramer.units import show_length

__all__ = ["Mixture"]

_STEP: Final = 0.5
"""Distance of the nodes in the logarithm of the ratio of two conductivities."""
_WIDEST: Final = math.log(1e8)
_MOST_KEPT: Final = 4096

Pairs = Mapping[tuple[str, str], float]


@dataclass(frozen=True, eq=False)
class Mixture:
    r"""Effective conductivity of an image for any conductivities of its phases.

    H is homogeneous of degree 1 in conductivities, contacts and sheets together, so that of two phases is a curve in
    their ratio: with :math:`x = \ln(s_1/s_2)` and :math:`y = \ln(H/s_2)` its slope is the dissipation share p_1, which
    every solve gives too; one kind of contact or sheet makes it a surface, with its own share as the other slope. Nodes
    half a unit apart are solved when first needed and joined by cubic Hermite pieces (within 1e-4 of a solve). Anything
    else is solved as it is asked for, once for each set of ratios.

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
    tolerance: float = 1e-5
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)

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
        surfaces = self._surfaces()
        if len(values) == 2 and len(surfaces) < 2 and min(values) > 0.0:
            one, other = values
            at = [math.log(one / other), *[math.log(g / other) for _, g in surfaces if g > 0.0]]
            if len(at) == 1 + len(surfaces) and max(map(abs, at)) <= _WIDEST:
                return other * math.exp(self._curve(at[0]) if len(at) == 1 else self._patch(at[0], at[1]))
        return self._solved(values)[0]

    def shares(self, conductivities: Mapping[str, float]) -> dict[str, float]:
        """Return the share of the dissipation in each path: phases, and "a|b" for a contact or a sheet."""
        return dict(self._solved(self._read(conductivities))[1])

    def discretisation_error(self, conductivities: Mapping[str, float]) -> float:
        """Return what the voxels cost, relative: the difference to the image at half the resolution."""
        fine, coarse = self._solved(self._read(conductivities))[0], self.halved()(conductivities)
        return abs(fine - coarse) / fine if fine else float(coarse != 0.0)

    def halved(self) -> Mixture:
        """Return the same on the image at half the resolution, without the surfaces of phases that it loses."""
        if "half" not in self._kept:
            self._kept["half"] = coarsened(self.image), {}
        image, kept = self._kept["half"]
        left = set(image.phases.values())
        contacts = {pair: g for pair, g in self.interfaces.items() if left.issuperset(pair)}
        sheets = {pair: s for pair, s in self.sheets.items() if left.issuperset(pair)}
        return replace(self, image=image, interfaces=contacts, sheets=sheets, _kept=kept)

    def with_sheet(self, pair: tuple[str, str], conductance: float) -> Mixture:
        """Return the same with a sheet of `conductance` [S] between two phases, in place of contacts and sheets."""
        return replace(self, interfaces={}, sheets={pair: conductance} if conductance else {})

    def with_contact(self, pair: tuple[str, str], conductance: float) -> Mixture:
        """Return the same with a contact of `conductance` [S/m2] between two phases, in place of contacts and sheets.

        A pair of one phase is the boundaries between its grains; an infinite conductance is no contact.
        """
        return replace(self, sheets={}, interfaces={pair: conductance} if math.isfinite(conductance) else {})

    def sheet_needed(self, conductivities: Mapping[str, float], pair: tuple[str, str], target: float) -> float:
        """Return the sheet conductance [S] along the surface between two phases for which H is `target` [S/m].

        Raises
        ------
        InputError
            Phases that conduct as much already, or a surface that cannot.
        """
        bare = self.with_sheet(pair, 0.0)._solved(self._read(conductivities))[0]
        if not 0.0 < bare < target:
            raise InputError(
                f"The phases alone conduct {bare:.4g} S/m; a sheet is told by what a larger target than that needs, "
                f"not {target:.4g} S/m."
            )
        return self._needed(conductivities, pair, target, self.with_sheet, 1.5 * (target - bare) * self._edge)

    def contact_needed(self, conductivities: Mapping[str, float], pair: tuple[str, str], target: float) -> float:
        """Return the conductance [S/m2] of the contact between two phases (or grains of one) for which H is `target`.

        Raises
        ------
        InputError
            Phases that conduct less already, or that conduct more even if nothing crosses the contact.
        """
        bare = self.with_contact(pair, math.inf)._solved(self._read(conductivities))[0]
        if not 0.0 < target < bare:
            raise InputError(
                f"The phases alone conduct {bare:.4g} S/m; a contact is told by what a smaller target than that needs, "
                f"not {target:.4g} S/m."
            )
        guess = 1.0 / ((1.0 / target - 1.0 / bare) * 10.0 * self._edge)
        return self._needed(conductivities, pair, target, self.with_contact, guess)

    def _needed(
        self,
        conductivities: Mapping[str, float],
        pair: tuple[str, str],
        target: float,
        changed: Callable[[tuple[str, str], float], Mixture],
        guess: float,
    ) -> float:
        """Newton in logarithms, whose slope is the share of the contact or sheet."""
        values, logarithm = self._read(conductivities), math.log(guess)
        for _ in range(60):
            value, shares = changed(pair, math.exp(logarithm))._solved(values)
            short = math.log(target / value)
            if abs(short) <= self.tolerance:
                return math.exp(logarithm)
            logarithm += min(max(short / max(shares["|".join(pair)], 1e-3), -2.0), 2.0)
            if abs(logarithm - math.log(guess)) > _WIDEST:
                break
        raise InputError(f"No conductance between {pair[0]!r} and {pair[1]!r} brings the image to {target:.4g} S/m.")

    @property
    def _edge(self) -> float:
        return float(np.prod(self.image.spacing) ** (1 / 3))

    def _surfaces(self) -> list[tuple[str, float]]:
        """Contacts and sheets as conductivities: G h and S / h."""
        contacts = [("|".join(pair), g * self._edge) for pair, g in self.interfaces.items()]
        return contacts + [("|".join(pair), s / self._edge) for pair, s in self.sheets.items()]

    def _read(self, conductivities: Mapping[str, float]) -> tuple[float, ...]:
        if "phases" not in self._kept:
            self._kept["phases"] = self.phases
        phases = self._kept["phases"]
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
        f, g = _hermite(at / _STEP - low)
        ends = [self._node(low + i) for i in range(2)]
        return sum(f[i] * ends[i][0] + g[i] * ends[i][1] for i in range(2))

    def _patch(self, at: float, above: float) -> float:
        """The same with one contact or sheet; the mixed derivative is the mean of the differences of the slopes."""
        a, b = math.floor(at / _STEP), math.floor(above / _STEP)
        (f, g), (p, q) = _hermite(at / _STEP - a), _hermite(above / _STEP - b)
        nodes = {(i, j): self._node(a + i, b + j) for i in range(2) for j in range(2)}
        twist = 0.25 * sum(
            (1 if j else -1) * nodes[i, j][1] + (1 if i else -1) * nodes[i, j][2] for i in range(2) for j in range(2)
        )
        return sum(
            f[i] * p[j] * y + g[i] * p[j] * dx + f[i] * q[j] * dw + g[i] * q[j] * twist
            for (i, j), (y, dx, dw) in nodes.items()
        )

    def _node(self, *numbers: int) -> tuple[float, float, float]:
        """Return ln(H/s_2) at a node, and its changes over one step of each coordinate."""
        if (kind := ("node", *self._kind())) + numbers not in self._kept:
            at = [math.exp(number * _STEP) for number in numbers]
            known = self
            if len(at) == 2:
                ((pair, _),) = (self.interfaces or self.sheets).items()
                known = (
                    replace(self, interfaces={pair: at[1] / self._edge})
                    if self.interfaces
                    else replace(self, sheets={pair: at[1] * self._edge})
                )
            value, shares = known._solved((at[0], 1.0))
            name = self._surfaces()[0][0] if len(at) == 2 else ""
            slopes = shares[self._kept["phases"][0]], shares.get(name, 0.0)
            self._kept[kind + numbers] = math.log(value), _STEP * slopes[0], _STEP * slopes[1]
        node: tuple[float, float, float] = self._kept[kind + numbers]
        return node

    def _kind(self) -> tuple[Any, ...]:
        return self.direction, tuple(self.interfaces), tuple(self.sheets)

    def _solved(self, values: tuple[float, ...]) -> tuple[float, dict[str, float]]:
        """Return H and the dissipation shares from a solve."""
        from ceramer.microstructure.voxels._solve import effective_conductivity

        scale = max(values) or 1.0
        if not (math.isfinite(scale) and min(values) >= 0.0):
            raise InputError(f"The conductivities {values} are not all finite numbers, 0 or more.")
        surfaces = [value for _, value in self._surfaces()]
        key = (self._kind(), *[float(f"{value / scale:.12g}") for value in (*values, *surfaces)])
        if key not in self._kept:
            result = effective_conductivity(
                self.image,
                {name: value / scale for name, value in zip(self._kept["phases"], values, strict=True)},
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
                    name = names[path] if isinstance(path, int) else _name(path, names, self._surfaces())
                    shares[name] = shares.get(name, 0.0) + float(share * result.along(axis) / total)
            self._kept[key] = total / len(axes), shares
        value, shares = self._kept[key]
        return scale * value, shares

    @property
    def provenance(self) -> str:
        """The image, its size and what was solved, in one line."""
        z, y, x = self.image.shape
        along = "mean of three axes" if self.direction == "mean" else f"along {self.direction}"
        return f"solved on {z} x {y} x {x} voxels of {show_length(self._edge)} ({along}): {self.image.provenance}"


def _name(path: tuple[int, int], names: Mapping[int, str], surfaces: list[tuple[str, float]]) -> str:
    """Name a contact or sheet as it was given."""
    one, other = (names[p] for p in path)
    return f"{other}|{one}" if any(name == f"{other}|{one}" for name, _ in surfaces) else f"{one}|{other}"


def _hermite(t: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Weights of the values and of the slopes (times the step) at both ends of a piece."""
    s = 1.0 - t
    return ((1.0 + 2.0 * t) * s * s, t * t * (3.0 - 2.0 * t)), (t * s * s, -t * t * s)
