"""Cation transference number by the steady-state polarisation of Bruce and Vincent."""

from __future__ import annotations

import math

import numpy as np

from ceramer import laws
from ceramer.analysis._report import AnalysisReport, stated
from ceramer.analysis._statistics import NonlinearFit, bin_series, least_squares, noise_of
from ceramer.analysis._steady import duration_text, steady_value
from ceramer.analysis._uncertain import Array, Number, array_of, number, propagate_covariance, series_of, unstated
from ceramer.errors import InputError
from ceramer.provenance import Result
from ceramer.units import Value

__all__ = ["bruce_vincent", "polarisation_current"]

_MODES = 80
_POINTS = 160


def polarisation_current(time: object, *, initial: float, steady: float, diffusion_time: float) -> Array:
    r"""Return the current of a symmetric cell after a small voltage step.

    The cell is a resistance R1 in series with finite-length diffusion, Z = R1 + Rd tanh(sqrt(s tau))/sqrt(s tau):

    ``I(t) = I_ss + sum_m 2 I_0 rho / (1 + rho + rho**2 b_m**2) exp(-b_m**2 t/tau)``, ``tan b_m = -rho b_m``,
    with ``rho = R1/Rd = I_ss/(I_0 - I_ss)``.

    Parameters
    ----------
    time : shape (n,), [s], from the step
    initial, steady : I_0 and I_ss, [A], of one sign, |I_ss| < |I_0|
    diffusion_time : tau = (half thickness)**2 / D, [s]

    Returns
    -------
    I, shape (n,), [A]

    Raises
    ------
    InputError
        If I_ss is not between 0 and I_0, or tau is not above 0.

    Notes
    -----
    Exact for a binary electrolyte at small signal with constant interface resistances; relative error below 1e-3 for
    t > 1e-5 tau (the modes beyond 80 are lumped).

    References
    ----------
    .. [1] J. R. Macdonald, J. Electroanal. Chem. 32, 317 (1971), doi:10.1016/S0022-0728(71)80136-3

    Examples
    --------
    >>> polarisation_current([0.0, 1e9], initial=2e-6, steady=1e-6, diffusion_time=100.0)
    array([2.e-06, 1.e-06])
    """
    t = array_of(time, "time")
    if not 0.0 < steady / initial < 1.0:
        raise InputError(f"I_ss/I_0 is {steady / initial:.4g}, but must lie between 0 and 1 for a current that falls.")
    if diffusion_time <= 0.0:
        raise InputError(f"diffusion_time must be above 0 s, but is {diffusion_time:.4g}.")
    return _response(t, initial, steady / initial, diffusion_time)


def _roots(rho: float) -> Array:
    """Roots of tan b = -rho b, one in each ((m - 1/2) pi, m pi)."""
    m = np.arange(1, _MODES + 2, dtype=float)
    b = m * np.pi - np.arctan(rho * (m - 0.25) * np.pi)
    for _ in range(30):
        # fixed point of b = m pi - atan(rho b), by Newton
        step = (b - m * np.pi + np.arctan(rho * b)) / (1.0 + rho / (1.0 + (rho * b) ** 2))
        b = b - step
        if np.abs(step).max() < 1e-13:
            break
    return b


def _response(t: Array, initial: float, ratio: float, tau: float) -> Array:
    rho = ratio / (1.0 - ratio)
    b = _roots(rho)
    weight = 2.0 * rho / (1.0 + rho + (rho * b[:-1]) ** 2)
    rest = max(1.0 - ratio - float(weight.sum()), 0.0)
    decay = np.exp(-np.minimum(np.outer(t / tau, b**2), 700.0))
    return np.asarray(initial * (ratio + decay[:, :-1] @ weight + rest * decay[:, -1]))


def bruce_vincent(
    time: object,
    current: object,
    *,
    voltage_step: Number,
    resistance_before: Number,
    resistance_after: Number,
    lead_resistance: Number | None = None,
    bulk_resistance: Number | None = None,
    temperature: Number | None = None,
) -> AnalysisReport:
    """Return ``t+ = I_ss (dV - I_0 R_0) / (I_0 (dV - I_ss R_ss))``.

    I_0 is extrapolated to the step and I_ss to infinite time by fitting `polarisation_current` (after a capacitive
    spike, if the first points show one); both are compared with what was measured.

    Parameters
    ----------
    time, current : shape (n,), [s] and [A]; time counts from the voltage step
    voltage_step : dV, [V]
    resistance_before, resistance_after : R_0 and R_ss of the interfaces, [ohm], from impedance before and after
    lead_resistance : leads and contacts in series, [ohm]; added to R_0 and R_ss
    bulk_resistance : of the electrolyte, [ohm]; checks I_0 against dV/(R_bulk + R_0)
    temperature : [K], reported with the result

    Returns
    -------
    AnalysisReport
        transference_number, initial_current, steady_current, diffusion_time.

    Raises
    ------
    InputError
        Missing resistances, dV = 0, or columns that do not fit together.

    Notes
    -----
    Exact for ideal dilute binary electrolytes; in others it is the current fraction 1/(1 + Ne), not t+. In a
    composite it is a property of the composite. Valid for steps up to about 10 mV.

    References
    ----------
    .. [1] J. Evans, C. A. Vincent, P. G. Bruce, Polymer 28, 2324 (1987), doi:10.1016/0032-3861(87)90394-6
    .. [2] N. P. Balsara, J. Newman, J. Electrochem. Soc. 162, A2720 (2015), doi:10.1149/2.0651514jes
    """
    t, i = series_of(time=time, current=current, at_least=12)
    dv = number(voltage_step, "voltage_step", example="0.010")
    if dv.value == 0.0:
        raise InputError("voltage_step is 0; give the step that was applied, such as voltage_step=0.010.")
    r0 = number(resistance_before, "resistance_before", example="30.0 (the interface arc before the step)")
    rss = number(resistance_after, "resistance_after", example="31.0 (the interface arc at the end)")
    lead = number(0.0 if lead_resistance is None else lead_resistance, "lead_resistance")
    sign = 1.0 if dv.value > 0 else -1.0
    if float(np.median(i)) * sign < 0.0:
        raise InputError("The current opposes voltage_step; give both with the same sign convention.")
    y = i * sign
    fit, spike = _fit(t, y)
    initial, ratio, tau = (float(x) for x in fit.parameters[:3])
    covariance = fit.covariance[:2, :2]
    held = steady_value(t, y)

    def number_of(p: Array) -> float:
        i0, q, v, before, after, leads = p
        return float(
            laws.bruce_vincent(
                initial_current=i0,
                steady_current=i0 * q,
                voltage=v,
                initial_resistance=before + leads,
                steady_resistance=after + leads,
            )
        )

    point = np.array([initial, ratio, abs(dv.value), r0.value, rss.value, lead.value])
    full = np.zeros((6, 6))
    full[:2, :2] = covariance if np.isfinite(covariance).all() else 0.0
    for k, value in enumerate((dv, r0, rss, lead), start=2):
        full[k, k] = (value.standard_uncertainty or 0.0) ** 2
    warnings, notes = [], []
    drop0, drops = initial * (r0.value + lead.value), initial * ratio * (rss.value + lead.value)
    possible = drops < abs(dv.value) and drop0 < abs(dv.value)
    if possible:
        t_plus = propagate_covariance(number_of, point, full)
    else:
        t_plus = Value(math.nan)
        warnings.append(
            "The interfaces alone would need more than the whole voltage step (I R > dV): R_0, R_ss or dV is wrong, "
            "and no transference number follows."
        )
    missing = unstated({"voltage_step": dv, "resistance_before": r0, "resistance_after": rss})
    if missing:
        warnings.append(f"The uncertainty leaves out {', '.join(missing)}, given without one.")
    if not held.is_steady:
        warnings.append(held.sentence)
    elif (left := float(_response(t[-1:], 1.0, ratio, tau)[0]) / ratio - 1.0) > 0.01:
        warnings.append(f"The hold was too short: the current had {left:.1%} left to fall at the end.")
    warnings.extend(_resistance_warnings(dv, r0, rss, initial))
    first = float(np.median(y[t <= t[0] + 1e-9])) if (t == t[0]).any() else float(y[0])
    modelled = float(_response(np.maximum(t[:1], 0.0), 1.0, ratio, tau)[0])
    if modelled < 0.95:
        warnings.append(
            f"The first point came {t[0]:.3g} s after the step, when {1.0 - modelled:.0%} of I_0 had decayed: "
            "I_0 is an extrapolation; sample faster."
        )
    if spike:
        notes.append("A capacitive spike at the start was fitted beside the diffusion and left out of I_0.")
    noise = noise_of(y)
    if _misfit(fit, noise):
        warnings.append(
            "The current does not follow diffusion with constant interfaces (the fit leaves a trend): "
            "I_0 and I_ss are less certain than stated; the interfaces may have changed during the hold."
        )
    if abs(dv.value) > 0.0201:
        warnings.append(
            f"The step of {abs(dv.value) * 1e3:.3g} mV is not small (10 mV is usual): "
            "interface kinetics and salt gradients may be nonlinear."
        )
    if possible and drop0 > 0.8 * abs(dv.value):
        warnings.append(
            f"The interfaces take {drop0 / abs(dv.value):.0%} of the step: t+ is a small difference of large numbers."
        )
    if bulk_resistance is not None:
        bulk = number(bulk_resistance, "bulk_resistance", positive=True)
        expected = abs(dv.value) / (bulk.value + r0.value + lead.value)
        if abs(initial / expected - 1.0) > 0.05:
            warnings.append(
                f"I_0 is {initial / expected:.2f} times dV/(R_bulk + R_0) = {expected:.4g} A: "
                "the resistances and the current do not belong together, or I_0 was sampled late."
            )
    elif lead_resistance is None:
        total = abs(dv.value) / initial - r0.value
        if total < 20.0:
            warnings.append(
                f"The electrolyte has only about {total:.3g} ohm and the leads were not measured: 1 ohm of them would "
                f"move t+ by about {abs(_lead_effect(point, number_of)):.2g}; pass lead_resistance."
            )
    if possible and not 0.0 <= t_plus.value <= 1.0:
        warnings.append(f"t+ = {t_plus.value:.3g} lies outside 0 to 1: an input is wrong.")
    su_i0, su_ratio = fit.error(0), fit.error(1)
    su_steady = None
    if su_i0 is not None and su_ratio is not None:
        su_steady = propagate_covariance(lambda p: p[0] * p[1], fit.parameters[:2], covariance).standard_uncertainty
    shown = (
        stated("voltage_step", dv, "mV"),
        stated("resistance_before", r0, "ohm"),
        stated("resistance_after", rss, "ohm"),
        *(() if lead_resistance is None else (stated("lead_resistance", lead, "ohm"),)),
        *(() if bulk_resistance is None else (stated("bulk_resistance", bulk_resistance, "ohm"),)),
        *(() if temperature is None else (stated("temperature", temperature, "degC"),)),
    )
    ids = tuple(item.name for item in shown)
    notes.append(
        f"First current {first * sign:.4g} A after {t[0]:.3g} s; hold of {duration_text(float(t[-1] - t[0]))}."
    )
    results = (
        Result(
            "transference_number",
            t_plus.value,
            "1",
            t_plus.standard_uncertainty,
            method="I_ss (dV - I_0 R_0) / (I_0 (dV - I_ss R_ss))",
            inputs=ids,
        ),
        Result("initial_current", sign * initial, "uA", su_i0, method="extrapolated to the step"),
        Result("steady_current", sign * initial * ratio, "uA", su_steady, method="extrapolated to infinite time"),
        Result("diffusion_time", tau, "s", fit.error(2), method="(half thickness)^2 / D"),
    )
    return AnalysisReport(
        "bruce_vincent",
        results if possible else results[1:],
        verdict="The current came to rest." if held.is_steady else "The current had not come to rest.",
        warnings=tuple(warnings),
        notes=tuple(notes),
        inputs=shown,
        series={
            "time": t,
            "current": i,
            "fit_current": sign * _response(np.maximum(t, 0.0), initial, ratio, tau)
            if t.size <= 20000
            else np.empty(0),
        },
    )


def _lead_effect(point: Array, function: object) -> float:
    moved = point.copy()
    moved[5] += 1.0
    return float(function(moved) - function(point))  # type: ignore[operator]


def _resistance_warnings(dv: Value, r0: Value, rss: Value, initial: float) -> list[str]:
    change = rss.value - r0.value
    spread = math.hypot(r0.standard_uncertainty or 0.0, rss.standard_uncertainty or 0.0)
    if (
        r0.value
        and abs(change) > max(0.05 * abs(r0.value), 2.0 * spread)
        and abs(change) * initial > 0.01 * abs(dv.value)
    ):
        return [
            f"The interface resistance changed from {r0.value:.4g} to {rss.value:.4g} ohm ({change / r0.value:+.0%}) "
            "during the hold: the formula corrects its two ends only; condition the cell until R is constant."
        ]
    return []


def _misfit(fit: NonlinearFit, noise: float) -> bool:
    """Whether the weighted residuals keep a sign for long stretches and exceed the noise by far."""
    r = fit.residuals
    if r.size < 20 or noise == 0.0:
        return False
    centred = r - r.mean()
    lag = float(centred[1:] @ centred[:-1] / max(float(centred @ centred), 1e-300))
    return lag > 0.6 and fit.chi_square / max(fit.degrees_of_freedom, 1) > 4.0


def _fit(t: Array, y: Array) -> tuple[NonlinearFit, bool]:
    """Fit (I_0, I_ss/I_0, tau[, spike, its time]) to log-binned data."""
    if t[0] < 0.0:
        keep = t >= 0.0
        t, y = t[keep], y[keep]
    if t.size < 12:
        raise InputError("Fewer than 12 points lie after the voltage step (time = 0); record more.")
    if t[-1] <= 0.0 or not np.any(y > 0.0):
        raise InputError("No current along the step was recorded after it; check the time and current columns.")
    noise = noise_of(y)
    span = float(t[-1])
    first = max(float(t[0]), span * 1e-6, float(t[1]) * 0.5)
    edges = np.concatenate([[-1e-9], np.geomspace(first, span * (1.0 + 1e-9), _POINTS)])
    tb, yb, count = bin_series(t, y, edges)
    sigma = np.maximum(noise / np.sqrt(count), 1e-4 * float(np.abs(yb).max()))  # no ammeter does better
    tail, head = float(yb[-max(3, yb.size // 20) :].mean()), float(yb[:3].max())
    ratio = min(max(tail / head, 0.02), 0.98)
    half = float(tb[int(np.argmax(yb <= 0.5 * (head + tail)))])
    start = np.array([head, ratio, max(5.0 * half, 3.0 * first)])
    low, high = np.array([0.2 * head, 0.005, 1e-3 * span]), np.array([5.0 * head, 0.999, 20.0 * span])

    def model(p: Array) -> Array:
        return _response(tb, p[0], p[1], p[2])

    fit = least_squares(lambda p: (model(p) - yb) / sigma, np.clip(start, low, high), low=low, high=high)
    early = fit.residuals[: max(6, fit.residuals.size // 8)]
    if tb.size > 24 and ((early < -4.0).any() or fit.chi_square > 1.2 * fit.degrees_of_freedom):
        bounds = np.concatenate([low, [0.0, 0.3 * first]]), np.concatenate([high, [5.0 * head, 0.05 * span]])
        trials = [
            least_squares(
                lambda p: (model(p) + p[3] * np.exp(-tb / p[4]) - yb) / sigma,
                np.clip(np.concatenate([start * [0.8, 1.0, 1.0], [0.2 * head, times * first]]), *bounds),
                low=bounds[0],
                high=bounds[1],
            )
            for times in (1.0, 4.0, 15.0)
        ]
        spiked = min(trials, key=lambda trial: trial.chi_square)
        if spiked.chi_square + 4.0 * math.log(tb.size) + 10.0 < fit.chi_square:
            return spiked, True
    return fit, False
