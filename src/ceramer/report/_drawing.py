"""Stacks drawn to scale: as blocks of text, and as what a page needs to draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ceramer.cell import Stack
from ceramer.microstructure import Composite, Medium, Phase, VoxelComposite

__all__ = ["Kind", "Slab", "blocks", "layer_kind", "slabs"]

Kind = Literal["polymer", "ceramic", "composite", "other"]
_BLOCKS = {"polymer": "░", "ceramic": "█", "composite": "▒", "other": "▓"}
_ASCII = {"polymer": ".", "ceramic": "#", "composite": "+", "other": "="}
_SOLID = ("ceramic", "active_material")


@dataclass(frozen=True, slots=True)
class Slab:
    """One layer as it is drawn: its share of the whole thickness, and what it is."""

    name: str
    kind: Kind
    thickness: float
    share: float


def layer_kind(medium: Medium) -> Kind:
    """Return what a layer is made of, for drawing: polymer, ceramic, composite, or other."""
    if isinstance(medium, Composite | VoxelComposite):
        return "composite"
    if isinstance(medium, Phase) and medium.material is not None:
        role = medium.material.role
        return "ceramic" if role in _SOLID else "polymer" if role in ("polymer", "salt", "plasticiser") else "other"
    return "polymer"


def slabs(stack: Stack) -> tuple[Slab, ...]:
    """Return the layers of a stack with their shares of its thickness."""
    whole = stack.thickness
    return tuple(
        Slab(layer.name, layer_kind(layer.medium), layer.thickness, layer.thickness / whole) for layer in stack.layers
    )


def blocks(layers: Sequence[Slab], width: int, *, ascii_only: bool = False) -> tuple[str, ...]:
    """Return one run of block characters per layer, `width` in all, each layer at least one character.

    >>> blocks((Slab("film", "polymer", 1e-4, 0.25), Slab("pellet", "ceramic", 3e-4, 0.75)), 8, ascii_only=True)
    ('..', '######')
    """
    marks = _ASCII if ascii_only else _BLOCKS
    counts = [max(1, round(width * slab.share)) for slab in layers]
    counts[max(range(len(counts)), key=counts.__getitem__)] += width - sum(counts)
    return tuple(marks[slab.kind] * max(1, count) for slab, count in zip(layers, counts, strict=True))
