"""Impedance spectra as reports: arcs, conductivity, and the interface resistance that a polarisation needs."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ceramer.analysis._conductivity import conductivity
from ceramer.analysis._report import AnalysisReport, Input
from ceramer.analysis._uncertain import Number, number
from ceramer.errors import InputError
from ceramer.provenance import Result
from ceramer.units import Value

if TYPE_CHECKING:
    from ceramer.measurement import Measurement

__all__ = ["How", "arcs_report", "conductivity_report", "interface_resistance"]


@dataclass(frozen=True, slots=True)
class How:
    """How a spectrum is fitted: a circuit that is told (None: chosen from the data), a window [Hz] set by hand."""

    circuit: str | None = None
    frequency_range: tuple[float, float] | None = None


AUTOMATIC = How()
_MOST_LEADS = 10.0
"""[ohm] Leads and contacts of a cell have about 1 ohm; ten times that is taken for a part of the sample."""


def _fit(
    m: Measurement, thickness: float | None, area: float | None, how: How
) -> tuple[Any, Any, Any, Any, tuple[str, ...]]:
    """Test a spectrum, leave out what fails, and fit its arcs; returns frequency, impedance, test, fit, sentences."""
    from ceramer.analysis import impedance

    f, z = impedance.spectrum(m.columns)
    said: list[str] = []
    if how.frequency_range is not None:
        low, high = sorted(how.frequency_range)
        inside = (f >= low) & (f <= high)
        if inside.sum() < 8:
            raise InputError(
                f"Only {int(inside.sum())} of {f.size} points lie between {low:.4g} and {high:.4g} Hz; a fit needs at "
                f"least 8, and the data run from {f.min():.4g} to {f.max():.4g} Hz."
            )
        said.append(f"{int((~inside).sum())} points outside {low:.4g} to {high:.4g} Hz were left out by hand.")
        f, z = f[inside], z[inside]
    test = impedance.kramers_kronig(f, z)
    keep = test.valid & ~test.inductive
    said.extend(test.warnings)
    if keep.sum() < 8:
        keep = ~test.inductive
        said.append("Too few points pass the Kramers-Kronig test to fit them alone: all capacitive points were used.")
    elif not keep.all():
        said.append(f"{int((~keep).sum())} of {keep.size} points failed these tests and were left out of the fit.")
    if keep.sum() < 8:
        flipped = float(np.mean(z.imag > 0.0)) > 0.9
        raise InputError(
            f"Only {int(keep.sum())} of {f.size} points are capacitive (Z'' < 0), and a fit of arcs needs at least 8; "
            + (
                "the file seems to hold -Z'' as Z'': turn it with columns={TITLE: '-Imaginary Impedance / ohm'} in "
                "Python or --column 'TITLE=-Imaginary Impedance / ohm'."
                if flipped
                else "measure at lower frequencies or with shorter leads."
            )
        )
    known = thickness is not None and area is not None
    geometry: dict[str, Any] = {"thickness": thickness if known else None, "area": area if known else None}
    if how.circuit is None:
        fit = impedance.fit_arcs(f[keep], z[keep], **geometry)
    else:
        fit = impedance.arcs_of(impedance.fit_circuit(f[keep], z[keep], how.circuit), **geometry)
    return f, z, test, fit, tuple(said)


def _series(f: Any, z: Any, test: Any, fit: Any) -> dict[str, Any]:
    fitted = np.asarray(fit.circuit.impedance(fit.fit.values, f))
    return {
        "frequency": f,
        "impedance_real": z.real,
        "impedance_imaginary": z.imag,
        "kramers_kronig_residual_real": test.residuals.real,
        "kramers_kronig_residual_imaginary": test.residuals.imag,
        "fit_real": fitted.real,
        "fit_imaginary": fitted.imag,
    }


def _verdict(fit: Any) -> str:
    count = len(fit.arcs)
    return f"{fit.circuit}: {count} {'arc' if count == 1 else 'arcs'}{'' if fit.resolved else ', not resolved'}."


def _arc_table(fit: Any) -> Any:
    import pandas as pd

    return pd.DataFrame(
        {
            "arc": np.arange(1, len(fit.arcs) + 1),
            "resistance / ohm": [a.resistance for a in fit.arcs],
            "standard uncertainty / ohm": [a.resistance_error for a in fit.arcs],
            "capacitance / F": [a.capacitance for a in fit.arcs],
            "frequency / Hz": [a.frequency for a in fit.arcs],
            "exponent": [a.alpha for a in fit.arcs],
            "likely": [str(a.role) for a in fit.arcs],
        }
    )


def _diffusion(fit: Any) -> list[Result]:
    """What a finite or semi-infinite diffusion of the circuit says."""
    named = {
        "_R": ("diffusion_resistance", "ohm", "R of the element"),
        "_tau": ("diffusion_time", "s", "L2/D"),
        "_sigma": ("warburg_coefficient", "ohm/s^0.5", "sigma"),
    }
    ends = {"W": "semi-infinite", "Wo": "to a blocking end", "Ws": "to a reservoir"}
    out = []
    for name, value in fit.fit.params.items():
        kind, _, part = name.partition("_")
        end = ends.get(kind.rstrip("0123456789"))
        if end is None or f"_{part}" not in named:
            continue
        quantity, unit, what = named[f"_{part}"]
        where = "behind the charge transfer" if f"-{kind}," in str(fit.circuit) else "in series"
        out.append(
            Result(quantity, value, unit, _error(fit.fit.stderr[name]), method=f"{what}, diffusion {end}, {where}")
        )
    return out


def _error(spread: float) -> float | None:
    return float(spread) if math.isfinite(spread) else None


def arcs_report(m: Measurement, how: How = AUTOMATIC) -> AnalysisReport:
    """Return the arcs of a spectrum: series resistance, each arc's resistance, and their total."""
    thickness = None if m.thickness is None else m.thickness.value
    area = None if m.area is None else m.area.value
    f, z, test, fit, said = _fit(m, thickness, area, how)
    results = []
    if "R0" in fit.fit.params:
        results.append(
            Result(
                "series_resistance", fit.series_resistance, "ohm", _error(fit.fit.stderr["R0"]), method="R0 of the fit"
            )
        )
    for k, arc in enumerate(fit.arcs, 1):
        results.append(
            Result(
                f"arc_{k}_resistance",
                arc.resistance,
                "ohm",
                _error(arc.resistance_error),
                method=f"{arc.role}, C = {arc.capacitance:.3g} F, {arc.frequency:.3g} Hz",
            )
        )
    results += _diffusion(fit)
    return AnalysisReport(
        "impedance",
        tuple(results),
        verdict=_verdict(fit),
        warnings=tuple(dict.fromkeys((*said, *fit.warnings))),
        inputs=(Input("points", float(f.size), "1", source="data"),),
        tables={"arcs": _arc_table(fit)},
        series=_series(f, z, test, fit),
    )


def conductivity_report(
    m: Measurement, thickness: Number, area: Number, *, lead_resistance: Number | None = None, how: How = AUTOMATIC
) -> AnalysisReport:
    """Return the total conductivity of a spectrum, with bulk and grain boundary where the arcs allow."""
    from ceramer.analysis import impedance

    d = number(thickness, "thickness", positive=True, example="350e-6")
    s = number(area, "area", positive=True, example="1.131e-4")
    f, z, test, fit, said = _fit(m, d.value, s.value, how)
    has_bulk_arc = any(str(a.role) == "bulk" for a in fit.arcs)
    series = fit.series_resistance if has_bulk_arc else 0.0
    counts = series > _MOST_LEADS or lead_resistance is not None
    # Without uncertainties of the geometry the total carries that of the resistance alone.
    bare = impedance.conductivities(fit, Value(d.value), Value(s.value), series_counts=counts)
    total = bare["total_area_specific_resistance"]
    spread = total.standard_uncertainty
    resistance = Value(total.value / s.value, None if spread is None else spread / s.value)
    lead: Number | None = lead_resistance
    notes = []
    if has_bulk_arc and lead_resistance is None:
        lead = 0.0
        resistance, said_too = _undecided(resistance, series, counts, d.value / s.value)
        said = (*said_too, *said)
        if not counts:
            notes.append("The bulk arc lies in the window, so leads and contacts (R0) are not part of the resistance.")
    report = conductivity(
        resistance=resistance,
        thickness=d,
        area=s,
        lead_resistance=lead,
        temperature=m.temperature,
        resistance_method=f"fit of {fit.circuit}",
    )
    parts = impedance.conductivities(fit, d, s, series_counts=counts or has_bulk_arc)
    more = tuple(
        dataclasses.replace(result, warnings=())
        for name, result in parts.items()
        if name not in ("total_ionic_conductivity", "total_area_specific_resistance")
    )
    told = tuple(w for result in parts.values() for w in result.warnings)
    return dataclasses.replace(
        report,
        inputs=tuple(i for i in report.inputs if i.name != "lead_resistance" or lead_resistance is not None),
        results=(*report.results, *more),
        verdict=_verdict(fit),
        warnings=tuple(dict.fromkeys((*said, *told, *report.warnings))),
        notes=(*report.notes, *notes),
        tables={"arcs": _arc_table(fit)},
        series=_series(f, z, test, fit),
    )


def _undecided(resistance: Value, series: float, counts: bool, cell: float) -> tuple[Value, tuple[str, ...]]:
    """The resistance with the doubt whether R0 (`series` [ohm]) is part of it, and that doubt in words and numbers.

    Any share of R0 may be leads, so the answer at either end is R0/sqrt(3) off (uniform). `cell` is thickness over area
    [1/m].
    """
    if series <= 0.0:
        return resistance, ()
    spread = math.hypot(resistance.standard_uncertainty or 0.0, series / math.sqrt(3.0))
    value = Value(resistance.value, spread)
    other = resistance.value + (-series if counts else series)
    if series < 0.01 * resistance.value:
        return value, ()
    would = f"the conductivity would be {10.0 * cell / other:.4g} mS/cm, {abs(resistance.value / other - 1.0):.2%}"
    text = (
        f"R0 ({series:.3g} ohm) is more than leads and contacts usually have, so it is counted as an arc beyond the "
        f"window (a film in series?); were it leads and contacts, {would} higher; measure them, pass lead_resistance."
        if counts
        else f"R0 ({series:.3g} ohm) is taken for leads and contacts; were it an arc beyond the window, {would} lower; "
        "measure them, pass lead_resistance."
    )
    return value, (text,)


def interface_resistance(m: Measurement) -> tuple[Value, tuple[str, ...]]:
    """Return the resistance of the interface arcs of a spectrum between lithium electrodes, and what was assumed."""
    thickness = None if m.thickness is None else m.thickness.value
    area = None if m.area is None else m.area.value
    *_, fit, said = _fit(m, thickness, area, AUTOMATIC)
    arcs = [a for a in fit.arcs if str(a.role) == "interface"]
    chosen = "interface arcs"
    if not arcs:
        arcs = [a for a in fit.arcs if str(a.role) == "electrode"][:1]
        chosen = "first electrode arc"
    if not arcs:
        raise InputError(
            f"{m.source or 'The spectrum'} shows no interface arc; give resistance_before and resistance_after "
            "(on the command line --set resistance_before='85 ohm')."
        )
    value = sum(a.resistance for a in arcs)
    errors = [a.resistance_error for a in arcs]
    spread = math.hypot(*errors) if all(math.isfinite(e) for e in errors) else None
    where = m.source or "the spectrum"
    return Value(value, spread), (f"R of the interfaces from the {chosen} of {where}: {value:.4g} ohm.", *said)
