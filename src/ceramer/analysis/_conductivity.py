"""Conductivity of a layer from its resistance and its geometry."""

from __future__ import annotations

import math

from ceramer.analysis._report import AnalysisReport, stated
from ceramer.analysis._uncertain import Number, number, propagate, unstated
from ceramer.provenance import Result
from ceramer.units import show

__all__ = ["conductivity"]

_LEAD_GUESS = 1.0
"""Leads and contacts of a coin cell are of the order of 0.5 to 1 ohm [ohm]."""
_USUAL = {"thickness": (1e-7, 0.02, "um"), "area": (1e-7, 0.1, "cm2")}
"""What lies outside [m, m2] is more often a slip of the unit than a sample."""
_MOST_CONDUCTING = 10.0
"""[S/m] Four times the 2.5 S/m of Li9.54Si1.74P1.44S11.7Cl0.3 at room temperature (doi:10.1038/nenergy.2016.30)."""


def conductivity(
    *,
    resistance: Number,
    thickness: Number,
    area: Number,
    lead_resistance: Number | None = None,
    temperature: Number | None = None,
    which: str = "ionic_conductivity",
    resistance_method: str = "",
) -> AnalysisReport:
    """Return ``sigma = d / ((R - R_lead) S)`` with first-order error propagation.

    Parameters
    ----------
    resistance : R, [ohm], of the layer between the electrodes (an arc, a sum of arcs, or an intercept)
    thickness : d, [m]
    area : S, [m2], of the electrode (the smaller of electrode and electrolyte)
    lead_resistance : resistance of leads and contacts in series, [ohm]; None: not known, and a warning says what
        it may cost
    temperature : [K], reported with the result
    which : name of the result ("ionic_conductivity", "grain_boundary_conductivity", ...)
    resistance_method : how R was obtained, for the report

    Returns
    -------
    AnalysisReport
        `which` [S/m] and area_specific_resistance [ohm m2].

    Raises
    ------
    InputError
        If an argument is missing, not finite, or not above 0, or the leads take more than the whole resistance.

    Notes
    -----
    Valid for a plane layer much thinner than its electrode is wide (no fringing current).

    Examples
    --------
    >>> from ceramer.units import Value
    >>> report = conductivity(resistance=Value(55.0, 1.0), thickness=Value(350e-6, 10e-6), area=1.131e-4)
    >>> report.result("ionic_conductivity").text
    '0.563(19) mS/cm'
    """
    r = number(resistance, "resistance", positive=True, example="55.0")
    d = number(thickness, "thickness", positive=True, example="350e-6")
    s = number(area, "area", positive=True, example="1.131e-4")
    lead = number(0.0 if lead_resistance is None else lead_resistance, "lead_resistance")
    number(r.value - lead.value, "resistance minus lead_resistance", positive=True)
    warnings, notes = [], []
    missing = unstated({"resistance": r, "thickness": d, "area": s})
    if missing and len(missing) < 3:
        warnings.append(f"The uncertainty leaves out {', '.join(missing)}, given without one.")
    elif missing:
        warnings.append("No uncertainty can be stated: none was given for the resistance, the thickness or the area.")
    if lead_resistance is None:
        share = _LEAD_GUESS / r.value
        if share > 0.02:
            warnings.append(
                f"The resistance is only {r.value:.3g} ohm and the leads and contacts were not measured: "
                f"1 ohm of them would make the true conductivity {1.0 / max(1.0 - share, 1e-9) - 1.0:.0%} higher; "
                "short the cell, measure it, and pass lead_resistance."
                if share < 1.0
                else f"The resistance is only {r.value:.3g} ohm and the leads and contacts were not measured: "
                "they may be all of it; short the cell, measure it, and pass lead_resistance."
            )
    for name, value in (("thickness", d.value), ("area", s.value)):
        least, most, unit = _USUAL[name]
        if not least <= value <= most:
            warnings.append(f"The {name} of {show(value, unit)} is unusual for a measured layer; check its unit.")
    if which == "ionic_conductivity" and d.value > _MOST_CONDUCTING * (r.value - lead.value) * s.value:
        warnings.append(
            f"The conductivity of {show(d.value / ((r.value - lead.value) * s.value), 'mS/cm')} is far above that of "
            "the best lithium-ion conductors (some 25 mS/cm at room temperature); check area, thickness and which "
            "resistance was taken."
        )
    if math.sqrt(s.value) < 5.0 * d.value:
        notes.append(f"The layer is thick for its electrode (d/sqrt(S) = {d.value / math.sqrt(s.value):.2f}).")
    inputs = {"resistance": r, "thickness": d, "area": s, "lead_resistance": lead}
    sigma = propagate(
        lambda resistance, thickness, area, lead_resistance: thickness / ((resistance - lead_resistance) * area),
        **inputs,
    )
    asr = propagate(
        lambda resistance, area, lead_resistance: (resistance - lead_resistance) * area,
        resistance=r,
        area=s,
        lead_resistance=lead,
    )
    shown = [stated("resistance", r, "ohm", resistance_method or "given"), stated("thickness", d, "um")]
    shown.append(stated("area", s, "cm2"))
    if lead_resistance is not None:
        shown.append(stated("lead_resistance", lead, "ohm"))
    if temperature is not None:
        shown.append(stated("temperature", number(temperature, "temperature", positive=True), "degC"))
    ids = tuple(i.name for i in shown)
    return AnalysisReport(
        "conductivity",
        (
            Result(which, sigma.value, "mS/cm", sigma.standard_uncertainty, method="d / ((R - R_lead) S)", inputs=ids),
            Result(
                "area_specific_resistance",
                asr.value,
                "ohm cm2",
                asr.standard_uncertainty,
                method="(R - R_lead) S",
                inputs=ids,
            ),
        ),
        warnings=tuple(warnings),
        notes=tuple(notes),
        inputs=tuple(shown),
    )
