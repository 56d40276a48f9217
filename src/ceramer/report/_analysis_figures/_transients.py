"""Polarisations: current against time with what it starts from and settles to."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer.analysis import AnalysisReport
from ceramer.report._analysis_figures._tools import (
    Axis,
    band,
    columns,
    given,
    legend,
    log_ticks,
    made,
    metric_axis,
    thin,
    time_axis,
    told,
)
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure

__all__ = ["electronic_current", "polarisation", "spectra_before_and_after"]


def polarisation(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Bruce-Vincent current against time, linear and logarithmic, with the extrapolated I_0 and the steady value."""
    found = columns(report, "time", "current")
    if found is None or "initial_current" not in report or "steady_current" not in report:
        return None
    t, i = found
    fit = columns(report, "time", "fit_current")
    unit, clock = metric_axis(i, "A"), time_axis(t)
    levels = [
        (report.result("initial_current"), canvas.VERMILLION, "I_0, extrapolated to the step", (0, (5, 2))),
        (report.result("steady_current"), canvas.GREEN, "I_ss, extrapolated to infinite time", (0, (1, 1.5))),
    ]

    def paint(figure: Any) -> None:
        whole, early = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2)
        for panel, log in ((whole, False), (early, True)):
            keep = t > 0.0 if log else np.ones(t.size, dtype=bool)
            x, y = thin(t[keep], i[keep], log=log)
            scale = Axis(1.0, "s") if log else clock
            panel.plot(scale(x), unit(y), color=canvas.GREY, linewidth=0.9, label="measured")
            if fit is not None:
                positive = fit[0] > 0.0 if log else np.ones(fit[0].size, dtype=bool)
                fx, fy = thin(fit[0][positive], fit[1][positive], log=log)
                panel.plot(scale(fx), unit(fy), color=canvas.BLUE, label="fit")
            for result, colour, label, style in levels:
                spread = result.standard_uncertainty
                width = None if spread is None else unit(spread)
                band(panel, unit(result.value), width, color=colour, linestyle=style, label=label)
            panel.grid(True)
            panel.set_ylabel(unit.label("current"))
        early.set_xscale("log")
        log_ticks(early.xaxis)
        whole.plot([0.0], [unit(levels[0][0].value)], "D", color=canvas.VERMILLION, clip_on=False)
        whole.set_xlabel(clock.label("time since the step"))
        early.set_xlabel("time since the step, s")
        legend(figure, whole)

    names = ("transference_number", "initial_current", "steady_current", "diffusion_time")
    description = (f"Current over {t[-1]:.4g} s after the step. {report.verdict}", told(report, names))
    caption = "The same hold on linear and logarithmic time. Bands are two standard uncertainties wide on either side."
    return made(
        prefix + "polarisation",
        "Current after the voltage step",
        paint,
        caption=caption,
        description=description,
        height=3.5,
    )


def spectra_before_and_after(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Nyquist plots before and after the hold, where the report holds them."""
    found = {
        when: pair
        for when in ("before", "after")
        if (pair := columns(report, f"{when}_impedance_real", f"{when}_impedance_imaginary")) is not None
    }
    if not found:
        return None
    unit = metric_axis(np.concatenate([np.hypot(*pair) for pair in found.values()]), "ohm")
    marks = {"before": ("o", canvas.BLUE), "after": ("s", canvas.VERMILLION)}

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        for when, (real, imaginary) in found.items():
            mark, colour = marks[when]
            axes.plot(unit(real), unit(-imaginary), mark, color=colour, markersize=4, label=f"{when} the hold")
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xlabel(unit.label("Z'"))
        axes.set_ylabel(unit.label("-Z''"))
        legend(figure, axes)

    resistances = [item for item in report.inputs if item.name in ("resistance_before", "resistance_after")]
    said = "; ".join(f"{item.name.replace('_', ' ')} {item.text}" for item in resistances)
    description = (f"Nyquist plot {' and '.join(found)} the hold.", f"{said}." if said else "")
    return made(
        prefix + "before-after",
        "Spectra around the hold",
        paint,
        caption="Interfaces that grew during the hold move the spectrum.",
        description=description,
        height=3.6,
    )


def electronic_current(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Blocking-electrode current: the whole decay on logarithms, and the last half with plateau and noise floor."""
    found = columns(report, "time", "current")
    if found is None:
        return None
    t, i = found
    late = t >= t[0] + 0.5 * (t[-1] - t[0])
    steady = given(report, "steady_current")
    spread = next((item.standard_uncertainty for item in report.inputs if item.name == "steady_current"), None)
    floor = given(report, "noise_floor")
    limit = _limiting_current(report)
    clock, unit, small = time_axis(t), metric_axis(i, "A"), metric_axis(i[late], "A")
    sign = -1.0 if (given(report, "voltage") or float(np.median(i))) < 0.0 else 1.0

    def paint(figure: Any) -> None:
        decay, plateau = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2)
        shown = (t > 0.0) & (sign * i > 0.0)
        x, y = thin(t[shown], sign * i[shown], log=True)
        decay.set_xscale("log")
        decay.set_yscale("log")
        decay.plot(x, unit(y), color=canvas.GREY, linewidth=0.9, label="measured")
        x, y = thin(t[late], i[late])
        plateau.plot(clock(x), small(y), color=canvas.GREY, linewidth=0.9, label="measured")
        plateau.axhline(0.0, color=canvas.INK, linewidth=0.8)
        if steady is not None:
            label = "steady value, two standard uncertainties"
            width = None if spread is None else small(spread)
            band(plateau, small(steady), width, color=canvas.BLUE, linestyle="--", label=label)
            if sign * steady > 0.0:
                decay.axhline(unit(sign * steady), color=canvas.BLUE, linestyle="--", linewidth=1.3)
        for value, label, colour, style in (
            (floor, "noise floor of the instrument", canvas.VERMILLION, (0, (1, 1.5))),
            (limit, "upper limit, 95 %", canvas.ORANGE, (0, (4, 1, 1, 1))),
        ):
            if value:
                decay.axhline(unit(value), color=colour, linestyle=style, label=label)
                plateau.axhline(small(sign * value), color=colour, linestyle=style)
        for panel in (decay, plateau):
            panel.grid(True)
        lowest = [value for value in (sign * (steady or 0.0), floor, limit) if value and value > 0.0]
        if shown.any():
            decay.set_ylim(bottom=0.5 * unit(min([float(np.quantile(sign * i[shown], 0.02)), *lowest])))
        log_ticks(decay.xaxis)
        log_ticks(decay.yaxis)
        decay.set_xlabel("time, s")
        decay.set_ylabel(unit.label("current" if sign > 0.0 else "-current"))
        decay.set_title("whole hold", fontweight="normal")
        plateau.set_xlabel(clock.label("time"))
        plateau.set_ylabel(small.label("current"))
        plateau.set_title("last half", fontweight="normal")
        legend(figure, plateau, decay)

    names = ("electronic_conductivity", "electronic_conductivity_upper_limit", "leakage_current_density")
    held = next((f"Steady current {item.text}." for item in report.inputs if item.name == "steady_current"), "")
    description = (f"Current over {t[-1]:.4g} s. {report.verdict}", told(report, names), held)
    caption = "Whole hold on logarithmic axes; last half, from which the steady value is read, on linear ones."
    return made(prefix + "transient", "Electronic current", paint, caption=caption, description=description, height=3.5)


def _limiting_current(report: AnalysisReport) -> float | None:
    """Current behind an upper limit of the conductivity, sigma U S / L [A]."""
    name = "electronic_conductivity_upper_limit"
    u, d, s = (given(report, key) for key in ("voltage", "thickness", "area"))
    if name not in report or u is None or d is None or s is None:
        return None
    return report.result(name).value * abs(u) * s / d
