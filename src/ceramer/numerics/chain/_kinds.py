"""What a chain is made of: kinds of nodes and of faces, each a few unknowns and one readable law."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ceramer.errors import CeramerError

__all__ = ["FaceKind", "NodeKind", "Particles", "Unknown"]

Law = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Unknown:
    """An unknown of a node: `scale` is its usual magnitude [its unit], to which the absolute tolerance is relative."""

    name: str
    scale: float


@dataclass(frozen=True, slots=True)
class Particles:
    """Particles in every node of a kind: shells from centre to surface, and what happens at the surface.

    Attributes
    ----------
    unknown : Unknown
        What every shell holds.
    flux : callable
        ``flux(inner, outer, closeness, *flux parameters)``: flux between two neighbouring shells, positive outwards;
        closeness is the inverse of the distance of their centres.
    surface : tuple of Unknown
        Unknowns of the surface itself (the rate of the reaction, a film).
    reaction : callable
        ``reaction(*unknowns of the node, value at the surface, *surface unknowns, *parameters)`` returns the flux out
        of the outermost shell, then the right-hand side of each surface unknown, then what is added to each of `rows`.
    parameters : tuple of str
        Which parameters of the node the reaction reads.
    rows : tuple of int
        Rows of the node.
    """

    name: str
    unknown: Unknown
    flux: Law
    flux_parameters: tuple[str, ...]
    surface: tuple[Unknown, ...]
    reaction: Law
    parameters: tuple[str, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NodeKind:
    """Nodes with the same unknowns and the same source terms.

    Attributes
    ----------
    source : callable or None
        ``source(*unknowns, *parameters)`` returns what is added to each row, one value per unknown.
    particles : tuple of Particles
        Classes of particles in every such node.
    """

    name: str
    unknowns: tuple[Unknown, ...]
    parameters: tuple[str, ...] = ()
    source: Law | None = None
    particles: tuple[Particles, ...] = ()

    def index(self, name: str) -> int:
        """Return the position of an unknown."""
        return [u.name for u in self.unknowns].index(name)


@dataclass(frozen=True)
class Rearranged:
    """A law that is `body` with its unknowns in another order and signs before its values; one body compiles once.

    Attributes
    ----------
    body : callable
        ``body(*unknowns, parameters)``, the parameters as one tuple.
    order : tuple of int
        Which unknown of the face each of the body's is.
    signs : tuple of float
        Of each value, 1 or -1.
    parameters : int
        How many there are.
    """

    body: Law
    order: tuple[int, ...]
    signs: tuple[float, ...]
    parameters: int

    def __call__(self, *values: Any) -> tuple[Any, ...]:
        """Return the values of the law."""
        count = len(self.order)
        out = self.body(*(values[k] for k in self.order), tuple(values[count:]))
        return tuple(sign * value for sign, value in zip(self.signs, out, strict=True))

    @property
    def __signature__(self) -> inspect.Signature:
        count = len(self.order) + self.parameters
        return inspect.Signature([inspect.Parameter(f"u{k}", inspect.Parameter.POSITIONAL_ONLY) for k in range(count)])


@dataclass(frozen=True, slots=True)
class FaceKind:
    """Faces with one law between a node and its right neighbour.

    Attributes
    ----------
    left, right : tuple of int
        Which unknowns of the left and of the right node the law reads.
    law : callable
        ``law(*left unknowns, *right unknowns, *parameters)`` returns one value or several.
    rows : tuple of (row of the left node or None, row of the right node or None)
        Where each value goes: it is subtracted from the left row and added to the right row, so that a flux counted
        positive to the right is conserved to round-off.
    """

    name: str
    left: tuple[int, ...]
    right: tuple[int, ...]
    parameters: tuple[str, ...]
    law: Law
    rows: tuple[tuple[int | None, int | None], ...]

    def __post_init__(self) -> None:
        expected = len(self.left) + len(self.right) + len(self.parameters)
        given = len(inspect.signature(self.law).parameters)
        if given != expected:
            raise CeramerError(
                f"The law of the face {self.name} takes {given} arguments, but its face gives {expected}: "
                f"{len(self.left)} from the left, {len(self.right)} from the right and {', '.join(self.parameters)}."
            )
