"""The image itself: one label a voxel, the voxel's size, and what the labels stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError, UnknownNameError
from ceramer.units import to_si

__all__ = ["AXES", "Axis", "Length3", "Mask", "Phases", "VoxelImage", "axis_index", "shape_of", "spacing_of"]

Axis: TypeAlias = Literal["z", "y", "x"]
Mask: TypeAlias = NDArray[np.bool_]
Length3: TypeAlias = "float | str | Sequence[float | str]"
Phases: TypeAlias = "str | Sequence[str]"

AXES: Final[tuple[Axis, ...]] = ("z", "y", "x")
"""Names of the array axes, in order."""
MAX_VOXELS: Final = 2**31 - 1
"""Most voxels in one image."""


def axis_index(axis: str) -> int:
    """Return 0, 1 or 2 for "z", "y" or "x"."""
    if axis not in AXES:
        raise UnknownNameError("axis", str(axis), AXES)
    return AXES.index(axis)


def spacing_of(voxel_size: Length3) -> tuple[float, float, float]:
    """Return a voxel's three edges (z, y, x) [m] from one length or three, floats in [m] or text such as "0.2 um"."""
    single = isinstance(voxel_size, (int, float, str)) or np.ndim(voxel_size) == 0
    given: Sequence[float | str] = [voxel_size] * 3 if single else list(voxel_size)  # type: ignore[list-item, arg-type]
    if len(given) != 3:
        raise InputError(f"voxel_size has {len(given)} lengths; give one, or three in the order z, y, x.")
    edges = [to_si(edge, "length") if isinstance(edge, str) else float(edge) for edge in given]
    for edge in edges:
        if not (np.isfinite(edge) and edge > 0.0):
            raise InputError(f"voxel_size is {edge:g} m; a voxel's edge is a positive length in metres.")
    if max(edges) > 0.1:
        raise InputError(f'voxel_size is {max(edges):g} m; lengths are in metres (5e-7), or text such as "0.5 um".')
    return edges[0], edges[1], edges[2]


def shape_of(shape: int | Sequence[int]) -> tuple[int, int, int]:
    """Return three counts of voxels (z, y, x) from one or three."""
    counts = [shape] * 3 if isinstance(shape, (int, np.integer)) else list(shape)
    if len(counts) != 3 or any(int(n) != n or n < 1 for n in counts):
        raise InputError(f"shape is {shape}; give one or three whole numbers of voxels (z, y, x), each at least 1.")
    if np.prod([float(n) for n in counts]) > MAX_VOXELS:
        raise InputError(f"shape {tuple(counts)} has more than {MAX_VOXELS} voxels; use fewer or larger voxels.")
    return int(counts[0]), int(counts[1]), int(counts[2])


@dataclass(frozen=True, eq=False)
class VoxelImage:
    """Labels on a regular grid of voxels.

    Attributes
    ----------
    labels : uint8 array, shape (z, y, x), read-only
    voxel_size : voxel edge [m], one or three (z, y, x); stored as three
    phases : label -> name, for every label that occurs
    provenance : where the image comes from: generator, parameters and seed, or file and its hash
    periodic : whether the image continues periodically along (z, y, x)
    grains : uint16 array of the same shape, read-only, or None; the grain or particle of each voxel, 0 where none

    Raises
    ------
    InputError
        Labels that are not whole numbers 0 to 255 on three axes, that have no name, or a size that is not a length.
    """

    labels: NDArray[np.uint8]
    voxel_size: Length3
    phases: Mapping[int, str]
    provenance: str = ""
    periodic: tuple[bool, bool, bool] = (False, False, False)
    grains: NDArray[np.uint16] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        labels = _frozen(self.labels, np.uint8, "labels")
        if labels.ndim != 3 or labels.size == 0:
            raise InputError(
                f"labels have shape {labels.shape}; an image has three axes (z, y, x), none of them empty "
                "(a single slice is labels[None])."
            )
        phases = {int(label): str(name) for label, name in self.phases.items()}
        unnamed = [int(k) for k in np.flatnonzero(_counts(labels)) if int(k) not in phases]
        if unnamed:
            raise InputError(f"label {unnamed[0]} occurs in the image and has no name; add it to phases.")
        if len(set(phases.values())) != len(phases):
            raise InputError(f"two labels share a phase name in {phases}; merge them with relabel, or name them apart.")
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "voxel_size", spacing_of(self.voxel_size))
        object.__setattr__(self, "phases", MappingProxyType(phases))
        object.__setattr__(self, "periodic", tuple(bool(p) for p in self.periodic))
        if len(self.periodic) != 3:
            raise InputError(f"periodic has {len(self.periodic)} entries; give three, for z, y and x.")
        if self.grains is not None:
            grains = _frozen(self.grains, np.uint16, "grains")
            if grains.shape != labels.shape:
                raise InputError(f"grains have shape {grains.shape} and labels {labels.shape}; they must be equal.")
            object.__setattr__(self, "grains", grains)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along z, y, x."""
        z, y, x = self.labels.shape
        return z, y, x

    @property
    def spacing(self) -> tuple[float, float, float]:
        """A voxel's edges (z, y, x) [m]."""
        return self.voxel_size  # type: ignore[return-value]

    @property
    def lengths(self) -> tuple[float, float, float]:
        """Edges of the whole image (z, y, x) [m]."""
        (nz, ny, nx), (dz, dy, dx) = self.shape, self.spacing
        return nz * dz, ny * dy, nx * dx

    @property
    def volume(self) -> float:
        """Volume of the image [m3]."""
        return float(np.prod(self.lengths))

    def label_of(self, phase: str) -> int:
        """Return the label of a phase name."""
        for label, name in self.phases.items():
            if name == phase:
                return label
        raise UnknownNameError("phase", str(phase), self.phases.values())

    def mask(self, phases: Phases) -> Mask:
        """Return where a phase, or any of several, is: bool array, shape (z, y, x)."""
        names = [phases] if isinstance(phases, str) else list(phases)
        if not names:
            raise InputError(f"no phase is named; the image has {', '.join(self.phases.values())}.")
        wanted = np.zeros(256, dtype=bool)
        wanted[[self.label_of(name) for name in names]] = True
        return wanted[self.labels]

    def fractions(self) -> dict[str, float]:
        """Return the volume fraction of every phase; they sum to 1."""
        counts = _counts(self.labels)
        return {name: float(counts[label] / self.labels.size) for label, name in self.phases.items()}

    def crop(self, z: slice = slice(None), y: slice = slice(None), x: slice = slice(None)) -> VoxelImage:
        """Return a part of the image; an axis that is cut is no longer periodic."""
        part = self.labels[z, y, x]
        keep = [p and n == m for p, n, m in zip(self.periodic, part.shape, self.shape, strict=True)]
        return replace(
            self,
            labels=part,
            periodic=(keep[0], keep[1], keep[2]),
            grains=None if self.grains is None else self.grains[z, y, x],
            provenance=f"{self.provenance}; cropped to {part.shape}",
        )

    def flip(self, axis: Axis) -> VoxelImage:
        """Return the mirror image along an axis."""
        k = axis_index(axis)
        grains = None if self.grains is None else np.flip(self.grains, k)
        return replace(
            self, labels=np.flip(self.labels, k), grains=grains, provenance=f"{self.provenance}; flipped {axis}"
        )

    def relabel(self, names: Mapping[str, str]) -> VoxelImage:
        """Return the image with phases renamed, merged where two get the same name ({"void": "pore"})."""
        for name in names:
            self.label_of(name)
        table, phases = np.arange(256, dtype=np.uint8), dict[int, str]()
        first: dict[str, int] = {}
        for label, name in self.phases.items():
            new = names.get(name, name)
            table[label] = first.setdefault(new, label)
            phases[first[new]] = new
        said = ", ".join(f"{old} -> {new}" for old, new in names.items())
        return replace(self, labels=table[self.labels], phases=phases, provenance=f"{self.provenance}; {said}")


def _frozen(array: object, kind: type[np.uint8 | np.uint16], what: str) -> NDArray[np.uint8]:
    """Return `array` as a read-only array of `kind`, copied unless it is one already."""
    given = np.asarray(array)
    if given.dtype == kind and not given.flags.writeable and given.flags.c_contiguous:
        return given
    if given.dtype.kind not in "buif":
        raise InputError(f"{what} are of type {given.dtype}; they must be whole numbers.")
    if given.dtype.kind == "f" and not np.isfinite(given).all():
        raise InputError(f"{what} hold {int((~np.isfinite(given)).sum())} NaN or infinite values; they must be labels.")
    most = np.iinfo(kind).max
    if given.size and given.dtype != kind and given.dtype.kind != "b":
        low, high = given.min(), given.max()
        if low < 0 or high > most or (given.dtype.kind == "f" and (given != np.floor(given)).any()):
            raise InputError(
                f"{what} run from {low:g} to {high:g}; they must be whole numbers from 0 to {most} "
                "(a grey image becomes labels by segment)."
            )
    out = np.array(given, dtype=kind, order="C")
    out.setflags(write=False)
    return out  # type: ignore[return-value]


def _counts(labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Voxels of each label 0 to 255, slice by slice to spare memory."""
    total = np.zeros(256, dtype=np.int64)
    for part in labels:
        total += np.bincount(part.ravel(), minlength=256)
    return total
