"""C-rate audit: do the current, the loading and the stated C-rate belong together?"""

from __future__ import annotations

from ceramer import laws
from ceramer.analysis._report import AnalysisReport, stated
from ceramer.analysis._uncertain import Number, number, propagate
from ceramer.errors import InputError
from ceramer.provenance import Kind, Result

__all__ = ["c_rate_audit"]


def c_rate_audit(
    *,
    current_density: Number,
    loading: Number,
    stated_c_rate: Number,
    stated_specific_capacity: Number | None = None,
    delivered_specific_capacity: Number | None = None,
    tolerance: float = 0.05,
) -> AnalysisReport:
    """Return what 1C means in a test, ``q_1C = j / (C m)``, and the rate that really ran, ``j / (m q_delivered)``.

    Parameters
    ----------
    current_density : j, [A/m2]
    loading : m, active mass in an area, [kg/m2]
    stated_c_rate : C, [1/s] (1C is 1/3600 1/s)
    stated_specific_capacity : what the author says 1C refers to, [C/kg]
    delivered_specific_capacity : what the cell delivered at that current, [C/kg]
    tolerance : relative deviation that still agrees

    Returns
    -------
    AnalysisReport
        implied_specific_capacity [C/kg]; real_c_rate [1/s] where the delivered capacity is given.

    Raises
    ------
    InputError
        If a number is missing or not above 0.

    Examples
    --------
    >>> report = c_rate_audit(current_density=5.2, loading=0.052, stated_c_rate=0.5 / 3600)
    >>> report.result("implied_specific_capacity").text
    '200 mAh/g'
    """
    j = number(current_density, "current_density", positive=True, example="5.2")
    m = number(loading, "loading", positive=True, example="0.052")
    c = number(stated_c_rate, "stated_c_rate", positive=True, example="0.5 / 3600")
    implied = propagate(lambda j, m, c: j / (c * m), j=j, m=m, c=c)
    results = [
        Result(
            "implied_specific_capacity",
            implied.value,
            "mAh/g",
            implied.standard_uncertainty,
            kind=Kind.AUDIT,
            method="j / (C m)",
        )
    ]
    inputs = [stated("current_density", j, "mA/cm2"), stated("loading", m, "mg/cm2"), stated("stated_c_rate", c, "1/h")]
    warnings = []
    verdict = f"1C means {results[0].text} here."
    if stated_specific_capacity is not None:
        q = number(stated_specific_capacity, "stated_specific_capacity", positive=True, example="200 * 3600")
        inputs.append(stated("stated_specific_capacity", q, "mAh/g"))
        expected = float(laws.current_density_from_c_rate(c.value, q.value, m.value))
        off = j.value / expected - 1.0
        if abs(off) > max(tolerance, 2.0 * (implied.standard_uncertainty or 0.0) / implied.value):
            warnings.append(
                f"The current is {off:+.0%} off what {c.value * 3600:.3g}C of {q.value / 3600:.4g} mAh/g needs "
                f"({expected * 0.1:.4g} mA/cm2): the C-rate, the loading or the meaning of 1C is another."
            )
        else:
            verdict = f"The current agrees with {c.value * 3600:.3g}C within {max(abs(off), 0.001):.1%}."
    if delivered_specific_capacity is not None:
        q = number(delivered_specific_capacity, "delivered_specific_capacity", positive=True)
        inputs.append(stated("delivered_specific_capacity", q, "mAh/g"))
        real = propagate(lambda j, m, q: j / (m * q), j=j, m=m, q=q)
        results.append(
            Result(
                "real_c_rate",
                real.value,
                "1/h",
                real.standard_uncertainty,
                kind=Kind.AUDIT,
                method="j / (m q delivered)",
            )
        )
        if real.value > 1.2 * c.value:
            warnings.append(
                f"The half-cycle ended after 1/{real.value * 3600:.3g} h: the cell "
                f"ran {real.value / c.value:.2f} times the "
                "stated rate, because it delivered less than 1C assumes."
            )
    if tolerance <= 0.0:
        raise InputError("tolerance must be above 0, such as 0.05.")
    return AnalysisReport(
        "c_rate_audit", tuple(results), verdict=verdict, warnings=tuple(warnings), inputs=tuple(inputs)
    )
