"""Cycled cells: capacity and efficiency against cycle, rates, and dQ/dV."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer import units
from ceramer.analysis import AnalysisReport
from ceramer.report._analysis_figures._tools import Array, clipped, columns, legend, made, robust_limits, thin, told
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure

__all__ = ["capacity", "incremental", "rates"]


def capacity(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Capacity and coulombic efficiency against cycle, with the line of fade, the knee, and what was left out."""
    found = columns(report, "cycle", "capacity")
    unit = _capacity_unit(report)
    if unit is None or (found is None and "cycles" not in report.tables):
        return None
    scale = units.si_factor(unit)
    fit = columns(report, "cycle", "fit_capacity")
    shown, left_out, efficiency = _cycles(report, unit)
    if max(0 if found is None else found[0].size, 0 if shown is None else shown[0].size) < 2:
        return None
    knee = report.result("knee_cycle").value if "knee_cycle" in report else None

    def paint(figure: Any) -> None:
        upper = figure.add_subplot(2, 1, 1) if efficiency is not None else canvas.axes(figure)
        x, y = (found[0], found[1] / scale) if found is not None else (shown[0][~left_out], shown[1][~left_out])
        upper.plot(*thin(x, y, count=200), "o", color=canvas.BLUE, markersize=3.5, label="discharge")
        if fit is not None:
            upper.plot(fit[0], fit[1] / scale, color=canvas.GREEN, label="straight line through all cycles")
        if shown is not None and left_out.any():
            upper.plot(
                shown[0][left_out], shown[1][left_out], "x", color=canvas.VERMILLION, label="left out of the fade"
            )
        if knee is not None:
            upper.axvline(knee, color=canvas.PURPLE, linestyle=(0, (5, 2)), label=f"knee at cycle {knee:.0f}")
        upper.set_ylabel(f"capacity, {unit}")
        upper.grid(True)
        panels = [upper]
        if efficiency is not None:
            lower = figure.add_subplot(2, 1, 2, sharex=upper)
            cycle, percent = efficiency
            clipped(lower, cycle, percent, robust_limits(percent), color=canvas.ORANGE, markersize=3.5)
            lower.axhline(100.0, color=canvas.GREY, linewidth=0.8)
            lower.set_ylabel("coulombic\nefficiency, %")
            lower.grid(True)
            upper.tick_params(labelbottom=False)
            panels.append(lower)
        _whole_cycles(panels[-1].xaxis)
        panels[-1].set_xlabel("cycle")
        legend(figure, *panels)

    description = (
        f"Capacity against cycle. {report.verdict}",
        told(report, [result.quantity for result in report.results]),
    )
    caption = report.verdict
    if efficiency is not None:
        caption += " Triangles at an edge, where there are any, lie beyond the axis."
    height = 4.4 if efficiency is not None else 3.0
    return made(
        prefix + "capacity", "Capacity and efficiency", paint, caption=caption, description=description, height=height
    )


def _capacity_unit(report: AnalysisReport) -> str | None:
    return report.result("initial_capacity").unit if "initial_capacity" in report else None


def _cycles(report: AnalysisReport, unit: str) -> tuple[Any, Any, tuple[Array, Array] | None]:
    """((cycle, discharge capacity in `unit`), which were left out, (cycle, coulombic efficiency in %))."""
    table = report.tables.get("cycles")
    if table is None or f"discharge / {unit}" not in table:
        return None, np.zeros(0, dtype=bool), None
    cycle = np.asarray(table["cycle"], dtype=float)
    left_out = np.asarray(table["left out"], dtype=bool)
    efficiency = np.asarray(table["coulombic efficiency / %"], dtype=float)
    good = np.isfinite(efficiency)
    discharge = np.asarray(table[f"discharge / {unit}"], dtype=float)
    return (cycle, discharge), left_out, (cycle[good], efficiency[good]) if good.any() else None


def _whole_cycles(axis: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))


def rates(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Capacity against cycle with the mean of every rate, each rate labelled."""
    found = columns(report, "cycle", "cycle_capacity")
    table = report.tables.get("rates")
    unit = _capacity_unit(report)
    if found is None or unit is None or table is None or f"capacity / {unit}" not in table:
        return None
    cycle, q = found[0], found[1] / units.si_factor(unit)
    spans = [tuple(float(end) for end in text.split("-")) for text in table["cycles"]]
    mean = np.asarray(table[f"capacity / {unit}"], dtype=float)
    nominal = np.asarray(table["C-rate (nominal)"], dtype=float)
    kind = "nominal" if np.isfinite(nominal).all() else "real"
    rate = nominal if kind == "nominal" else np.asarray(table["C-rate (real)"], dtype=float)

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure, "y")
        top, bottom = float(q.max()), float(q.min())
        room = 0.16 * max(top - bottom, 0.02 * top)
        for k, ((first, last), level) in enumerate(zip(spans, mean, strict=True)):
            if k % 2 == 0:
                axes.axvspan(first - 0.5, last + 0.5, color=canvas.GRID, alpha=0.35, linewidth=0.0)
            axes.plot(
                [first - 0.4, last + 0.4], [level, level], color=canvas.GREEN, linewidth=1.2,
                label="mean without the first cycle" if k == 0 else None,
            )  # fmt: skip
            axes.text(
                0.5 * (first + last), top + 0.35 * room, f"{rate[k]:.2g}C", ha="center", va="bottom", fontsize=8,
                rotation=0 if len(spans) <= 12 else 90,
            )  # fmt: skip
        axes.plot(*thin(cycle, q, count=200), "o", color=canvas.BLUE, markersize=4, label="measured")
        axes.set_ylim(max(bottom - room, 0.0), top + (1.4 if len(spans) <= 12 else 2.6) * room)
        axes.set_xlim(cycle[0] - 0.6, cycle[-1] + 0.6)
        _whole_cycles(axes.xaxis)
        axes.set_xlabel("cycle")
        axes.set_ylabel(f"capacity, {unit}")
        legend(figure, axes)

    said = "; ".join(f"{r:.3g}C {m:.4g} {unit}" for r, m in zip(rate, mean, strict=True))
    description = (
        f"Capacity of {q.size} cycles at {len(spans)} rates: {said}. {report.verdict}",
        told(report, [result.quantity for result in report.results]),
    )
    caption = f"C-rates are {kind}: " + (
        "of the nominal capacity." if kind == "nominal" else "one over the hours that the cell really took."
    )
    return made(prefix + "rates", "Capacity at each rate", paint, caption=caption, description=description, height=3.4)


def incremental(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """dQ/dV against voltage, where the report holds it."""
    found = columns(report, "incremental_voltage", "incremental_capacity")
    if found is None:
        return None
    v, slope = found

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        x, y = thin(v, slope / 3.6)
        axes.plot(x, y, color=canvas.BLUE)
        axes.set_xlabel("voltage, V")
        axes.set_ylabel("dQ/dV, mAh/V")

    peak = int(np.argmax(np.abs(slope)))
    description = (f"dQ/dV; the largest value is {slope[peak] / 3.6:.4g} mAh/V at {v[peak]:.3f} V.",)
    return made(
        prefix + "incremental",
        "Incremental capacity",
        paint,
        caption=description[0],
        description=description,
        height=3.0,
    )
