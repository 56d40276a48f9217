"""Activation energy from conductivities at several temperatures, with the form of the law stated and compared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ceramer import laws
from ceramer.analysis._report import AnalysisReport, Input
from ceramer.analysis._statistics import LinearFit, aicc, linear_fit
from ceramer.analysis._uncertain import Array, propagate_covariance, series_of
from ceramer.errors import InputError, UnknownNameError
from ceramer.provenance import Result
from ceramer.units import BOLTZMANN

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ARRHENIUS_FORMS", "arrhenius"]

Form = Literal["sigma", "sigma_T", "vtf"]
ARRHENIUS_FORMS: tuple[Form, ...] = ("sigma", "sigma_T", "vtf")
_EQUATION = {
    "sigma": "ln sigma = ln A - Ea/(k T)",
    "sigma_T": "ln(sigma T) = ln A - Ea/(k T)",
    "vtf": "ln sigma = ln A - B/(T - T0)",
}
_CLEAR = 2.0
"""Difference of AICc below which two forms are called equally good."""


@dataclass(frozen=True)
class _Fit:
    form: Form
    linear: LinearFit
    t0: float | None
    chi_square: float
    criterion: float
    parameters: int


def arrhenius(
    temperature: object,
    conductivity: object,
    *,
    conductivity_uncertainty: object | None = None,
    form: Form | None = None,
) -> AnalysisReport:
    """Fit conductivity against temperature by Arrhenius in both forms and by Vogel-Tammann-Fulcher.

    ``sigma``: ln sigma = ln A - Ea/kT; ``sigma_T``: ln(sigma T) = ln A - Ea/kT; ``vtf``: ln sigma = ln A - B/(T - T0).
    All three are fitted to ln sigma and compared by AICc; `form` fixes the one that is reported.

    Parameters
    ----------
    temperature : shape (n,), [K], in the order they were measured
    conductivity : shape (n,), [S/m]
    conductivity_uncertainty : standard uncertainties, shape (n,), [S/m]; None: the noise is taken from the residuals
    form : "sigma", "sigma_T" or "vtf"; None: the best by AICc

    Returns
    -------
    AnalysisReport
        activation_energy [J] (at the middle temperature for vtf, with B and T0 beside it), prefactor; table of forms.

    Raises
    ------
    InputError
        Fewer than two temperatures, or a value that is not above 0.

    Notes
    -----
    Ea of ``sigma_T`` exceeds that of ``sigma`` by about kT, so a number without its form means little. Valid where no
    phase changes in the range; a kink is reported.

    References
    ----------
    .. [1] K. P. Burnham, D. R. Anderson, Model Selection and Multimodel Inference, Springer (2002), doi:10.1007/b97636
    """
    t, s = _columns(temperature, conductivity)
    if form is not None and form not in ARRHENIUS_FORMS:
        raise UnknownNameError("form of the Arrhenius law", form, ARRHENIUS_FORMS)
    sigma_log: Array | None = None
    if conductivity_uncertainty is not None:
        (u,) = series_of(conductivity_uncertainty=conductivity_uncertainty)
        if u.shape != s.shape or (u <= 0.0).any():
            raise InputError("conductivity_uncertainty must hold one number above 0 for each conductivity.")
        sigma_log = u / s
    distinct = np.unique(np.round(t, 2)).size
    if distinct < 2:
        raise InputError("All temperatures are equal, so they fix no activation energy; measure a second temperature.")
    forms: list[Form] = [f for f in ARRHENIUS_FORMS if f != "vtf" or distinct >= 4]
    if form == "vtf" and "vtf" not in forms:
        raise InputError(f"A VTF fit needs at least 4 temperatures, but {distinct} are given; use form='sigma'.")
    fits = {f: _fit(f, t, s, sigma_log) for f in forms}
    best = min(fits.values(), key=lambda fit: fit.criterion)
    chosen = fits[form] if form is not None else best
    if form is None and not math.isfinite(best.criterion):
        chosen = fits["sigma"]
    warnings, notes = _judge(t, s, sigma_log, fits, chosen=chosen, best=best, asked=form is not None)
    results = _results(t, chosen)
    grid = np.linspace(t.min(), t.max(), 101)
    return AnalysisReport(
        "arrhenius",
        results,
        verdict=f"Fitted as {_EQUATION[chosen.form]}, {t.size} points from {t.min() - 273.15:.4g} to "
        f"{t.max() - 273.15:.4g} degC.",
        warnings=tuple(warnings),
        notes=tuple(notes),
        inputs=(
            Input("lowest temperature", float(t.min()), "degC", source="data"),
            Input("highest temperature", float(t.max()), "degC", source="data"),
        ),
        tables={"forms": _table(t, fits, best)},
        series={
            "temperature": t,
            "conductivity": s,
            "fit_temperature": grid,
            "fit_conductivity": _predict(chosen, grid),
            "residual": chosen.linear.residuals,
            **{f"fit_conductivity_{name}": _predict(fit, grid) for name, fit in fits.items()},
        },
    )


def _columns(temperature: object, conductivity: object) -> tuple[Array, Array]:
    t, s = series_of(temperature=temperature, conductivity=conductivity, at_least=2)
    if (t <= 0.0).any():
        raise InputError("temperature must be in kelvin and above 0; 30 degC is 303.15.")
    if (s <= 0.0).any():
        raise InputError(f"conductivity must be above 0, but point {int(np.argmax(s <= 0.0))} is not.")
    return t, s


def _fit(form: Form, t: Array, s: Array, sigma: Array | None) -> _Fit:
    known = sigma is not None
    if form != "vtf":
        y = np.log(s * t) if form == "sigma_T" else np.log(s)
        linear = linear_fit(np.column_stack([np.ones_like(t), -1.0 / (BOLTZMANN * t)]), y, sigma)
        return _Fit(form, linear, None, linear.chi_square, aicc(linear.chi_square, t.size, 2, known_noise=known), 2)
    from scipy.optimize import minimize_scalar

    def at(t0: float) -> LinearFit:
        return linear_fit(np.column_stack([np.ones_like(t), -1.0 / (t - t0)]), np.log(s), sigma)

    low, high = 0.0, float(t.min()) - 5.0
    grid = np.linspace(low, high, 40)
    chi = [at(x).chi_square for x in grid]
    i = int(np.argmin(chi))
    bracket = (grid[max(i - 1, 0)], grid[min(i + 1, grid.size - 1)])
    found = minimize_scalar(lambda x: at(x).chi_square, bounds=bracket, method="bounded", options={"xatol": 1e-4})
    t0 = float(found.x)
    base = at(t0)
    b = float(base.coefficients[1])
    full = np.column_stack([np.ones_like(t), -1.0 / (t - t0), -b / (t - t0) ** 2])
    tangent = linear_fit(full, base.residuals, sigma)
    linear = LinearFit(
        np.array([*base.coefficients, t0]),
        tangent.covariance,
        base.residuals,
        base.chi_square,
        tangent.degrees_of_freedom,
        tangent.factor,
    )
    return _Fit("vtf", linear, t0, base.chi_square, aicc(base.chi_square, t.size, 3, known_noise=known), 3)


def _predict(fit: _Fit, t: Array) -> Array:
    a, b = _prefactor(fit), float(fit.linear.coefficients[1])
    if fit.form == "vtf":
        curve = laws.vtf(t, a, b, fit.t0) if b >= 0.0 else a * np.exp(-b / (t - (fit.t0 or 0.0)))
    elif fit.form == "sigma_T":
        curve = laws.arrhenius_over_temperature(t, a, b)
    else:
        curve = laws.arrhenius(t, a, b)
    return np.asarray(curve, dtype=float)


def _prefactor(fit: _Fit) -> float:
    exponent = float(fit.linear.coefficients[0])
    if abs(exponent) > 600.0:
        raise InputError(
            "The slope of the Arrhenius plot is beyond all physics (the prefactor overflows); check the temperatures."
        )
    return math.exp(exponent)


def _at_bound(fit: _Fit, t: Array) -> bool:
    return fit.t0 is not None and not 1.0 < fit.t0 < float(t.min()) - 6.0


def _middle(t: Array) -> float:
    return float(2.0 / (1.0 / t.min() + 1.0 / t.max()))


def _results(t: Array, fit: _Fit) -> tuple[Result, ...]:
    linear, equation = fit.linear, _EQUATION[fit.form]
    unit = "S K/m" if fit.form == "sigma_T" else "S/m"
    a = _prefactor(fit)
    spread = linear.error(0)
    prefactor = Result("prefactor", a, unit, None if spread is None else a * spread, method=f"A of {equation}")
    if fit.form != "vtf":
        energy = float(linear.coefficients[1])
        return (Result("activation_energy", energy, "eV", linear.error(1), method=f"Ea of {equation}"), prefactor)
    middle = _middle(t)
    scaled = linear.covariance * linear.factor**2
    local = propagate_covariance(
        lambda p: float(laws.apparent_activation_energy_vtf(middle, p[1], min(p[2], middle - 1e-3))),
        linear.coefficients,
        scaled,
    )
    solid = math.isfinite(linear.factor) and not _at_bound(fit, t)
    return (
        Result(
            "activation_energy",
            local.value,
            "eV",
            local.standard_uncertainty if math.isfinite(linear.factor) else None,
            method=f"k B (T/(T - T0))^2 at {middle - 273.15:.1f} degC, the slope of the VTF law in an Arrhenius plot",
        ),
        Result("vtf_b", float(linear.coefficients[1]), "K", linear.error(1) if solid else None, method=equation),
        Result("vtf_t0", float(linear.coefficients[2]), "K", linear.error(2) if solid else None, method=equation),
        Result("prefactor", a, unit, a * spread if solid and spread is not None else None, method=f"A of {equation}"),
    )


def _judge(
    t: Array, s: Array, sigma: Array | None, fits: dict[Form, _Fit], *, chosen: _Fit, best: _Fit, asked: bool
) -> tuple[list[str], list[str]]:
    warnings: list[str] = []
    notes: list[str] = []
    if t.size <= chosen.parameters and sigma is None:
        warnings.append(
            f"{t.size} points for {chosen.parameters} parameters: the line passes through them, "
            "and no error bar can be stated; measure more temperatures."
        )
    gap = chosen.criterion - best.criterion
    if asked and chosen is not best and gap > _CLEAR:
        warnings.append(
            f"The form {chosen.form!r} was asked for, but {best.form!r} describes the data better "
            f"(AICc lower by {gap:.1f}): the activation energy is an average slope."
        )
    rivals = [f.form for f in fits.values() if f is not chosen and f.criterion - chosen.criterion < _CLEAR]
    if rivals and math.isfinite(chosen.criterion):
        notes.append(
            f"These data cannot tell {chosen.form!r} from {' or '.join(repr(r) for r in rivals)} "
            f"(AICc within {_CLEAR:g}); the table holds all."
        )
    if chosen.form == "vtf" and _at_bound(chosen, t):
        warnings.append("T0 of the VTF law ran to the edge of its range: B, T0 and A are not fixed by these data.")
    if chosen.form == "vtf" and float(chosen.linear.coefficients[1]) < 0.0:
        warnings.append("B of the VTF law came out negative: the conductivity bends the wrong way for a VTF law.")
    order = t.size >= 5 and _drift(t, s, sigma)
    if order:
        warnings.append(str(order))
    kink = _kink(t, s, chosen, sigma)
    if kink and not order:
        warnings.append(kink)
    if sigma is not None and chosen.linear.degrees_of_freedom > 0:
        from scipy.special import gammaincc

        dof = chosen.linear.degrees_of_freedom
        if gammaincc(dof / 2.0, chosen.chi_square / 2.0) < 0.003:
            warnings.append(
                f"The scatter is {math.sqrt(chosen.chi_square / dof):.1f} times what the stated uncertainties allow: "
                "the law or the uncertainties are wrong, and the error bars are too small."
            )
    if 1.0 / t.min() - 1.0 / t.max() < 1e-4:
        warnings.append("The temperatures span less than about 10 K: the activation energy rests on noise.")
    return warnings, notes


def _drift(t: Array, s: Array, sigma: Array | None) -> str:
    """A change with the order of measurement that temperature does not explain (needs heating and cooling)."""
    index = np.arange(t.size, dtype=float)
    if abs(np.corrcoef(index, 1.0 / t)[0, 1]) > 0.9 or t.size < 6:
        return ""
    x = 1.0 / t - (1.0 / t).mean()
    design = np.column_stack([np.ones_like(t), x, x**2, index - index.mean()])
    fit = linear_fit(design, np.log(s), sigma)
    if fit.degrees_of_freedom < 1 or fit.p_value(3) > 0.003:
        return ""
    change = math.expm1(float(fit.coefficients[3]) * (t.size - 1))
    return (
        f"The conductivity changed by {change:+.0%} over the run at equal temperature (heating and cooling differ): "
        "the sample was not in equilibrium, and the slope mixes temperature with time."
    )


def _kink(t: Array, s: Array, chosen: _Fit, sigma: Array | None) -> str:
    """The break of two Arrhenius lines, where they beat the chosen smooth law by more than 10 in BIC."""
    if t.size < 8:
        return ""
    x, y = 1000.0 / t, np.log(s)
    candidates = np.unique(np.round(x, 4))[2:-2]
    if candidates.size == 0:
        return ""
    fits = [
        (linear_fit(np.column_stack([np.ones_like(x), x, np.maximum(x - c, 0.0)]), y, sigma).chi_square, float(c))
        for c in candidates
    ]
    chi, where = min(fits)
    gain = chosen.chi_square - chi
    if sigma is None:
        gain = t.size * math.log(max(chosen.chi_square, 1e-300) / max(chi, 1e-300))
    if gain < 10.0 + (4 - chosen.parameters) * math.log(t.size):
        return ""
    return (
        f"The plot bends at about {1000.0 / where - 273.15:.0f} degC, which the fitted law does not follow "
        "(melting, a glass transition, or drift): fit the two sides apart."
    )


def _table(t: Array, fits: dict[Form, _Fit], best: _Fit) -> pd.DataFrame:
    import pandas as pd

    from ceramer.units import ELECTRONVOLT

    rows = []
    for fit in fits.values():
        energy = _results(t, fit)[0]
        rows.append(
            {
                "form": fit.form,
                "equation": _EQUATION[fit.form],
                "activation energy / eV": energy.value / ELECTRONVOLT,
                "standard uncertainty / eV": math.nan
                if energy.standard_uncertainty is None
                else energy.standard_uncertainty / ELECTRONVOLT,
                "parameters": fit.parameters,
                "chi square": fit.chi_square,
                "AICc": fit.criterion,
                "AICc above best": fit.criterion - best.criterion if math.isfinite(best.criterion) else math.nan,
            }
        )
    return pd.DataFrame(rows)
