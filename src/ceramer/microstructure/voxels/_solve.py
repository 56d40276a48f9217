"""Effective conductivity of a voxel image."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure.voxels import _faces as kernels
from ceramer.microstructure.voxels._clusters import Clusters, find_clusters
from ceramer.microstructure.voxels._image import AXES, VoxelImage
from ceramer.microstructure.voxels._labels import (
    MOST_LABELS,
    coded,
    edges_of,
    label_of,
    number_of,
    per_axis,
    whole_numbers,
)
from ceramer.microstructure.voxels._result import EffectiveConductivity, Ending, Path
from ceramer.microstructure.voxels._sheets import Sheets, build_sheet
from ceramer.numerics.jit import over_planes
from ceramer.numerics.multigrid import (
    ArrayBackend,
    ArrayHierarchy,
    Faces,
    Hierarchy,
    Outcome,
    Solution,
    array_backend,
    cross_energy,
    empty_faces,
    padded,
    solve_mean_field,
)

__all__ = ["SolveMemory", "effective_conductivity"]

Key = int | str
Value = float | complex | str
Array = NDArray[Any]

_PRECISIONS: Final = {"float32": np.float32, "float64": np.float64}
_ENDINGS: Final = {
    Outcome.CONVERGED: Ending.CONVERGED,
    Outcome.ROUNDING: Ending.ROUNDING,
    Outcome.ITERATIONS: Ending.NOT_CONVERGED,
    Outcome.STALLED: Ending.NOT_CONVERGED,
}


@dataclass(slots=True)
class SolveMemory:
    """Potentials of earlier solves of one image, for sweeps of temperature, frequency or composition.

    A solve starts from the combination of them that dissipates least. 4 bytes a voxel each in float32, 8 in float64, 16
    in complex numbers, for every axis.

    Attributes
    ----------
    most : int
        How many are kept for each axis; the oldest go first.
    """

    most: int = 4
    _fields: dict[str, list[Array]] = field(default_factory=dict, repr=False)
    _least: dict[str, float] = field(default_factory=dict, repr=False)

    def recall(self, axis: str, shape: Sequence[int]) -> dict[str, Any]:
        """Return what `solve_mean_field` takes; what was kept of an image of another size is forgotten."""
        if any(u.shape != tuple(shape) for u in self._fields.get(axis, [])):
            del self._fields[axis], self._least[axis]
        return {"guesses": self._fields.get(axis, []), "least": self._least.get(axis, math.inf)}

    def keep(self, axis: str, solution: Solution) -> None:
        """Add a solution."""
        self._fields[axis] = [*self._fields.get(axis, []), solution.u][-self.most :]
        self._least[axis] = solution.least


def effective_conductivity(
    labels: Any,
    conductivities: Mapping[Any, Value],
    *,
    interfaces: Mapping[tuple[Any, Any], Value] | None = None,
    sheets: Mapping[tuple[Any, Any], Value] | None = None,
    voxel_size: float | str | Sequence[float | str] | None = None,
    directions: str | Sequence[str] = "all",
    tolerance: float = 1e-3,
    precision: Literal["float32", "float64"] = "float32",
    periodic: bool | Sequence[bool] | None = None,
    grains: Any = None,
    smooth: bool = True,
    keep_maps: bool = False,
    device: Literal["cpu", "cuda", "auto"] | ArrayBackend = "cpu",
    memory: SolveMemory | None = None,
    progress: Callable[[str, int, float], object] | None = None,
) -> EffectiveConductivity:
    r"""Effective conductivity tensor of an image of phases, interfaces and conducting surfaces.

    Solves :math:`\nabla\cdot(\sigma\nabla\varphi) = 0` by finite volumes, one unknown a voxel, with the conductance

    .. math:: g = \left(\frac{h}{2\sigma_a} + \frac{h}{2\sigma_b} + \frac{|n|_1}{G_{ab}}\right)^{-1}

    per area of the face between voxels a and b; :math:`|n|_1 = |n_z|+|n_y|+|n_x|` of the surface normal, estimated from
    the voxels around, is the area of the staircase over that of the smooth surface.

    Parameters
    ----------
    labels : array of whole numbers with 1 to 3 axes (the last three of z, y, x), or VoxelImage
        Any size.
    conductivities : label -> sigma [S/m]
        Of every label in the image (or phase name, for a VoxelImage); real and 0 or more, or complex
        (:math:`\sigma + i\omega\varepsilon`), or text such as "0.2 mS/cm".
    interfaces : (label, label) -> G [S/m2], optional
        Conductance of the contact between two phases or, with `grains`, between grains of one: (a, a). 0 blocks.
    sheets : (label, label) -> S [S], optional
        Conductance along the surface between two phases (interphase path); no contact on the same pair. An image that
        is not periodic is solved together with its mirror image: twice the voxels for every such axis.
    voxel_size : length [m], one or one an axis
        Needed with interfaces or sheets, and for unequal edges; taken from a VoxelImage.
    directions : "all", an axis or several
        Axes along which the mean field points.
    tolerance : float
        Relative error of the diagonal values at which to stop.
    precision : "float32" or "float64"
        Of the fields. What rounding stops in float32 is solved again in float64; complex fields take 16 bytes a number.
    periodic : bool, one or one an axis
        A periodic axis continues around. Any other has plane electrodes at both ends when the field points along it,
        and insulated walls when not. Default: what a VoxelImage says, True for an array.
    grains : array like labels, optional
        Grain numbers; taken from a VoxelImage.
    smooth : bool
        False takes voxel faces for the true surface (grains that are boxes): :math:`|n|_1 = 1`.
    keep_maps : bool
        Keep potential and current density at every voxel (16 bytes more each in float32, for every direction).
    device : "cpu", "cuda", "auto" or ArrayBackend
        Where the iterations run: compiled kernels, a GPU (PyTorch or CuPy), a GPU if there is one, an array library.
        Faces, shares and fallbacks stay with the compiled kernels, and so do sheets.
    memory : SolveMemory, optional
        Earlier solves of the same image to start from; this one is added.
    progress : callable, optional
        Called with (axis, iteration, estimated relative error).

    Returns
    -------
    EffectiveConductivity

    Raises
    ------
    InputError
        Labels that are no whole numbers or lack a conductivity, negative or non-finite values, unknown names, sheets on
        a GPU.
    MissingExtraError
        "cuda" without PyTorch or CuPy.

    Notes
    -----
    Multigrid-preconditioned conjugate gradients; a run that stalls goes on with deflation of weakly joined parts, or
    with aggregation. The estimated error is the largest of what the iteration still gains, the error its slowest mode
    can hide, and a quarter of the squared flux imbalance. Memory, image included: 42 bytes a voxel in float32, 84 in
    float64, 166 in complex numbers; 9 (18, 36) more for a periodic tensor, some 30 (60 in complex numbers) more for
    the fallback, and 90 more, depending on the surface, for sheets. On a GPU some 60 (110, 220) there, and 25 (50, 100)
    beside it. Valid for steady conduction, or one frequency.

    >>> layers = [[0], [1], [1]]
    >>> result = effective_conductivity(layers, {0: 10.0, 1: 1.0}, tolerance=1e-9, precision="float64")
    >>> print(result.tensor.round(6))
    [[1.428571 0.      ]
     [0.       4.      ]]
    """
    problem = _read(
        labels, conductivities, interfaces or {}, sheets or {}, voxel_size, periodic, grains, smooth, precision
    )
    wanted = _directions(directions, problem.axes)
    if not (np.isfinite(tolerance) and 0.0 < tolerance < 1.0):
        raise InputError(f"tolerance is {tolerance}; it is a relative error between 0 and 1, such as 1e-3.")
    backend = array_backend(device) if isinstance(device, str) else device
    if backend is not None and problem.sheets:
        if device != "auto":
            raise InputError("sheets are solved on the CPU only; leave the device away, or say 'auto'.")
        backend = None
    whole = _mirrored(problem) if problem.sheets and not all(problem.periodic) else problem
    how = _How(float(tolerance), keep_maps, progress, backend, memory)
    result = _Run(whole, wanted, how).result()
    if problem.dtype is np.float32 and Ending.ROUNDING in result.ending.values():
        whole = replace(whole, dtype=np.float64)
        result = _Run(whole, wanted, how).result()
    return result if whole.codes.size == problem.codes.size else _half(problem, result)


def _mirrored(problem: _Problem) -> _Problem:
    """Return the periodic image of an image and its mirror image along every axis that is not periodic.

    By symmetry nothing crosses a mirror plane along the current, and one across it is at one potential: the walls and
    the electrodes of the image itself, with the same answer.
    """
    codes, grains = problem.codes, problem.grains
    for axis, wraps in enumerate(problem.periodic):
        if not wraps:
            codes = np.concatenate([codes, np.flip(codes, axis)], axis)
            if problem.grains.shape == problem.codes.shape:
                grains = np.concatenate([grains, np.flip(grains, axis)], axis)
    times = codes.size // problem.codes.size
    return replace(problem, codes=codes, grains=grains, counts=problem.counts * times, periodic=(True, True, True))


def _half(problem: _Problem, result: EffectiveConductivity) -> EffectiveConductivity:
    """Return for the image what was solved on it and its mirror image."""
    first = 3 - len(problem.axes)
    clusters = _Run(problem, [], _How()).clusters
    tensor = result.tensor.copy()
    for d in problem.dimensions:
        for e in problem.dimensions:
            if d != e and not (problem.periodic[d] and problem.periodic[e]):
                tensor[d - first, e - first] = np.nan
    part = tuple(slice(0, count) for count in problem.codes.shape[first:])
    return replace(
        result,
        tensor=tensor,
        clusters=clusters.count,
        floating_clusters=clusters.floating,
        floating_fraction=clusters.floating_fraction,
        flux={axis: field[part] for axis, field in result.flux.items()},
        potential={axis: field[part] for axis, field in result.potential.items()},
    )


@dataclass(frozen=True, slots=True)
class _Problem:
    """The image and its numbers in solver units: lengths over the mean edge, conductivities over the largest."""

    codes: Array
    names: tuple[int, ...]
    counts: NDArray[np.int64]
    sigma: Array
    contacts: Mapping[tuple[int, int], Any]
    sheets: Mapping[tuple[int, int], Any]
    grains: Array
    spacing: NDArray[np.float64]
    periodic: tuple[bool, bool, bool]
    scale: float
    edge: float
    smooth: bool
    dtype: Any
    axes: tuple[str, ...]

    @property
    def dimensions(self) -> range:
        return range(3 - len(self.axes), 3)

    def label(self, code: int) -> int:
        return self.names[code]


def _read(
    labels: Any,
    conductivities: Mapping[Any, Value],
    interfaces: Mapping[tuple[Any, Any], Value],
    sheets: Mapping[tuple[Any, Any], Value],
    voxel_size: Any,
    periodic: Any,
    grains: Any,
    smooth: bool,
    precision: str,
) -> _Problem:
    if precision not in _PRECISIONS:
        raise UnknownNameError("precision", str(precision), _PRECISIONS)
    phases: dict[str, int] = {}
    if isinstance(labels, VoxelImage):
        phases = {name: label for label, name in labels.phases.items()}
        voxel_size = labels.voxel_size if voxel_size is None else voxel_size
        periodic = labels.periodic if periodic is None else periodic
        grains = labels.grains if grains is None else grains
        labels = labels.labels
    image = whole_numbers(labels, "labels")
    rank = image.ndim
    axes = AXES[3 - rank :]
    flags = per_axis(True if periodic is None else periodic, rank, "periodic", bool)
    if voxel_size is None and (interfaces or sheets):
        raise InputError("voxel_size is missing; interfaces and sheets need the edge of a voxel, such as '0.5 um'.")
    edges = edges_of(voxel_size, rank)
    image = image.reshape((1,) * (3 - rank) + image.shape)
    given = {
        label_of(key, phases, "conductivities"): number_of(v, "conductivity", key) for key, v in conductivities.items()
    }
    contacts = {_pair(key, phases, given, "interfaces"): None for key in interfaces}
    codes, names, counts = coded(image, [*given, *[label for pair in contacts for label in pair]])
    present = [name for name, count in zip(names, counts, strict=True) if count]
    missing = [name for name in present if name not in given]
    if missing:
        raise InputError(
            f"label {missing[0]} occurs in the image and has no conductivity; "
            f"conductivities holds {', '.join(str(g) for g in list(given)[:12]) or 'nothing'} (0 insulates)."
        )
    code_of = {name: code for code, name in enumerate(names)}
    sigma = np.array([given.get(name, 0.0) for name in names])
    resistances = _pair_values(interfaces, phases, given, code_of, "areal_conductance", "interfaces")
    surfaces = _pair_values(sheets, phases, given, code_of, "sheet_conductance", "sheets")
    both = set(resistances) & set(surfaces)
    if both:
        a, b = next(iter(both))
        raise InputError(
            f"the pair ({names[a]}, {names[b]}) has both an interface and a sheet, whose potential would be undefined; "
            "give one, or make the interphase a phase of its own."
        )
    if any(a == b for a, b in surfaces):
        raise InputError("sheets joins a label with itself; a sheet lies between two different labels.")
    same = [a for a, b in resistances if a == b]
    if same and grains is None:
        raise InputError(
            f"interfaces joins label {names[same[0]]} with itself, a grain boundary; "
            "give grains, the grain number of each voxel."
        )
    numbers: Array = np.zeros((1, 1, 1), np.int32)
    if same:
        numbers = whole_numbers(grains, "grains")
        if numbers.size != image.size or numbers.ndim != rank:
            raise InputError(f"grains have shape {numbers.shape}; labels have {image.shape[3 - rank :]}.")
        numbers = numbers.reshape(image.shape).astype(np.int32, copy=False)
    if any(np.iscomplexobj(v) for v in (sigma, *map(np.asarray, (*resistances.values(), *surfaces.values())))):
        dtype: Any = np.complex128
    else:
        dtype = _PRECISIONS[precision]
    edge = float(np.prod(edges) ** (1 / 3))
    used = np.abs(sigma[counts > 0])
    scale = float(used.max(initial=0.0)) or 1.0
    return _Problem(
        codes=codes,
        names=names,
        counts=counts,
        sigma=sigma / scale,
        contacts={pair: value * edge / scale for pair, value in resistances.items()},
        sheets={pair: value / (scale * edge) for pair, value in surfaces.items() if value != 0},
        grains=numbers,
        spacing=edges / edge,
        periodic=(True,) * (3 - rank) + tuple(flags),
        scale=scale,
        edge=edge,
        smooth=bool(smooth),
        dtype=dtype,
        axes=axes,
    )


def _pair(key: Any, phases: Mapping[str, int], given: Mapping[int, Any], where: str) -> tuple[int, int]:
    if not isinstance(key, tuple) or len(key) != 2:
        raise InputError(f"{where} has the key {key!r}; keys are pairs of labels, such as (0, 1).")
    a, b = label_of(key[0], phases, where), label_of(key[1], phases, where)
    for label in (a, b):
        if label not in given:
            raise InputError(f"{where} names label {label}, which has no conductivity; known: {sorted(given)[:12]}.")
    return a, b


def _pair_values(
    values: Mapping[tuple[Any, Any], Value],
    phases: Mapping[str, int],
    given: Mapping[int, Any],
    code_of: Mapping[int, int],
    dimension: str,
    where: str,
) -> dict[tuple[int, int], Any]:
    """Return code pair (low, high) -> SI value."""
    found: dict[tuple[int, int], Any] = {}
    for key, text in values.items():
        a, b = _pair(key, phases, given, where)
        value = number_of(text, dimension, key, infinite=where == "interfaces")
        low, high = sorted((code_of[a], code_of[b]))
        if found.setdefault((low, high), value) != value:
            raise InputError(f"{where} gives two values for the pair {key}; ({a}, {b}) and ({b}, {a}) are the same.")
    return found


def _directions(directions: Any, axes: Sequence[str]) -> list[int]:
    names = list(axes) if directions == "all" else [directions] if isinstance(directions, str) else list(directions)
    for name in names:
        if name not in axes:
            raise UnknownNameError("direction", str(name), [*axes, "all"])
    return sorted({AXES.index(name) for name in names})


@dataclass(frozen=True, slots=True)
class _How:
    """How to solve."""

    tolerance: float = 1.0
    keep_maps: bool = False
    progress: Callable[[str, int, float], object] | None = None
    backend: ArrayBackend | None = None
    memory: SolveMemory | None = None


class _Run:
    """One call: faces once, then one solve an axis."""

    def __init__(self, problem: _Problem, wanted: Sequence[int], how: _How) -> None:
        self.problem, self.wanted, self.how = problem, wanted, how
        self.spacing = problem.spacing
        self.area = 1.0 / problem.spacing  # the volume is 1
        self.wraps = np.array(problem.periodic)
        self.clusters = self._clusters()
        size = len(problem.axes)
        self.tensor = np.full((size, size), np.nan, np.promote_types(problem.dtype, np.float64))
        self.report: dict[str, dict[str, Any]] = {
            name: {}
            for name in ("error_estimate", "iterations", "aggregated", "ending", "flux_imbalance", "power", "current")
        }
        self.flux: dict[str, Array] = {}
        self.potential: dict[str, Array] = {}
        self.fields: dict[int, Array] = {}

    def result(self) -> EffectiveConductivity:
        problem, first = self.problem, 3 - len(self.problem.axes)
        percolates: dict[str, bool] = {AXES[d]: self.clusters.percolates[d] for d in problem.dimensions}
        live = [d for d in self.wanted if self.clusters.percolates[d]]
        for d in self.wanted:
            if d not in live:
                self._nothing(d)
        if live:
            self._solve(live)
        for d in self.wanted:
            for e in self.wanted:
                if d != e and (d not in live or e not in live) and problem.periodic[d] and problem.periodic[e]:
                    self.tensor[d - first, e - first] = 0.0
        order: list[str] = [AXES[d] for d in self.wanted]
        report = {name: {axis: values[axis] for axis in order} for name, values in self.report.items()}
        total = float(problem.counts.sum())
        return EffectiveConductivity(
            tensor=self.tensor,
            axes=problem.axes,
            error_estimate=report["error_estimate"],
            iterations=report["iterations"],
            aggregated=report["aggregated"],
            ending=report["ending"],
            flux_imbalance=report["flux_imbalance"],
            percolates=percolates,
            clusters=self.clusters.count,
            floating_clusters=self.clusters.floating,
            floating_fraction=self.clusters.floating_fraction,
            volume_fractions={
                problem.label(code): count / total for code, count in enumerate(problem.counts.tolist()) if count
            },
            power_shares=report["power"],
            current_shares=report["current"],
            flux=self.flux,
            potential=self.potential,
        )

    def _clusters(self) -> Clusters:
        """Follow what conducts; an image without insulators or blocked faces is one cluster."""
        problem = self.problem
        conducts = problem.sigma != 0
        blocked = [pair for pair, value in problem.contacts.items() if value == 0]
        if not blocked and conducts[problem.counts > 0].all():
            return Clusters((True, True, True), 1, 0, 0.0)
        for a, b in problem.sheets:  # a surface joins what it touches
            conducts[[a, b]] = True
        link = conducts[:, None] & conducts[None, :]
        for a, b in blocked:
            link[a, b] = link[b, a] = a == b
        split = [a for a, b in blocked if a == b]
        if not split:
            return find_clusters(problem.codes, link, problem.periodic)
        numbers = np.where(np.isin(problem.codes, split), problem.grains.astype(np.int64), 0)
        kinds, parts = np.unique(problem.codes + problem.sigma.size * numbers, return_inverse=True)
        if kinds.size > MOST_LABELS:
            raise InputError(
                f"the image has {kinds.size} grains whose boundaries block; at most {MOST_LABELS} are told apart."
            )
        phase = kinds % problem.sigma.size
        apart = (phase[:, None] == phase[None, :]) & np.isin(phase, split)[:, None] & ~np.eye(kinds.size, dtype=bool)
        codes = parts.reshape(problem.codes.shape).astype(np.uint16)
        return find_clusters(codes, link[np.ix_(phase, phase)] & ~apart, problem.periodic)

    def _nothing(self, d: int) -> None:
        axis, at = AXES[d], d - (3 - len(self.problem.axes))
        self.tensor[at, at] = 0.0
        values = {"error_estimate": 0.0, "iterations": 0, "aggregated": False, "flux_imbalance": 0.0}
        for name, value in values.items():
            self.report[name][axis] = value
        self.report["ending"][axis] = Ending.NOT_PERCOLATING
        self.report["power"][axis], self.report["current"][axis] = {}, {}

    def _tables(self) -> None:
        """Conductances by pair of phases."""
        problem, dtype = self.problem, self.problem.dtype
        size = problem.sigma.size
        with np.errstate(divide="ignore", invalid="ignore"):
            half = 0.5 / problem.sigma
            both = half[:, None] + half[None, :]
            bulk = self.area[:, None, None] / (self.spacing[:, None, None] * both)
            bulk[:, problem.sigma == 0, :] = 0.0
            bulk[:, :, problem.sigma == 0] = 0.0
            self.resistivity = np.where(problem.sigma == 0, 0.0, 1.0 / problem.sigma)
            self.ends = self.area[:, None] / (self.spacing[:, None] * half)
            self.ends[:, problem.sigma == 0] = 0.0
        self.bulk = bulk.astype(dtype)
        self.contact = np.zeros((size, size), np.promote_types(dtype, np.float64))
        self.kind = np.zeros((size, size), np.uint8)
        for (a, b), value in problem.contacts.items():
            if np.isinf(value):
                continue
            law = 3 if value == 0 else 2 if problem.smooth else 1
            self.kind[a, b] = self.kind[b, a] = law
            if value != 0:
                self.contact[a, b] = self.contact[b, a] = 1.0 / value

    def _faces(self) -> Faces:
        problem = self.problem
        self._tables()
        codes = problem.codes
        n0, n1, n2 = codes.shape
        faces = empty_faces((n0, n1, n2), problem.periodic, problem.dtype)
        over_planes(kernels.fill_faces, n0, codes.size, codes, self.bulk, self.wraps, *faces)
        wide, wide_grains = codes[:1, :1, :1], problem.grains[:1, :1, :1]
        if (self.kind == 2).any() or problem.sheets:
            wide = kernels.widened(codes, problem.periodic)
            if problem.grains.shape == codes.shape:
                wide_grains = kernels.widened(problem.grains, problem.periodic)
        if self.kind.any():
            fixed = (self.contact, self.kind, self.area, self.spacing, self.wraps)
            over_planes(kernels.add_contacts, n0, codes.size, codes, problem.grains, wide, wide_grains, *fixed, *faces)
        if problem.periodic[0]:
            faces.x[-1] = faces.x[1]
        if self.clusters.loosen is not None:
            self.clusters.loosen(*faces)
            self.clusters = replace(self.clusters, loosen=None)
        self.sheets: Sheets | None = None
        if problem.sheets:
            found = [
                build_sheet(codes, wide, pair, value, self.spacing, self.area, problem.dtype)
                for pair, value in problem.sheets.items()
            ]
            laid = [sheet for sheet in found if len(sheet.places)]
            self.sheets = Sheets(laid, self.spacing.tolist()) if laid else None
        return faces

    def _solve(self, live: Sequence[int]) -> None:
        problem, faces = self.problem, self._faces()
        shape = problem.codes.shape
        thin = [d for d in range(3) if problem.periodic[d] and shape[d] == 1]
        for d in live:
            if d in thin:  # no potential but the mean field
                solution = Solution(padded(shape, problem.dtype), 0.0, 0.0, 0, Outcome.CONVERGED)
                self._record(d, faces, solution, False)
        for d in thin:
            tuple(faces)[d][:] = 0
        hierarchy: Hierarchy | ArrayHierarchy | None = None
        memory = self.how.memory
        rest = [d for d in live if d not in thin]
        for d in rest:
            if not problem.periodic[d]:
                self._electrodes(faces, d, True)
            if hierarchy is None or not problem.periodic[d] or not all(problem.periodic[e] for e in rest):
                hierarchy = self._hierarchy(faces)
            solution, aggregated = solve_mean_field(
                faces,
                d,
                self.spacing.tolist(),
                tolerance=self.how.tolerance,
                hierarchy=hierarchy,
                **(memory.recall(AXES[d], faces.x.shape) if memory is not None else {}),
                extra=self.sheets,
                progress=None if self.how.progress is None else _named(self.how.progress, AXES[d]),
            )
            if memory is not None:
                memory.keep(AXES[d], solution)
            if d == rest[-1] or not problem.periodic[d]:
                hierarchy = None
            self._record(d, faces, solution, aggregated)
            if problem.periodic[d]:
                self._cross_terms(d, faces, solution.u)
                if d != rest[-1]:
                    self.fields[d] = solution.u
            else:
                self._electrodes(faces, d, False)
        for d in live:
            for e in live:
                if d != e and (d in thin or e in thin) and problem.periodic[d] and problem.periodic[e]:
                    first = 3 - len(problem.axes)
                    self.tensor[d - first, e - first] = 0.0

    def _hierarchy(self, faces: Faces) -> Hierarchy | ArrayHierarchy:
        if self.how.backend is not None:
            return ArrayHierarchy(faces, self.spacing.tolist(), self.how.backend)
        return Hierarchy(self.sheets.surrogate(faces) if self.sheets else faces, self.spacing.tolist())

    def _electrodes(self, faces: Faces, d: int, on: bool) -> None:
        """Join the outer voxels of axis d with electrodes, or part them again."""
        g = np.moveaxis(tuple(faces)[d], d, 0)
        codes = np.moveaxis(self.problem.codes, d, 0)
        for face, layer in ((1, 0), (-1, -1)):
            g[face, 1:-1, 1:-1] = self.ends[d][codes[layer]] if on else 0.0

    def _cross_terms(self, d: int, faces: Faces, u: Array) -> None:
        problem, first = self.problem, 3 - len(self.problem.axes)
        for e, v in self.fields.items():
            value = cross_energy(faces, u, v, d, e, self.spacing.tolist())
            if self.sheets:
                value += self.sheets.energy(u, v, d, e)
            value *= problem.scale / problem.codes.size
            self.tensor[d - first, e - first] = self.tensor[e - first, d - first] = value

    def _record(self, d: int, faces: Faces, solution: Solution, aggregated: bool) -> None:
        problem, axis, at = self.problem, AXES[d], d - (3 - len(self.problem.axes))
        u, shape = solution.u, problem.codes.shape
        kinds, wide = problem.sigma.size, np.promote_types(problem.dtype, np.float64)
        parts: list[tuple[Array, Array, Array]] = []

        def slab(begin: int, end: int, *arguments: Any) -> None:
            sums = np.zeros((4, kinds), wide), np.zeros((4, kinds), wide), np.zeros(shape[d], wide)
            parts.append(sums)
            kernels.phase_power(begin, end, *arguments, *sums)

        over_planes(slab, shape[0], u.size, problem.codes, u, *faces, d, self.wraps, self.spacing)
        power, current, layers = (np.sum([part[n] for part in parts], axis=0) for n in range(3))
        power = power.sum(axis=0) * self.resistivity
        current = current.sum(axis=0) * (0.5 * self.spacing[d])
        paths: dict[Path, Any] = {problem.label(k): power[k] for k in range(kinds) if problem.counts[k]}
        carried: dict[Path, Any] = {problem.label(k): current[k] for k in range(kinds) if problem.counts[k]}
        if self.kind.any():
            between = np.zeros((kinds, kinds), wide)
            kernels.contact_power(
                1, shape[0] + 1, problem.codes, self.kind, self.bulk, u, *faces, d, self.wraps, self.spacing, between
            )
            for a, b in problem.contacts:
                if self.kind[a, b]:
                    paths[problem.label(a), problem.label(b)] = between[a, b]
        for sheet in self.sheets.sheets if self.sheets else ():
            total, flows = sheet.power(u, u, self.spacing.tolist(), d, d)
            pair = problem.label(sheet.pair[0]), problem.label(sheet.pair[1])
            paths[pair] = total
            carried[pair] = flows[d].sum() * self.spacing[d]
            layers += np.roll(flows[d, : shape[d]], -1)
        energy, flow = sum(paths.values()), sum(carried.values())
        self.tensor[at, at] = energy * problem.scale / problem.codes.size
        mean = layers.mean()
        report = self.report
        report["error_estimate"][axis] = float(solution.error)
        report["iterations"][axis] = solution.iterations
        report["aggregated"][axis] = aggregated
        report["ending"][axis] = _ENDINGS[solution.outcome]
        report["flux_imbalance"][axis] = float(np.abs(layers - mean).max() / np.abs(mean)) if mean != 0 else 0.0
        report["power"][axis] = {path: (p / energy).item() for path, p in paths.items()} if energy else {}
        report["current"][axis] = {path: (c / flow).item() for path, c in carried.items()} if flow else {}
        if self.how.keep_maps:
            self.flux[axis] = self._flux_map(d, faces, u)
            self.potential[axis] = self._potential_map(d, u)

    def _potential_map(self, d: int, u: Array) -> Array:
        """Potential per unit mean field at the voxel centres [m], 0 at the first face; NaN where nothing conducts."""
        problem = self.problem
        values = u[1:-1, 1:-1, 1:-1].copy()
        across = -self.spacing[d] * (np.arange(values.shape[d]) + 0.5)
        values += across.reshape([-1 if axis == d else 1 for axis in range(3)]).astype(problem.dtype)
        values *= problem.dtype(problem.edge)
        conducts = problem.sigma != 0
        conducts[[code for pair in problem.sheets for code in pair]] = True
        values[~conducts[problem.codes]] = np.nan
        return values.reshape(values.shape[3 - len(problem.axes) :])

    def _flux_map(self, d: int, faces: Faces, u: Array) -> Array:
        """Mean of the current densities through the two faces of a voxel along each axis [S/m]."""
        problem = self.problem
        shape = problem.codes.shape
        out = np.zeros((*shape, len(problem.axes)), problem.dtype)
        for e in problem.dimensions:
            g, potential = np.moveaxis(tuple(faces)[e], e, 0), np.moveaxis(u, e, 0)
            target = np.moveaxis(out[..., e - 3], e, 0)
            for layer in range(shape[e]):
                for side in (layer + 1, layer + 2):
                    drop = self.spacing[d] if e == d else 0.0
                    if not problem.periodic[e] and side in (1, shape[e] + 1):
                        drop *= 0.5
                    fall = potential[side - 1, 1:-1, 1:-1] - potential[side, 1:-1, 1:-1] + drop
                    target[layer] += 0.5 * problem.scale / self.area[e] * g[side, 1:-1, 1:-1] * fall
        return out.reshape((*shape[3 - len(problem.axes) :], len(problem.axes)))


def _named(progress: Callable[[str, int, float], object], axis: str) -> Callable[[int, float], object]:
    return lambda iteration, error: progress(axis, iteration, error)
