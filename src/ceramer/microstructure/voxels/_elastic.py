"""Effective stiffness of a voxel image."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError, UnknownNameError
from ceramer.laws import hashin_shtrikman_bulk, hashin_shtrikman_shear
from ceramer.microstructure.voxels import _elastic_kernels as kernels
from ceramer.microstructure.voxels._image import VoxelImage
from ceramer.microstructure.voxels._labels import coded, edges_of, label_of, whole_numbers
from ceramer.microstructure.voxels._result import Ending
from ceramer.numerics.jit import over_planes, threads
from ceramer.units import to_si

__all__ = ["EffectiveElasticity", "bulk_and_shear_modulus", "effective_elasticity"]

Array = NDArray[Any]
Modulus = float | str

STRAINS: Final = ("zz", "yy", "xx", "yx", "zx", "zy")
"""Components of strain and stress, in the order of rows and columns (Voigt's, with the axes in the order z, y, x)."""
_PRECISIONS: Final = {"float32": np.float32, "float64": np.float64}
_FLOOR: Final = {"float32": 1e-6, "float64": 1e-12}
"""Share of the stiffness at uniform strain below which a stiffness is 0 within rounding."""
_MOST_ITERATIONS: Final = 2000
_TWIST: Final = 0.2
"""Share of the shear energy of a voxel's twists that counts.

With 0, porous images have modes that hardly resist, and take thousands of iterations; with 1, stiff grains come out too
stiff. At 0.2, pores and grains of a few voxels are both off by about as much.
"""


def bulk_and_shear_modulus(young_modulus: float, poisson_ratio: float) -> tuple[float, float]:
    r"""Return :math:`K = E/(3(1-2\nu))` and :math:`G = E/(2(1+\nu))` of an isotropic solid.

    Parameters
    ----------
    young_modulus : E [Pa], 0 or more
    poisson_ratio : nu [-], above -1 and below 1/2

    Returns
    -------
    (bulk, shear) [Pa]

    Raises
    ------
    InputError
        Outside these ranges; at nu = 1/2 (incompressible) give the bulk modulus itself.

    >>> bulk_and_shear_modulus(150e9, 0.25)
    (100000000000.0, 60000000000.0)
    """
    young, poisson = float(young_modulus), float(poisson_ratio)
    if not (math.isfinite(young) and young >= 0.0):
        raise InputError(f"Young's modulus is {young:g} Pa; it must be a finite number, 0 or more.")
    if not -1.0 < poisson < 0.5:
        raise InputError(
            f"Poisson's ratio is {poisson:g}; it lies between -1 and 0.5 (give an incompressible phase by its bulk "
            "and shear moduli)."
        )
    return young / (3.0 * (1.0 - 2.0 * poisson)), young / (2.0 * (1.0 + poisson))


@dataclass(frozen=True, eq=False)
class EffectiveElasticity:
    """Effective stiffness of a voxel image, and how strain is shared out.

    Attributes
    ----------
    stiffness : array, shape (6, 6), [Pa]
        Mean stress per mean strain (zz, yy, xx, 2 yx, 2 zx, 2 zy); NaN where it was not asked for.
    bulk_modulus, shear_modulus : [Pa]
        Of the isotropic tensor nearest to `stiffness` (Voigt average); NaN where loads are lacking.
    loads : tuple of str
        What was solved: components of the mean strain, or "hydrostatic" and "shear".
    error_estimate : load -> relative error of the energy (the diagonal stiffness) from stopping early, from above;
        that of the voxels' finite size is not in it
    iterations : load -> iterations of the conjugate gradients
    ending : load -> Ending
    volume_fractions : label -> fraction
    phase_strain : label -> array (6, loads), [-]
        Mean strain in the phase per unit of the load (engineering shear).
    phase_stress : label -> array (6, loads), [Pa]
        Mean stress in the phase per unit of the load.
    bulk_bounds, shear_bounds : (lower, upper) [Pa]
        Hashin and Shtrikman's, for an isotropic composite of the same fractions.
    """

    stiffness: NDArray[np.float64]
    bulk_modulus: float
    shear_modulus: float
    loads: tuple[str, ...]
    error_estimate: Mapping[str, float]
    iterations: Mapping[str, int]
    ending: Mapping[str, Ending]
    volume_fractions: Mapping[int, float]
    phase_strain: Mapping[int, NDArray[np.float64]] = field(repr=False)
    phase_stress: Mapping[int, NDArray[np.float64]] = field(repr=False)
    bulk_bounds: tuple[float, float]
    shear_bounds: tuple[float, float]

    def component(self, stress: str, strain: str) -> float:
        """Return one entry of the stiffness [Pa], such as ("zz", "xx")."""
        return float(self.stiffness[_component(stress), _component(strain)])

    @property
    def young_modulus(self) -> float:
        """E = 9 K G/(3 K + G) [Pa] of the isotropic part; 0 where it bears nothing."""
        bulk, shear = self.bulk_modulus, self.shear_modulus
        return 9.0 * bulk * shear / (3.0 * bulk + shear) if bulk != 0.0 or shear != 0.0 else 0.0

    @property
    def poisson_ratio(self) -> float:
        """Return (3 K - 2 G)/(6 K + 2 G) [-] of the isotropic part; NaN where it bears nothing."""
        bulk, shear = self.bulk_modulus, self.shear_modulus
        return (3.0 * bulk - 2.0 * shear) / (6.0 * bulk + 2.0 * shear) if bulk != 0.0 or shear != 0.0 else math.nan

    @property
    def anisotropy(self) -> float:
        """Return the universal index 5 G_V/G_R + K_V/K_R - 6 [-], 0 if isotropic; NaN unless all six loads are borne.

        References
        ----------
        .. [1] S. I. Ranganathan, M. Ostoja-Starzewski, Phys. Rev. Lett. 101, 055504 (2008),
           doi:10.1103/PhysRevLett.101.055504
        """
        if np.isnan(self.stiffness).any() or np.linalg.cond(self.stiffness) > 1e12:
            return math.nan
        soft = np.linalg.inv(self.stiffness)
        compressibility = float(soft[:3, :3].sum())
        straight, mixed, tangent = _sums(soft)
        fluidity = (4.0 * straight - 4.0 * mixed + 3.0 * tangent) / 15.0
        return 5.0 * self.shear_modulus * fluidity + self.bulk_modulus * compressibility - 6.0

    @property
    def converged(self) -> bool:
        """Whether every load reached the tolerance."""
        return all(ending is Ending.CONVERGED for ending in self.ending.values())

    def __str__(self) -> str:
        worst = max(self.error_estimate.values())
        lines = [
            f"bulk modulus {self.bulk_modulus:.5g} Pa (Hashin-Shtrikman {self.bulk_bounds[0]:.5g} to "
            f"{self.bulk_bounds[1]:.5g}), shear modulus {self.shear_modulus:.5g} Pa "
            f"({self.shear_bounds[0]:.5g} to {self.shear_bounds[1]:.5g})",
            f"Young's modulus {self.young_modulus:.5g} Pa, Poisson's ratio {self.poisson_ratio:.4g}, "
            f"relative error of the solve about {worst:.0e}",
        ]
        lines += [f"{load}: {end.value}" for load, end in self.ending.items() if end is not Ending.CONVERGED]
        return "\n".join(lines)


def effective_elasticity(
    labels: Any,
    moduli: Mapping[Any, tuple[Modulus, Modulus]],
    *,
    isotropic: bool = False,
    directions: str | Sequence[str] = "all",
    voxel_size: float | str | Sequence[float | str] | None = None,
    tolerance: float = 1e-3,
    precision: Literal["float32", "float64"] = "float64",
    progress: Callable[[str, int, float], object] | None = None,
) -> EffectiveElasticity:
    r"""Effective stiffness of an image of isotropic, perfectly bonded phases.

    Minimises the energy of the periodic displacement u around each mean strain E,

    .. math:: E:C^*:E = \min_u \langle (E + \nabla_s u) : C : (E + \nabla_s u)\rangle, \quad
       C:\varepsilon = (K - \tfrac{2}{3} G)\,\mathrm{tr}\,\varepsilon + 2 G \varepsilon .

    Parameters
    ----------
    labels : array of whole numbers, shape (z, y, x), or VoxelImage
        Any size; continued periodically. One voxel along an axis means plane strain.
    moduli : label -> (bulk modulus, shear modulus) [Pa]
        Of every label in the image (or phase name, for a VoxelImage), 0 or more, or text such as "38 GPa"; (0, 0) is a
        pore, a shear modulus of 0 a fluid.
    isotropic : bool
        Solve two loads only: equal stretch, and one shear whose energy is the Voigt average under cubic symmetry.
        Bulk and shear modulus without the stiffness; a sample of it if the image is not isotropic.
    directions : "all", a component of strain ("zz", "yy", "xx", "yx", "zx", "zy") or several
        Mean strains to solve.
    voxel_size : length [m], one or three
        Needed for unequal edges; taken from a VoxelImage.
    tolerance : float
        Relative error of the energy of each load at which to stop.
    precision : "float64" or "float32"
        Of the fields.
    progress : callable, optional
        Called with (load, iteration, estimated relative error).

    Returns
    -------
    EffectiveElasticity

    Raises
    ------
    InputError
        Labels that are no whole numbers on three axes or lack moduli, negative or non-finite moduli, unknown names.

    Notes
    -----
    Finite elements of one voxel with one strain each (Willot's rotated scheme, which does not lock in nearly
    incompressible phases), with a fifth of the shear energy of what that strain does not see (the voxel's twists), and
    conjugate gradients preconditioned by the Fourier-space inverse of a uniform medium.

    The energy falls towards that of the voxels. Its error is bounded from above (Gauss-Radau quadrature, from the
    softest phase over the uniform medium): 2 to 30 times the error at contrasts to 100, up to 3000 times at 1e4, which
    takes about half as many iterations again as the error itself would ask for. Where a modulus is 0 the least
    eigenvalue is estimated, and the bound with it. The error of finite voxels comes on top: the change that a sphere of
    radius 9 voxels makes is 3 to 4 % too large (pore, or 10 times stiffer), 7 % if rigid; a porous image of features 4
    voxels wide was uncertain by 10 %. Compare two sizes of voxel.
    Small strain, linear elasticity, perfect bonds. An image that is not periodic is continued periodically.

    Memory: 32 numbers a voxel (256 bytes in float64, 128 in float32), 17 if `isotropic`.

    References
    ----------
    .. [1] F. Willot, C. R. Mecanique 343, 232 (2015), doi:10.1016/j.crme.2014.12.005
    .. [2] J. Zeman et al., J. Comput. Phys. 229, 8065 (2010), doi:10.1016/j.jcp.2010.07.010
    .. [3] G. Meurant, P. Tichy, Numer. Algorithms 62, 163 (2013), doi:10.1007/s11075-012-9591-9

    >>> layers = [[[0]], [[1]]]
    >>> result = effective_elasticity(layers, {0: (1.0, 1.5), 1: (2.0, 3.0)})
    >>> round(result.component("zz", "zz"), 6)  # the harmonic mean of K + 4 G/3 = 3 and 6
    4.0
    """
    problem = _read(labels, moduli, voxel_size, precision)
    if not (np.isfinite(tolerance) and 0.0 < tolerance < 1.0):
        raise InputError(f"tolerance is {tolerance}; it is a relative error between 0 and 1, such as 1e-3.")
    if isotropic and not (isinstance(directions, str) and directions == "all"):
        raise InputError("isotropic solves two loads of its own; leave directions out, or isotropic.")
    loads = _ISOTROPIC if isotropic else {STRAINS[c]: _unit(c) for c in _components(directions)}
    solver = _Solver(problem, float(tolerance), progress)
    states = [solver.solve(name, mean, keep=not isotropic) for name, mean in loads.items()]
    return _result(problem, solver, states, isotropic)


def _unit(component: int) -> Array:
    return np.asarray(np.eye(6)[component])


def _shear_mix() -> Array:
    """Return a unit deviator (engineering shear): two fifths of its square straight, the rest in all three shears."""
    stretch, shear = math.sqrt(0.2), 2.0 * math.sqrt(0.1)
    return np.array([stretch, -stretch, 0.0, shear, shear, shear])


_ISOTROPIC: Final = {"hydrostatic": np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0]), "shear": _shear_mix()}


def _component(name: str) -> int:
    for spelled in (str(name), str(name)[::-1]):
        if spelled in STRAINS:
            return STRAINS.index(spelled)
    raise UnknownNameError("direction", str(name), [*STRAINS, "all"])


def _components(directions: str | Sequence[str]) -> list[int]:
    if isinstance(directions, str):
        return list(range(6)) if directions == "all" else [_component(directions)]
    if not directions:
        raise InputError(f"directions is empty; name components of the mean strain: {', '.join(STRAINS)}.")
    return sorted({_component(name) for name in directions})


@dataclass(frozen=True, slots=True)
class _Problem:
    """The image and its numbers in solver units: lengths over the mean edge, moduli over the largest."""

    codes: Array
    names: tuple[int, ...]
    counts: NDArray[np.int64]
    bulk: Array
    shear: Array
    scale: float
    spacing: Array
    precision: str

    @property
    def dtype(self) -> Any:
        return _PRECISIONS[self.precision]

    @property
    def present(self) -> list[int]:
        return [int(code) for code in np.flatnonzero(self.counts)]

    def stiffness(self, code: int) -> Array:
        """Return the stiffness of one phase [Pa], shape (6, 6)."""
        bulk, shear = self.bulk[code] * self.scale, self.shear[code] * self.scale
        out = np.diag([2.0 * shear] * 3 + [shear] * 3)
        out[:3, :3] += bulk - 2.0 / 3.0 * shear
        return out


def _read(labels: Any, moduli: Mapping[Any, tuple[Modulus, Modulus]], voxel_size: Any, precision: str) -> _Problem:
    if precision not in _PRECISIONS:
        raise UnknownNameError("precision", str(precision), _PRECISIONS)
    phases: dict[str, int] = {}
    if isinstance(labels, VoxelImage):
        phases = {name: label for label, name in labels.phases.items()}
        voxel_size = labels.voxel_size if voxel_size is None else voxel_size
        labels = labels.labels
    image = whole_numbers(labels, "labels")
    if image.ndim != 3:
        raise InputError(
            f"labels have {image.ndim} axes; elasticity needs three, z, y, x (a plane in plane strain is labels[None])."
        )
    given = {label_of(key, phases, "moduli"): _pair_of_moduli(key, pair) for key, pair in moduli.items()}
    codes, names, counts = coded(image, list(given))
    missing = [name for name, count in zip(names, counts, strict=True) if count and name not in given]
    if missing:
        known = ", ".join(str(name) for name in list(given)[:12]) or "nothing"
        raise InputError(
            f"label {missing[0]} occurs in the image and has no moduli; moduli holds {known} ((0, 0): a pore)."
        )
    pairs = np.array([given.get(name, (0.0, 0.0)) for name in names])
    scale = float(pairs[counts > 0].max(initial=0.0)) or 1.0
    edges = edges_of(voxel_size, 3)
    return _Problem(
        codes=codes,
        names=names,
        counts=counts,
        bulk=pairs[:, 0] / scale,
        shear=pairs[:, 1] / scale,
        scale=scale,
        spacing=edges / np.prod(edges) ** (1 / 3),
        precision=precision,
    )


def _pair_of_moduli(key: Any, pair: Any) -> tuple[float, float]:
    if isinstance(pair, str) or np.ndim(pair) != 1 or len(pair) != 2:
        raise InputError(f"the moduli of {key} are {pair!r}; give (bulk modulus, shear modulus) [Pa].")
    return _modulus("bulk", key, pair[0]), _modulus("shear", key, pair[1])


def _modulus(kind: str, key: Any, given: Any) -> float:
    try:
        value = to_si(given, "pressure") if isinstance(given, str) else float(given)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the {kind} modulus of {key} is {given!r}; give a number [Pa] or text with a unit.") from None
    if not (math.isfinite(value) and value >= 0.0):
        raise InputError(f"the {kind} modulus of {key} is {value:g} Pa; it must be a finite number, 0 or more.")
    return value


@dataclass(frozen=True, slots=True)
class _State:
    """One load solved; energies and strains in solver units."""

    name: str
    mean: Array
    displacement: Array | None
    energy: float
    strain: Array
    error: float
    iterations: int
    ending: Ending


class _Solver:
    """Conjugate gradients for the displacement around a mean strain."""

    def __init__(
        self, problem: _Problem, tolerance: float, progress: Callable[[str, int, float], object] | None
    ) -> None:
        self.problem, self.tolerance, self.progress = problem, tolerance, progress
        dtype = problem.dtype
        self.shape: tuple[int, int, int] = problem.codes.shape
        self.voxels = problem.codes.size
        self.grid = self._grid().astype(dtype)
        self.lame = np.stack([problem.bulk - 2.0 / 3.0 * problem.shear, problem.shear], axis=1).astype(dtype)
        bulk, shear = self._reference()
        self.uniform = np.array([bulk - 2.0 / 3.0 * shear, shear], dtype)
        at = problem.present
        ratios = np.concatenate([problem.bulk[at] / bulk, problem.shear[at] / shear])
        self.all_bear = bool((ratios > 0.0).all())
        self.softest = float(ratios[ratios > 0.0].min(initial=1.0))
        self.sine, self.cosine = self._phases(dtype)
        nz, ny, nx = self.shape
        self.spectrum = np.empty((3, nz, ny, nx // 2 + 1), np.complex64 if dtype is np.float32 else np.complex128)

    def solve(self, name: str, mean: Array, *, keep: bool) -> _State:
        """Return the state under the mean strain `mean`."""
        problem = self.problem
        loaded, unloaded = mean.astype(problem.dtype), np.zeros(6, problem.dtype)
        u, p = self._field(), self._field()
        r, q = self._field(), self._field()
        uniform = self._mean_energy(u, loaded, u, loaded)
        floor = _FLOOR[problem.precision] * uniform
        self._over(kernels.forces, problem.codes, self.lame, u, loaded, self.grid, r)
        np.negative(r, out=r)
        energy, error, iterations, ending = uniform, 0.0, 0, Ending.CONVERGED
        course = _Course(self.softest, self.all_bear)
        self._precondition(r, q)
        rho = self._dot(r, q) / self.voxels
        p[...] = q
        while rho > 1e-3 * self.tolerance * floor:
            if iterations == _MOST_ITERATIONS:
                ending = Ending.NOT_CONVERGED
                break
            curvature = self._over(kernels.forces, problem.codes, self.lame, p, unloaded, self.grid, q) / self.voxels
            if not curvature > 0.0:
                ending = Ending.ROUNDING
                break
            length = rho / curvature
            self._over(kernels.step, u, p, r, q, problem.dtype(length))
            energy -= length * rho
            iterations += 1
            self._precondition(r, q)
            rho, before = self._dot(r, q) / self.voxels, rho
            error = course.error(length, before, rho)
            if self.progress is not None:
                self.progress(name, iterations, error / max(energy, floor))
            if error <= max(self.tolerance * energy, floor):
                break
            self._over(kernels.turn, p, q, problem.dtype(rho / before))
        found = self._mean_energy(u, loaded, u, loaded)
        error += abs(found - energy)
        if ending is Ending.CONVERGED and found > 10.0 * floor and error > 2.0 * self.tolerance * found:
            ending = Ending.ROUNDING
        sums = self._over(
            kernels.phase_strain, problem.codes, len(problem.names), u, loaded, self.grid, start=np.zeros(1)
        )
        return _State(
            name, mean, u if keep else None, found, sums, error / max(found, floor, 1e-300), iterations, ending
        )

    def energy(self, one: _State, other: _State) -> float:
        """Return the mean over the voxels of the stress of one state times the strain of another, in solver units."""
        if one is other:
            return one.energy
        dtype = self.problem.dtype
        return self._mean_energy(one.displacement, one.mean.astype(dtype), other.displacement, other.mean.astype(dtype))

    def _grid(self) -> Array:
        """Return 1/4 over the spacing (3), the shear stiffness of the twists y x, z x, z y and z y x, and 1/2."""
        z, y, x = steep = 1.0 / self.problem.spacing**2
        twists = np.array([(y + x) / 12.0, (z + x) / 12.0, (z + y) / 12.0, (z + y + x) / 144.0])
        return np.concatenate([0.25 * np.sqrt(steep), _TWIST * twists, [0.5]])

    def _reference(self) -> tuple[float, float]:
        """Return bulk and shear modulus of the uniform medium: geometric means of the extremes that bear."""
        bulk, shear = (_middle(values[self.problem.present]) for values in (self.problem.bulk, self.problem.shear))
        return bulk or shear or 1.0, shear or bulk or 1.0

    def _phases(self, dtype: Any) -> tuple[Array, Array]:
        sine, cosine = np.zeros((3, max(self.shape)), dtype), np.zeros((3, max(self.shape)), dtype)
        for axis, count in enumerate(self.shape):
            at = np.arange(count)
            sine[axis, :count] = np.sin(np.pi * at / count)
            cosine[axis, :count] = np.where(2 * at == count, 0.0, np.cos(np.pi * at / count))
        return sine, cosine

    def _precondition(self, r: Array, z: Array) -> None:
        """Put the answer of the uniform medium to the forces r into z."""
        from scipy import fft

        for c in range(3):
            self.spectrum[c] = fft.rfftn(r[c], workers=threads())
        self._over(kernels.invert_uniform, self.spectrum, self.sine, self.cosine, self.grid, self.uniform)
        for c in range(3):
            z[c] = fft.irfftn(self.spectrum[c], s=self.shape, overwrite_x=True, workers=threads())

    def _field(self) -> Array:
        return np.zeros((3, *self.shape), self.problem.dtype)

    def _over(self, kernel: Callable[..., Any], *arguments: Any, start: Any = 0.0) -> Any:
        parts = over_planes(kernel, self.shape[0], self.voxels, *arguments)
        return None if parts[0] is None else sum(parts, start)

    def _dot(self, a: Array, b: Array) -> float:
        return float(self._over(kernels.dot, a, b))

    def _mean_energy(self, u: Any, mean: Array, v: Any, mean_v: Array) -> float:
        arguments = (self.problem.codes, self.lame, u, mean, v, mean_v, self.grid)
        return float(self._over(kernels.pair_energy, *arguments)) / self.voxels


def _middle(values: Array) -> float:
    bearing = values[values > 0.0]
    return float(np.sqrt(bearing.min() * bearing.max())) if bearing.size else 0.0


class _Course:
    r"""How the conjugate gradients have gone, and what energy they may still gain.

    The bound of Gauss and Radau: with step lengths a, :math:`\rho = r\cdot z` and mu no larger than any eigenvalue,
    the energy still to be gained is at most :math:`g_k\rho_k`, :math:`g_0 = 1/\mu`,
    :math:`g_{k+1} = (g_k-a_k)/(\mu(g_k-a_k) + \rho_{k+1}/\rho_k)`.

    Parameters
    ----------
    softest : float
        Least modulus of the phases that bear over that of the preconditioner: mu, if all phases bear.
    all_bear : bool
        Otherwise mu is a tenth of `softest` or of the least eigenvalue seen so far, whichever is less.
    """

    def __init__(self, softest: float, all_bear: bool) -> None:
        self.least, self.all_bear = softest if all_bear else 0.1 * softest, all_bear
        self.lengths: list[float] = []
        self.rhos: list[float] = []
        self.factor = 1.0 / self.least

    def error(self, length: float, before: float, rho: float) -> float:
        """Return how much energy may still be gained at most (estimated, where a phase bears nothing)."""
        self.lengths.append(length)
        self.rhos.append(before)
        seen = math.inf if self.all_bear else 0.1 * self._eigenvalue()
        if seen < 0.9 * self.least:
            self.least, self.factor = seen, 1.0 / seen
            for a, here, there in zip(self.lengths, self.rhos, [*self.rhos[1:], rho], strict=True):
                self._advance(a, here, there)
        else:
            self._advance(length, before, rho)
        return max(self.factor * rho, length * rho)  # one step more gains that much, rounding or not

    def _advance(self, length: float, before: float, rho: float) -> None:
        ahead = max(self.factor - length, 0.0)
        self.factor = ahead / max(self.least * ahead + rho / before, 1e-300)

    def _eigenvalue(self) -> float:
        """Return the least eigenvalue of the Lanczos matrix that the steps define."""
        from scipy.linalg import eigvalsh_tridiagonal

        inverse = 1.0 / np.array(self.lengths)
        turns = np.array(self.rhos[1:]) / np.array(self.rhos[:-1])
        diagonal = inverse.copy()
        diagonal[1:] += turns * inverse[:-1]
        if diagonal.size == 1:
            return float(diagonal[0])
        least = eigvalsh_tridiagonal(diagonal, np.sqrt(turns) * inverse[:-1], select="i", select_range=(0, 0))[0]
        return max(float(least), 1e-12 * float(diagonal.max()))


def _sums(tensor: Array) -> tuple[float, float, float]:
    """Return the sums of the diagonal of the normal block, of its three pairs, and of the shear diagonal."""
    diagonal = np.diag(tensor)
    return float(diagonal[:3].sum()), float(tensor[0, 1] + tensor[0, 2] + tensor[1, 2]), float(diagonal[3:].sum())


def _result(problem: _Problem, solver: _Solver, states: Sequence[_State], isotropic: bool) -> EffectiveElasticity:
    stiffness = np.full((6, 6), np.nan)
    if isotropic:
        bulk = states[0].energy / 9.0 * problem.scale
        shear = states[1].energy / 2.0 * problem.scale
    else:
        for n, one in enumerate(states):
            for other in states[: n + 1]:
                a, b = STRAINS.index(one.name), STRAINS.index(other.name)
                stiffness[a, b] = stiffness[b, a] = solver.energy(one, other) * problem.scale
        straight, mixed, tangent = _sums(stiffness)
        bulk, shear = (straight + 2.0 * mixed) / 9.0, (straight - mixed + 3.0 * tangent) / 15.0
    present = problem.present
    strain = {
        problem.names[code]: np.stack([state.strain[code] for state in states], axis=1) / problem.counts[code]
        for code in present
    }
    fractions = [float(problem.counts[code] / solver.voxels) for code in present]
    least = 1e-15 * problem.scale  # the laws take no bulk modulus of exactly 0
    bulks = [max(float(problem.bulk[code]) * problem.scale, least) for code in present]
    shears = [float(problem.shear[code]) * problem.scale for code in present]
    return EffectiveElasticity(
        stiffness=stiffness,
        bulk_modulus=bulk,
        shear_modulus=shear,
        loads=tuple(state.name for state in states),
        error_estimate={state.name: state.error for state in states},
        iterations={state.name: state.iterations for state in states},
        ending={state.name: state.ending for state in states},
        volume_fractions={problem.names[code]: part for code, part in zip(present, fractions, strict=True)},
        phase_strain=strain,
        phase_stress={problem.names[code]: problem.stiffness(code) @ strain[problem.names[code]] for code in present},
        bulk_bounds=_bounds(hashin_shtrikman_bulk(bulks, shears, fractions)),
        shear_bounds=_bounds(hashin_shtrikman_shear(bulks, shears, fractions)),
    )


def _bounds(pair: tuple[Any, Any]) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])
