"""Arcs without being told the circuit: choice by evidence, and plain words where the data do not decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.analysis.impedance._assign import Role, assign_arcs
from ceramer.analysis.impedance._circuit import Circuit
from ceramer.analysis.impedance._data import Data
from ceramer.analysis.impedance._fit import UNCERTAIN, CircuitFit, finish, misfit_chance
from ceramer.analysis.impedance._select import Candidate, Selection, select
from ceramer.analysis.impedance._solver import bounds, minimise
from ceramer.errors import InputError

__all__ = ["Arc", "ArcFit", "Choice", "arcs_of", "fit_arcs"]

Array = NDArray[np.float64]
TOLERANCE = 0.05
"""Change of a resistance that matters: alternatives that stay within it do not make an answer unresolved."""
UNRESOLVED = 0.04
"""Relative standard error of a resistance beyond which it is called unresolved."""
_DOUBT = 0.05
_DECIDED = 0.5
_TIE = 2.0


@dataclass(frozen=True, slots=True)
class Arc:
    """One depressed arc R || CPE, or (R + diffusion) || CPE.

    R [ohm] and its standard error (with the spread among likely circuits), relaxation time tau [s], exponent alpha,
    effective capacitance C = tau/R [F] with standard error, peak frequency [Hz], and what it is likely to be
    (see `assign_arcs`).
    """

    resistance: float
    resistance_error: float
    tau: float
    alpha: float
    capacitance: float
    capacitance_error: float
    frequency: float
    role: Role

    def __str__(self) -> str:
        return (
            f"R = {self.resistance:.5g} +/- {self.resistance_error:.2g} ohm, C = {self.capacitance:.3g} F, "
            f"alpha = {self.alpha:.3f}, {self.frequency:.3g} Hz: {self.role}"
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One circuit that was tried: its criterion above the best, its share of the evidence, its resistances [ohm]."""

    circuit: Circuit
    bic: float
    delta: float
    share: float
    resistances: tuple[float, ...]


@dataclass(frozen=True)
class ArcFit:
    """Result of `fit_arcs`: the chosen circuit, its arcs by rising relaxation time, and what remains open.

    `unresolved` holds the reasons why the numbers must not be used as they stand (empty: resolved); `warnings` holds
    those and every lesser doubt. `choices` are the circuits tried, best first.
    """

    fit: CircuitFit
    arcs: tuple[Arc, ...]
    unresolved: tuple[str, ...]
    warnings: tuple[str, ...]
    choices: tuple[Choice, ...] = field(repr=False)

    @property
    def circuit(self) -> Circuit:
        """The chosen circuit."""
        return self.fit.circuit

    @property
    def resolved(self) -> bool:
        """Whether the data decide on the arcs and their resistances."""
        return not self.unresolved

    @cached_property
    def series_resistance(self) -> float:
        """R0 [ohm]; 0 where the circuit has none."""
        return self.fit.params.get("R0", 0.0)

    def __str__(self) -> str:
        lines = [f"[[Arcs: {self.circuit}]]" + ("" if self.resolved else "  UNRESOLVED")]
        if "R0" in self.fit.params:
            lines.append(f"    R0 = {self.fit.params['R0']:.5g} +/- {self.fit.stderr['R0']:.2g} ohm")
        lines += [f"    {k}: {arc}" for k, arc in enumerate(self.arcs, 1)]
        lines += ["[[Evidence]]"]
        lines += [f"    {c.share:7.2%}  dBIC {c.delta:6.1f}  {c.circuit}" for c in self.choices[:5]]
        lines += [f"##  Unresolved: {text}" for text in self.unresolved]
        lines += [f"##  Warning: {text}" for text in self.warnings if text not in self.unresolved]
        return "\n".join(lines)


def fit_arcs(
    frequency: ArrayLike,
    impedance: ArrayLike,
    *,
    weighting: str = "modulus",
    most: int = 6,
    thickness: float | None = None,
    area: float | None = None,
) -> ArcFit:
    r"""Fit a spectrum by as many arcs as it shows, with or without R0, L and a tail (CPE, C, W, Wo, Ws).

    Diffusion W, Wo or Ws stands in series or behind the resistor of the slowest arc (Randles: p(R1-W1,CPE1)). Where the
    data cannot tell and the resistances are the same, the circuit in series is given.
    The Bayesian information criterion ranks the circuits; its differences give each a share of the evidence. The answer
    is called unresolved where circuits with different resistances share the evidence, where a resistance is known to no
    better than 4 %, where arcs merge, or where no circuit reaches the noise. Test the spectrum with `kramers_kronig`
    first and pass on its valid points: an artefact is not an arc.

    Parameters
    ----------
    frequency : array_like (N,)
        [Hz], any order; at least 8 points.
    impedance : array_like (N,), complex
        [ohm].
    weighting : "modulus" or "unit"
        As in `fit_circuit`.
    most : int
        Largest number of arcs tried.
    thickness, area : float, optional
        [m], [m2]: with both, capacitances are normalised by geometry before arcs are assigned.

    Raises
    ------
    InputError
        Bad spectrum or too few points.
    """
    if not 1 <= most <= 8:
        raise InputError(f"fit_arcs: most must lie between 1 and 8, got {most}.")
    data = Data.of(frequency, impedance, weighting, 8)
    ranked = _refined(select(data, most))
    return _judge([finish(c.plan, c.theta, data) for c in ranked], data, thickness, area)


def _refined(selection: Selection) -> list[Candidate]:
    """The candidates that share the evidence, polished and ranked again."""
    ranked = selection.ranked()
    near = [c for c in ranked if c.bic < ranked[0].bic + 9.0][:8]
    out = []
    for c in near:
        found = minimise(c.plan, c.theta[None], selection.data, bounds(c.plan, selection.data), tolerance=1e-6)
        out.append(selection.judged(c.shape, c.plan, found.theta[0], float(found.cost[0])))
    return sorted(out, key=lambda c: c.bic)


def resistances(fit: CircuitFit) -> tuple[Array, Array]:
    """R0 (if any) and the resistances of the arcs, with their relative standard errors."""
    index = [k for k, name in enumerate(fit.circuit.parameters) if name.startswith("R")]
    return fit.values[index], fit.standard_errors[index] / fit.values[index]


def _same(a: CircuitFit, b: CircuitFit) -> bool:
    """Whether two circuits give the same resistances within the tolerance, or differ by a negligible R0 only."""
    (ra, _), (rb, _) = resistances(a), resistances(b)
    if ra.size != rb.size and len(a.circuit.arcs) == len(b.circuit.arcs):
        larger = ra if ra.size > rb.size else rb
        if larger.size > 1 and larger[0] < 0.5 * TOLERANCE * larger[1]:
            ra, rb = ra[-len(a.circuit.arcs) :], rb[-len(a.circuit.arcs) :]
    return ra.size == rb.size and bool(np.all(np.abs(np.log(rb / ra)) < TOLERANCE))


def _is_twin(one: CircuitFit, nested: CircuitFit) -> bool:
    """Whether `one` has in series the diffusion that `nested` has behind an arc, with the same resistances."""
    inside, outside = (sorted(name for name in fit.circuit.parameters) for fit in (nested, one))
    behind = any(name in str(nested.circuit) for name in ("-W1,", "-Wo1,", "-Ws1,"))
    return behind and inside == outside and str(one.circuit) != str(nested.circuit) and _same(one, nested)


def _averaged(fit: CircuitFit, fits: list[CircuitFit], share: Array) -> Array:
    """Relative standard errors of the resistances, with the spread among circuits of the same resistors added."""
    values, errors = resistances(fit)
    variance = errors**2
    for other, weight in zip(fits, share, strict=True):
        found = resistances(other)[0]
        if found.size == values.size and ("R0" in other.params) == ("R0" in fit.params):
            variance = variance + weight * np.log(found / values) ** 2
    return np.sqrt(variance)


def _judge(fits: list[CircuitFit], data: Data, thickness: float | None, area: float | None) -> ArcFit:
    bics = np.array([fit.bic for fit in fits])
    share = np.exp(-0.5 * (bics - bics.min()))
    share /= share.sum()
    chosen = 0
    for k, fit in enumerate(fits):  # a circuit with an undetermined resistance yields to a near equal without one
        worst = resistances(fit)[1].max(initial=0.0)
        if bics[k] - bics.min() < 6.0 and worst < 0.25:
            chosen = k
            break
    twin = next((k for k, fit in enumerate(fits) if _is_twin(fit, fits[chosen])), None)
    if twin is not None and bics[twin] - bics[chosen] < _TIE:
        chosen = twin  # series or behind the charge transfer: the data cannot tell, and the resistances are the same
    fit = fits[chosen]
    other = [k for k in range(len(fits)) if not _same(fit, fits[k])]
    doubt = float(share[other].sum())
    unresolved: list[str] = []
    warnings = list(fit.warnings)
    if doubt > _DOUBT:
        listed = " or ".join(str(fits[k].circuit) for k in [chosen, *other][:3])
        text = f"the evidence does not decide between {listed} ({100 * doubt:.0f} % against the circuit given)."
        (unresolved if doubt > _DECIDED else warnings).append(text)
    errors = _averaged(fit, fits, share)
    names = [name for name in fit.circuit.parameters if name.startswith("R")]
    unresolved += _weak(names, errors)
    leaning = [
        f"{name} (+/- {100 * total:.1f} %)"
        for name, total, own in zip(names, errors, resistances(fit)[1], strict=True)
        if own < UNCERTAIN < total
    ]
    if leaning:
        warnings.append(f"leans on the choice of circuit: {', '.join(leaning)}.")
    unresolved += [text for text in fit.warnings if "factor 3" in text]
    if misfit_chance(fit.rss, 2 * data.size - fit.values.size, data.linear) < 1e-6:
        unresolved.append("no circuit of arcs reaches the noise of the spectrum.")
    if fit.reduced_chi2 > 0.01:
        unresolved.append(f"the residuals are {100 * fit.reduced_chi2**0.5:.0f} % of the impedance.")
    if not fit.circuit.arcs:
        warnings.append("no arc is seen in this window.")
    choices = tuple(
        Choice(f.circuit, f.bic, float(f.bic - bics.min()), float(s), tuple(resistances(f)[0].tolist()))
        for f, s in zip(fits, share, strict=True)
    )
    arcs = _arcs(fit, errors, thickness, area)
    return ArcFit(fit, arcs, tuple(unresolved), tuple(dict.fromkeys([*unresolved, *warnings])), choices)


def arcs_of(fit: CircuitFit, *, thickness: float | None = None, area: float | None = None) -> ArcFit:
    """Arcs of a circuit that was told and fitted by `fit_circuit`; its warnings carry over.

    Parameters: `thickness` [m] and `area` [m2] as in `fit_arcs`.
    """
    _, errors = resistances(fit)
    names = [name for name in fit.circuit.parameters if name.startswith("R")]
    unresolved = _weak(names, errors)
    unresolved += [text for text in fit.warnings if "factor 3" in text or "misses the data" in text]
    arcs = _arcs(fit, errors, thickness, area)
    return ArcFit(fit, arcs, tuple(unresolved), tuple(dict.fromkeys([*unresolved, *fit.warnings])), ())


def _weak(names: list[str], errors: Array) -> list[str]:
    weak = [
        f"{name} (+/- {100 * error:.0f} %)" if np.isfinite(error) else name
        for name, error in zip(names, errors, strict=True)
        if not error < UNRESOLVED
    ]
    return [f"the data do not determine {', '.join(weak)}."] if weak else []


def _arcs(fit: CircuitFit, errors: Array, thickness: float | None, area: float | None) -> tuple[Arc, ...]:
    names = fit.circuit.parameters
    spread = dict(zip((name for name in names if name.startswith("R")), errors, strict=True))
    rows: list[tuple[float, ...]] = []
    for r_label, q_label in fit.circuit.arcs:
        i = names.index(r_label)
        ideal = q_label in names
        q = names.index(q_label if ideal else f"{q_label}_Q")
        r, big_q, alpha = fit.values[i], fit.values[q], 1.0 if ideal else fit.values[q + 1]
        tau = (r * big_q) ** (1.0 / alpha)
        # ln C = (ln Q + (1 - alpha) ln R) / alpha; covariance_log holds relative (co)variances of R, Q and alpha
        slope = np.array([(1.0 - alpha) / alpha, 1.0 / alpha] + ([] if ideal else [-np.log(r * big_q) / alpha]))
        index = [i, q] + ([] if ideal else [q + 1])
        variance = float(slope @ np.nan_to_num(fit.covariance_log[np.ix_(index, index)]) @ slope)
        c = tau / r
        row = (r, r * spread[r_label], tau, alpha, c, c * max(variance, 0.0) ** 0.5)
        rows.append(tuple(float(x) for x in row))
    rows.sort(key=lambda row: row[2])
    roles = assign_arcs([row[4] for row in rows], thickness=thickness, area=area)
    return tuple(
        Arc(r, r_error, tau, alpha, c, c_error, 1.0 / (2.0 * np.pi * tau), role)
        for (r, r_error, tau, alpha, c, c_error), role in zip(rows, roles, strict=True)
    )
