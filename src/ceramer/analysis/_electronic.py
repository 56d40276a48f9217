"""Electronic conductivity from the steady current through blocking electrodes."""

from __future__ import annotations

import numpy as np

from ceramer.analysis._report import AnalysisReport, stated
from ceramer.analysis._statistics import LinearFit, linear_fit
from ceramer.analysis._steady import steady_value
from ceramer.analysis._uncertain import Array, Number, array_of, number, propagate, series_of, unstated
from ceramer.errors import InputError
from ceramer.provenance import Result
from ceramer.units import Value

__all__ = ["electronic_conductivity", "electronic_conductivity_steps"]


def electronic_conductivity(
    time: object,
    current: object,
    *,
    voltage: Number,
    thickness: Number,
    area: Number,
    noise_floor: float | None = None,
    temperature: Number | None = None,
) -> AnalysisReport:
    """Return ``sigma_e = I_steady L / (U S)`` after a plateau test.

    Parameters
    ----------
    time, current : shape (n,), [s] and [A], from the moment the voltage is applied
    voltage : U, [V]
    thickness, area : L [m] and S [m2]
    noise_floor : smallest current the instrument can tell from zero, [A]; None: only the scatter of the data is known
    temperature : [K], reported with the result

    Returns
    -------
    AnalysisReport
        electronic_conductivity [S/m]; where the current does not rise above the floor or the noise, instead
        electronic_conductivity_upper_limit (95 %).

    Raises
    ------
    InputError
        Columns of unequal length, time running backwards, or a geometry that is not above 0.

    Notes
    -----
    Valid where both electrodes block ions and U is small enough that I is proportional to U
    (`electronic_conductivity_steps` tests that). A mixed conductor (LVO, LTO) polarises: the plateau is not ohmic.

    References
    ----------
    .. [1] M. H. Hebb, J. Chem. Phys. 20, 185 (1952), doi:10.1063/1.1700165
    .. [2] C. Wagner, Z. Elektrochem. 60, 4 (1956), doi:10.1002/bbpc.19560600103
    """
    t, i = series_of(time=time, current=current, at_least=8)
    u = number(voltage, "voltage", example="0.15")
    if u.value == 0.0:
        raise InputError("voltage is 0: no current is driven; give the voltage that was applied.")
    d = number(thickness, "thickness", positive=True, example="350e-6")
    s = number(area, "area", positive=True, example="1.131e-4")
    steady = steady_value(t, i)
    warnings = [steady.sentence] if steady.sentence else []
    notes = []
    missing = unstated({"voltage": u, "thickness": d, "area": s})
    if missing:
        warnings.append(f"The uncertainty leaves out {', '.join(missing)}, given without one.")
    current_value, spread = steady.value, steady.standard_uncertainty
    floor = max(noise_floor or 0.0, 2.0 * (spread or 0.0))
    if noise_floor is None:
        notes.append("The noise floor of the instrument was not given: only the scatter of the data was tested.")
    if current_value * u.value < 0.0 and abs(current_value) > floor:
        warnings.append("The steady current opposes the voltage: check the sign of the current, or an offset.")
    inputs = {"current": Value(current_value, spread), "voltage": u, "thickness": d, "area": s}

    def law(current: float, voltage: float, thickness: float, area: float) -> float:
        return current * thickness / (voltage * area)

    shown = (
        stated("steady_current", Value(current_value, spread), "nA", "asymptote of the last half of the hold"),
        stated("voltage", u, "V"),
        stated("thickness", d, "um"),
        stated("area", s, "cm2"),
        *(() if noise_floor is None else (stated("noise_floor", noise_floor, "nA"),)),
        *(() if temperature is None else (stated("temperature", temperature, "degC"),)),
    )
    ids = tuple(item.name for item in shown)
    series = {"time": t, "current": i}
    if abs(current_value) <= floor:
        limit = law(max(abs(current_value) + 2.0 * (spread or 0.0), noise_floor or 0.0), abs(u.value), d.value, s.value)
        warnings.append(
            f"The steady current ({current_value * 1e9:.3g} nA) does not rise above the noise floor "
            f"({floor * 1e9:.3g} nA): only an upper limit can be stated."
        )
        result = Result(
            "electronic_conductivity_upper_limit", limit, "S/cm", method="floor L / (U S), 95 %", inputs=ids
        )
        verdict = f"No electronic current was seen: below {result.text}."
    else:
        sigma = propagate(law, **inputs)
        if noise_floor is not None and abs(current_value) < 10.0 * noise_floor:
            warnings.append(
                f"The steady current is only {abs(current_value) / noise_floor:.1f} times the noise floor: "
                "an offset of that size is not in the uncertainty."
            )
        result = Result(
            "electronic_conductivity",
            sigma.value,
            "S/cm",
            sigma.standard_uncertainty,
            method="I_steady L / (U S)",
            inputs=ids,
        )
        verdict = "The current came to a plateau." if steady.is_steady else "The current had not come to a plateau."
    leak = Result("leakage_current_density", current_value / s.value, "uA/cm2", method="I_steady / S", inputs=ids)
    return AnalysisReport(
        "electronic_conductivity",
        (result, leak),
        verdict=verdict,
        warnings=tuple(warnings),
        notes=tuple(notes),
        inputs=shown,
        series=series,
    )


def electronic_conductivity_steps(
    voltage: object,
    steady_current: object,
    *,
    thickness: Number,
    area: Number,
    current_uncertainty: object | None = None,
    noise_floor: float | None = None,
    temperature: Number | None = None,
) -> AnalysisReport:
    """Return sigma_e as the slope of steady current against voltage, with a test of linearity (Hebb-Wagner).

    Parameters
    ----------
    voltage, steady_current : shape (n,), n >= 3 (2 with `current_uncertainty`), [V] and [A]
    thickness, area : L [m] and S [m2]
    current_uncertainty : standard uncertainties of the steady currents, shape (n,), [A]; None: the scatter about the
        line alone is known
    noise_floor : smallest current the instrument can tell from zero, [A]
    temperature : [K], reported with the result

    Returns
    -------
    AnalysisReport
        electronic_conductivity [S/m] = (dI/dU) L / S; current_offset [A]. Where the slope does not rise above the floor
        or its own uncertainty, electronic_conductivity_upper_limit (95 %) instead.

    Raises
    ------
    InputError
        Too few voltages, or all of them equal.

    Notes
    -----
    The uncertainty of the slope is the larger one of what the scatter about the line and `current_uncertainty` say.

    References
    ----------
    .. [1] M. H. Hebb, J. Chem. Phys. 20, 185 (1952), doi:10.1063/1.1700165
    """
    fewest = 3 if current_uncertainty is None else 2
    u, i = array_of(voltage, "voltage", at_least=fewest), array_of(steady_current, "steady_current", at_least=fewest)
    known = np.zeros_like(i) if current_uncertainty is None else array_of(current_uncertainty, "current_uncertainty")
    if not u.size == i.size == known.size:
        raise InputError(
            f"voltage has {u.size} entries, steady_current {i.size} and current_uncertainty {known.size}; give one "
            "current for each voltage."
        )
    if np.ptp(u) == 0.0:
        raise InputError(f"All voltages are {u[0]:.4g} V, so no slope exists; apply at least two different voltages.")
    d = number(thickness, "thickness", positive=True, example="350e-6")
    s = number(area, "area", positive=True, example="1.131e-4")
    fit = linear_fit(np.column_stack([np.ones_like(u), u]), i)
    slope, lever = float(fit.coefficients[1]), u - u.mean()
    reach = lever / (lever @ lever)  # of a current on the slope
    spreads = [
        max(fit.error(k) or 0.0, float(np.sqrt(((weights * known) ** 2).sum()))) or None
        for k, weights in enumerate((1.0 / u.size - u.mean() * reach, reach))
    ]
    warnings = [sentence] if (sentence := _bent(u, i, fit)) else []
    missing = unstated({"thickness": d, "area": s})
    if missing:
        warnings.append(f"The uncertainty leaves out {', '.join(missing)}, given without one.")
    floor = max((noise_floor or 0.0) / float(np.ptp(u)), 2.0 * (spreads[1] or 0.0))
    if slope < -floor:
        warnings.append("The current falls with the voltage: check the sign of the current, or a drift of the sample.")
    if abs(slope) <= floor:
        highest = max(abs(slope) + 2.0 * (spreads[1] or 0.0), floor)
        limit = highest * d.value / s.value
        warnings.append("The steady current does not rise with the voltage above the noise: only an upper limit holds.")
        leading = Result("electronic_conductivity_upper_limit", limit, "S/cm", method="(dI/dU) L / S, 95 %")
    else:
        sigma = propagate(
            lambda slope, thickness, area: slope * thickness / area,
            slope=Value(slope, spreads[1]),
            thickness=d,
            area=s,
        )
        leading = Result(
            "electronic_conductivity", sigma.value, "S/cm", sigma.standard_uncertainty, method="(dI/dU) L / S"
        )
    offset = Result("current_offset", float(fit.coefficients[0]), "nA", spreads[0], method="I at U = 0")
    return AnalysisReport(
        "electronic_conductivity",
        (leading, offset),
        verdict=f"Slope of {u.size} steady currents from {u.min():.3g} to {u.max():.3g} V.",
        warnings=tuple(warnings),
        inputs=(
            stated("thickness", d, "um"),
            stated("area", s, "cm2"),
            *(() if noise_floor is None else (stated("noise_floor", noise_floor, "nA"),)),
            *(() if temperature is None else (stated("temperature", temperature, "degC"),)),
        ),
        series={"voltage": u, "current": i, "fit_current": i - fit.residuals},
    )


def _bent(u: Array, i: Array, fit: LinearFit) -> str:
    """Return a sentence where quadratic and cubic terms beat the line by the F test (p < 0.003)."""
    if u.size < 5:
        return ""
    centred = u - u.mean()
    bent = linear_fit(np.column_stack([np.ones_like(u), u, centred**2, centred**3]), i)
    base = max(bent.chi_square / bent.degrees_of_freedom if bent.degrees_of_freedom else 0.0, 1e-300)
    gain = (fit.chi_square - bent.chi_square) / 2.0 / base
    from scipy.special import fdtrc

    if bent.degrees_of_freedom and fdtrc(2, bent.degrees_of_freedom, gain) < 0.003:
        return (
            "Current is not proportional to voltage: the sample polarises or decomposes, "
            "so no single electronic conductivity exists; stay at smaller voltages."
        )
    return ""
