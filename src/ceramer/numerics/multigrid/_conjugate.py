"""Conjugate gradients that stop on the error of the answer, not on a residual."""

from __future__ import annotations

import enum
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from ceramer.numerics.jit import over_planes
from ceramer.numerics.multigrid import _kernels as kernels
from ceramer.numerics.multigrid._hierarchy import Array, Faces, padded

__all__ = ["Compiled", "Extra", "Operator", "Outcome", "Preconditioner", "Solution", "as_kind", "minimise"]


_PLATEAU: Final = 60
"""Iterations without a new smallest fall after which to give up."""
_EASY: Final = 4
"""Iterations up to which the falls alone tell the error of a start from zero."""
_SPURIOUS: Final = 1e-5
"""Ritz values below which rounding or complex numbers made them."""
_WARY: Final = 4.0
"""What the error estimate of a start from related solutions is multiplied by: the modes left are the hidden ones."""


class Outcome(enum.Enum):
    """How a solve ended."""

    CONVERGED = "the estimated error of the answer is below the tolerance"
    ROUNDING = "rounding errors stop any further gain; precision='float64' goes further"
    ITERATIONS = "the iteration limit came first"
    STALLED = "the iteration gains too little; a stronger preconditioner is called for"


class Operator(ABC):
    """A of A u = b on padded fields, and the vector work of conjugate gradients (products without conjugation)."""

    dtype: np.dtype[Any]
    """Of the fields, as NumPy calls it."""
    bare: bool = True
    """Whether the faces are the only couplings."""

    @property
    def precision(self) -> float:
        """Relative spacing of the numbers."""
        return float(np.finfo(self.dtype).eps)

    @abstractmethod
    def zeros(self) -> Any:
        """Return a padded field of zeros."""

    @abstractmethod
    def put(self, field: Array) -> Any:
        """Copy a padded field to where A works."""

    @abstractmethod
    def get(self, field: Any) -> Array:
        """Bring one back."""

    @abstractmethod
    def apply(self, p: Any, out: Any) -> Any:
        """Write A p to `out` (the ghosts of p are fresh) and return p . A p."""

    @abstractmethod
    def products(self, z: Any, r: Any, ap: Any) -> tuple[Any, Any]:
        """Return z . r and z . ap."""

    @abstractmethod
    def combine(self, p: Any, z: Any, beta: Any) -> None:
        """p = z + beta p, ghosts too."""

    @abstractmethod
    def step(self, x: Any, r: Any, p: Any, ap: Any, alpha: Any) -> None:
        """x += alpha p and r -= alpha A p."""


class Preconditioner(ABC):
    """An approximate inverse of A."""

    @property
    @abstractmethod
    def residual(self) -> Array:
        """Where the right-hand side goes (padded)."""

    @abstractmethod
    def apply(self) -> Array:
        """Return z, an approximate solution of A z = residual, with fresh ghosts."""


class Extra(ABC):
    """Couplings beyond the six faces of a cell."""

    @abstractmethod
    def source(self, axis: int, b: Array) -> Any:
        """Add their part of the right-hand side for a unit mean gradient to `b` and return their part of E at u = 0."""

    @abstractmethod
    def energy(self, u: Array, v: Array, axis_u: int, axis_v: int) -> Any:
        """Return their part of the dissipation (u = v) or of the cross term of two fields."""

    @abstractmethod
    def flux(self, u: Array, axis: int) -> Array:
        """Return their current through the plane of faces above every layer of cells, for a unit mean gradient."""

    @abstractmethod
    def add(self, u: Array, out: Array) -> Any:
        """Add their part of A u to `out` and return their part of u . A u."""


class Compiled(Operator):
    """Faces and extra couplings by the compiled kernels."""

    def __init__(self, faces: Faces, extra: Extra | None = None) -> None:
        self._faces, self._extra, self.bare = faces, extra, extra is None
        self.dtype = faces.x.dtype
        self._planes, self._cells = faces.shape[0], faces.x.size

    def zeros(self) -> Array:
        """Return a padded field of zeros."""
        return padded(self._faces.shape, self.dtype)

    def put(self, field: Array) -> Array:
        """Copy a padded field."""
        return as_kind(field, self.dtype)

    def get(self, field: Array) -> Array:
        """Return it as it is."""
        return field

    def apply(self, p: Array, out: Array) -> Any:
        """Write A p to `out` and return p . A p."""
        energy = sum(over_planes(kernels.apply_operator, self._planes, self._cells, p, *self._faces, out))
        return energy if self._extra is None else energy + self._extra.add(p, out)

    def products(self, z: Array, r: Array, ap: Array) -> tuple[Any, Any]:
        """Return z . r and z . ap."""
        parts = over_planes(kernels.products, self._planes, self._cells, z, r, ap)
        return sum(part[0] for part in parts), sum(part[1] for part in parts)

    def combine(self, p: Array, z: Array, beta: Any) -> None:
        """p = z + beta p."""
        over_planes(kernels.combine, self._planes, self._cells, p, z, self.dtype.type(beta))

    def step(self, x: Array, r: Array, p: Array, ap: Array, alpha: Any) -> None:
        """x += alpha p and r -= alpha A p."""
        over_planes(kernels.step, self._planes, self._cells, x, r, p, ap, self.dtype.type(alpha))


@dataclass(slots=True)
class Solution:
    """State of a solve.

    Attributes
    ----------
    u : array
        Padded minimiser of E(u) = E(0) - 2 b . u + u . A u.
    energy : float or complex
        E(u); its error is the square of the error of u, estimated by `error` (relative).
    iterations : int
    outcome : Outcome
    gains : list of float
        Relative decrease of E by each iteration.
    least : float
        Least modulus of the eigenvalues of the preconditioned operator, as far as they have shown (Ritz values).
    """

    u: Any
    energy: Any
    error: float = math.inf
    iterations: int = 0
    outcome: Outcome = Outcome.ITERATIONS
    gains: list[float] = field(default_factory=list)
    least: float = math.inf


def as_kind(field: Array, dtype: np.dtype[Any]) -> Array:
    """Copy a field to another precision, or from complex numbers to their real parts."""
    return (field if dtype.kind == "c" else field.real).astype(dtype)


def minimise(
    operator: Operator,
    preconditioner: Preconditioner,
    solution: Solution,
    energy_of: Callable[[Any], Any],
    *,
    tolerance: float,
    limit: int,
    patience: int | None = None,
    doubt: Callable[[Any], float] | None = None,
    progress: Callable[[int, float], object] | None = None,
) -> Solution:
    """Minimise E(u) by flexible preconditioned conjugate gradients, starting from ``solution.u``.

    Parameters
    ----------
    operator : Operator
        A.
    preconditioner : Preconditioner
        Its ``residual`` holds b - A u on entry; it is overwritten.
    solution : Solution
        Start; changed in place and returned.
    energy_of : callable
        E(u) by summation over faces: exact where the running sum E(0) - gains has lost its digits.
    tolerance : float
        Relative error of E at which to stop.
    limit : int
        Most iterations.
    patience : int, optional
        Stop as STALLED when, this many iterations in, the present rate would need as many again.
    doubt : callable, optional
        An independent estimate of the relative error, asked before stopping: error that the preconditioner does not see
        makes no falls.
    progress : callable, optional
        Called with (iteration, estimated relative error).

    Notes
    -----
    E falls by exactly alpha p . r in each step. With rate q (the largest of the last two ratios of successive falls),
    the falls still to come sum to about fall q/(1 - q); twice that is taken as the error. That misses modes which the
    preconditioner hardly sees (weak grain boundaries): after some iterations, or when ``solution.least`` is known from
    a related solve, the error is at least z . r over the least Ritz value, less the last fall. Products are bilinear,
    so complex symmetric systems (sigma + i omega epsilon) are solved by the same recurrence. There z . r can vanish
    before r does: where falls say that all is done and `doubt` does not, a step that shortens r most starts anew.
    """
    x, r = solution.u, preconditioner.residual
    p, ap = operator.zeros(), operator.zeros()
    pap: Any = 0.0
    start = solution.energy
    known = math.isfinite(solution.least)
    steps: list[tuple[Any, Any]] = []
    falls: list[float] = []
    total: Any = 0.0
    doubts, anew = 0, False
    least, least_at = math.inf, 0
    for count in range(1, limit + 1):
        z = preconditioner.apply()
        zr, za = operator.products(z, r, ap)
        beta = -za / pap if pap and not anew else 0.0
        operator.combine(p, z, beta)
        pap = operator.apply(p, ap)
        if not _usable(zr, pap):
            exact = solution.iterations == 0 and zr == 0.0
            solution.energy = energy_of(x)
            if solution.iterations == 0:
                solution.error = 0.0
            if not exact and doubt is not None:
                solution.error = max(solution.error, doubt(x))
            near = solution.iterations == 0 and solution.error < tolerance  # a start that was the answer
            solution.outcome = Outcome.CONVERGED if exact or near else Outcome.ROUNDING
            return solution
        alpha = zr / pap
        if anew:
            down, length = operator.products(ap.conj(), r, ap)
            alpha = down / length
            steps.clear()
        else:
            steps.append((alpha, beta))
        operator.step(x, r, p, ap, alpha)
        gain = alpha * (2.0 * zr - alpha * pap)
        total += gain
        solution.iterations += 1
        solution.energy = start - total
        fall = abs(gain)
        falls.append(fall)
        if abs(solution.energy) < 1e-2 * abs(start):
            solution.energy = energy_of(x)
        size = abs(solution.energy)
        if size == 0.0 or (not operator.bare and size < operator.precision * abs(start)):  # nothing carries
            solution.outcome, solution.error = Outcome.CONVERGED, 0.0
            return solution
        solution.gains.append(fall / size)
        rate = _rate(falls)
        solution.error = 2.0 * fall / size * rate / (1.0 - rate)
        if solution.error < tolerance:
            if steps and (count > _EASY or not known):
                solution.least = min(solution.least, max(_least_ritz(steps), _SPURIOUS))
            hidden = (_WARY if known else 1.0) * max(abs(zr) / solution.least - fall, 0.0) / size
            if known or count > _EASY:
                solution.error = max(solution.error, hidden)
        fresh, anew = anew, False
        if progress is not None:
            progress(solution.iterations, solution.error)
        if solution.error < tolerance:
            if doubt is not None:
                solution.error = max(solution.error, doubt(x))
            if solution.error < tolerance:
                solution.outcome = Outcome.CONVERGED
                return solution
            anew = operator.dtype.kind == "c" and not fresh
            if solution.gains[-1] < operator.precision and not anew:
                solution.outcome = Outcome.ROUNDING
                return solution
            doubts += 1
            if patience is not None and doubts == 4:
                solution.outcome = Outcome.STALLED
                return solution
        if fall < least:
            least, least_at = fall, count
        elif count - least_at > _PLATEAU:
            break
        if patience is not None and count >= patience and count % 4 == 0:
            mean = (falls[-1] / falls[-5]) ** 0.25 if len(falls) > 4 and falls[-5] > 0.0 else rate
            mean = min(mean, 0.999)
            needed = math.log(max(solution.error / tolerance, 1.0)) / -math.log(mean)
            if needed > patience:
                solution.outcome = Outcome.STALLED
                return solution
    solution.outcome = Outcome.ROUNDING if operator.precision > 1e-10 else Outcome.ITERATIONS
    return solution


def _least_ritz(steps: Sequence[tuple[Any, Any]]) -> float:
    """Return the least modulus of the Ritz values that the step lengths alpha and the beta hold (Lanczos)."""
    alpha, beta = (np.array(column, complex) for column in zip(*steps, strict=True))
    tridiagonal = np.diag(1.0 / alpha)
    tridiagonal[np.diag_indices(alpha.size)] += np.append(0.0, beta[1:] / alpha[:-1])
    side = np.sqrt(beta[1:]) / alpha[:-1]
    return float(np.abs(np.linalg.eigvals(tridiagonal + np.diag(side, 1) + np.diag(side, -1))).min())


def _usable(zr: Any, pap: Any) -> bool:
    """Whether a step along p has a meaning: positive for real systems, non-zero for complex ones."""
    if not (np.isfinite(zr) and np.isfinite(pap)) or pap == 0.0 or zr == 0.0:
        return False
    return isinstance(pap, complex | np.complexfloating) or (zr > 0.0 and pap > 0.0)


def _rate(falls: list[float]) -> float:
    """Factor by which the next falls are expected to shrink."""
    if len(falls) < 2:
        return 0.5
    ratios = [falls[k] / falls[k - 1] for k in range(max(1, len(falls) - 2), len(falls)) if falls[k - 1] > 0.0]
    return min(max([*ratios, 0.1]), 0.95)
