"""Symmetric cells under constant current: the voltage, its half-cycles, and the staircase to the critical current."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer.analysis import AnalysisReport
from ceramer.report._analysis_figures._tools import (
    Array,
    clipped,
    columns,
    current_density_axis,
    legend,
    made,
    metric_axis,
    robust_limits,
    short_moment,
    thin,
    time_axis,
    told,
)
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure

__all__ = ["cell_voltage", "half_cycle_trends", "staircase"]


def cell_voltage(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Voltage against time, with the short and its kind where there is one."""
    found = columns(report, "time", "voltage")
    if found is None:
        return None
    t, v = found
    clock, unit = time_axis(t), metric_axis(v, "V")
    when = short_moment(report)
    x, y = thin(t, v)

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        axes.plot(clock(x), unit(y), color=canvas.BLUE, linewidth=0.8, label="voltage")
        _mark_short(axes, report, when, clock)
        axes.set_xlim(clock(t[0]), clock(t[-1]))
        axes.set_xlabel(clock.label("time"))
        axes.set_ylabel(unit.label("voltage"))
        legend(figure, axes)

    names = ("short_time", "overpotential", "lifetime", "accumulated_areal_capacity")
    description = (
        f"Voltage between {unit(v.min()):.4g} and {unit(v.max()):.4g} {unit.unit} over {clock(np.ptp(t)):.4g} "
        f"{clock.unit}. {report.verdict}",
        told(report, names),
    )
    return made(prefix + "voltage", "Cell voltage", paint, caption=report.verdict, description=description, height=3.0)


def _mark_short(axes: Any, report: AnalysisReport, when: float | None, clock: Any) -> None:
    if when is None:
        return
    label = report.verdict.split(". ")[0].removesuffix(".")
    axes.axvline(clock(when), color=canvas.VERMILLION, linewidth=1.4, linestyle=(0, (5, 2)), label=label)
    interval = report.result("short_time").interval if "short_time" in report else None
    if interval is not None and interval[1] > interval[0]:
        axes.axvspan(*clock(interval), color=canvas.VERMILLION, alpha=0.2, linewidth=0.0)


def half_cycle_trends(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Overpotential of every half-cycle (early, middle, late) and its resistance with the fitted drift."""
    table = report.tables.get("half-cycles")
    per_area = "area specific resistance / ohm cm2"
    if table is None or len(table) < 2 or "overpotential middle / mV" not in table:
        return None
    name = per_area if per_area in table else "resistance / ohm"
    start = np.asarray(table["start / h"], dtype=float) + 0.5 * np.asarray(table["duration / h"], dtype=float)
    clock = time_axis(3600.0 * start)
    x = clock(3600.0 * start)
    resistance = np.asarray(table[name], dtype=float)
    eta = {part: np.asarray(table[f"overpotential {part} / mV"], dtype=float) for part in ("early", "middle", "late")}
    line = _drift(report)
    when = short_moment(report)

    def paint(figure: Any) -> None:
        upper = figure.add_subplot(1, 2, 1)
        lower = figure.add_subplot(1, 2, 2)
        limits = robust_limits(np.concatenate([value[np.isfinite(value)] for value in eta.values()]))
        marks = {"early": ("^", canvas.ORANGE), "late": ("v", canvas.PURPLE), "middle": ("o", canvas.BLUE)}
        for part, (mark, colour) in marks.items():
            keep = np.isfinite(eta[part])
            style = {"color": colour, "markersize": 3.5, "markerfacecolor": colour if part == "middle" else "none"}
            clipped(upper, x[keep], eta[part][keep], limits, mark, label=f"{part} in the half-cycle", **style)
        keep = np.isfinite(resistance)
        clipped(lower, x[keep], resistance[keep], robust_limits(resistance[keep]), color=canvas.BLUE, markersize=3.5)
        if line is not None and name == per_area:
            lower.plot(clock(line[0]), line[1] * 1e4, color=canvas.GREEN, label="fitted drift")
        for panel in (upper, lower):
            _mark_short(panel, report, when, clock)
            panel.grid(True)
            panel.set_xlabel(clock.label("time"))
        upper.set_ylabel("overpotential, mV")
        lower.set_ylabel("area specific resistance, ohm cm2" if name == per_area else "resistance, ohm")
        legend(figure, upper, lower, columns=3)

    names = ("overpotential", "area_specific_resistance", "area_specific_resistance_drift")
    middle = eta["middle"]
    description = (
        f"{len(table)} half-cycles; overpotential in the middle {middle[0]:.4g} mV in the first, "
        f"{middle[-1]:.4g} mV in the last.",
        told(report, names),
    )
    caption = (
        "Mean |V| over 5 to 15 % (early), 45 to 55 % (middle) and 85 to 95 % (late) of every half-cycle, and the "
        "middle over the current. Triangles at an edge, where there are any, lie beyond the axis."
    )
    return made(prefix + "half-cycles", "Half-cycles", paint, caption=caption, description=description, height=3.5)


def _drift(report: AnalysisReport) -> tuple[Array, Array] | None:
    """Time [s] and area specific resistance [ohm m2] of the fitted straight line."""
    found = columns(report, "middle_time", "resistance")
    if found is None or not {"area_specific_resistance", "area_specific_resistance_drift"} <= {
        result.quantity for result in report.results
    }:
        return None
    ends = found[0][[0, -1]]
    first, slope = report.result("area_specific_resistance"), report.result("area_specific_resistance_drift")
    return ends, first.value + slope.value * (ends - ends[0])


def staircase(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Voltage above the staircase of current density; steps borne and failed are named."""
    found = columns(report, "time", "voltage", "current_density")
    if found is None:
        return None
    t, v, j = found
    clock, unit, flow = time_axis(t), metric_axis(v, "V"), current_density_axis(j)
    steps = report.tables.get("steps")
    failed = borne = None
    if steps is not None and {"outcome", "current density / mA/cm2"} <= set(steps):
        level = {
            outcome: np.asarray(steps["current density / mA/cm2"][steps["outcome"] == outcome], dtype=float)
            for outcome in ("borne", "failed")
        }
        borne = 10.0 * float(level["borne"].max()) if level["borne"].size else None
        failed = 10.0 * float(level["failed"][0]) if level["failed"].size else None
    tv, vv = thin(t, v)
    tj, jj = thin(t, j)

    def paint(figure: Any) -> None:
        grid = figure.add_gridspec(2, 1, height_ratios=(1.6, 1.0))
        upper = figure.add_subplot(grid[0])
        lower = figure.add_subplot(grid[1], sharex=upper)
        upper.plot(clock(tv), unit(vv), color=canvas.BLUE, linewidth=0.8, label="voltage")
        lower.plot(clock(tj), flow(jj), color=canvas.GREY, linewidth=1.0, label="current density")
        for value, colour, style, label in (
            (borne, canvas.GREEN, (0, (5, 2)), "highest step borne"),
            (failed, canvas.VERMILLION, (0, (1, 1.5)), "step that failed"),
        ):
            if value is not None:
                lower.axhline(
                    flow(value), color=colour, linestyle=style, label=f"{label}: {flow(value):.4g} {flow.unit}"
                )
        if failed is not None:
            inside = np.flatnonzero(np.abs(np.abs(j) / failed - 1.0) < 0.03)
            if inside.size:
                for panel in (upper, lower):
                    panel.axvspan(*clock(t[inside[[0, -1]]]), color=canvas.VERMILLION, alpha=0.12, linewidth=0.0)
        upper.tick_params(labelbottom=False)
        upper.set_ylabel(unit.label("voltage"))
        lower.set_ylabel(flow.label("current density").replace(", ", ",\n"))
        lower.set_xlabel(clock.label("time"))
        lower.set_xlim(clock(t[0]), clock(t[-1]))
        for panel in (upper, lower):
            panel.grid(True)
        legend(figure, upper, lower)

    description = (
        f"Voltage and current density over {clock(np.ptp(t)):.4g} {clock.unit}. {report.verdict}",
        told(report, [result.quantity for result in report.results]),
    )
    return made(
        prefix + "staircase",
        "Voltage on the current staircase",
        paint,
        caption=report.verdict,
        description=description,
        height=4.2,
    )
