"""Sweeps and current steps: voltage and current against each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer.analysis import AnalysisReport
from ceramer.report._analysis_figures._tools import (
    Array,
    columns,
    current_density_axis,
    legend,
    log_ticks,
    made,
    metric_axis,
    thin,
    told,
)
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure

__all__ = ["dc_line", "electronic_line", "sweep"]


def sweep(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Current density against potential, linear and logarithmic, with the onset by every criterion."""
    found = columns(report, "potential", "current_density")
    if found is None:
        return None
    e, j = found
    unit = current_density_axis(j)
    onsets = _onsets(report)
    x, y = thin(e, j)
    floor = max(float(np.quantile(np.abs(j[j != 0.0]), 0.02)) if (j != 0.0).any() else 1e-6, 1e-9)

    def paint(figure: Any) -> None:
        linear, log = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2)
        linear.plot(x, unit(y), color=canvas.BLUE, linewidth=1.1, label="sweep")
        log.set_yscale("log")
        for keep, colour, label in (
            (y > 0.0, canvas.BLUE, "current positive"), (y < 0.0, canvas.SKY, "current negative")
        ):  # fmt: skip
            log.plot(x, unit(np.where(keep, np.abs(y), np.nan)), linewidth=0.9, color=colour, label=label)
        log.set_ylim(unit(floor), None)
        marks = {"oxidation": ("^", canvas.VERMILLION), "reduction": ("v", canvas.GREEN)}
        for leg, criterion, potential, spread in onsets:
            mark, colour = marks.get(leg, ("o", canvas.INK))
            linear.axvline(potential, color=colour, linewidth=0.9, linestyle=(0, (4, 2)))
            level = _level(e, j, potential, criterion)
            log.errorbar(
                [potential], [unit(max(level, floor))], xerr=None if np.isnan(spread) else [2.0 * spread],
                marker=mark, color=colour, linestyle="none", label=f"{leg} onset", zorder=4,
            )  # fmt: skip
        for panel in (linear, log):
            panel.grid(True)
            panel.set_xlabel("potential, V")
        linear.set_ylabel(unit.label("current density"))
        log.set_ylabel(unit.label("|current density|"))
        log_ticks(log.yaxis)
        legend(figure, linear, log, columns=5)

    said = "; ".join(f"{leg} by {criterion} at {potential:.3f} V" for leg, criterion, potential, _ in onsets)
    description = (
        f"Sweep between {e.min():.3f} and {e.max():.3f} V. {report.verdict}",
        told(report, [result.quantity for result in report.results]),
        f"Onsets: {said}." if said else "",
    )
    caption = f"Onsets by every criterion: {said}." if said else "No onset was found by any criterion."
    return made(
        prefix + "sweep", "Current against potential", paint, caption=caption, description=description, height=3.5
    )


def _onsets(report: AnalysisReport) -> list[tuple[str, str, float, float]]:
    """(leg, criterion, potential [V], standard uncertainty [V]) of every onset that was reached."""
    table = report.tables.get("onsets")
    if table is None or "potential / V" not in table:
        return []
    return [
        (str(row["leg"]), str(row["criterion"]), float(row["potential / V"]), float(row["standard uncertainty / V"]))
        for row in table.to_dict(orient="records")
        if np.isfinite(row["potential / V"])
    ]


def _level(e: Array, j: Array, potential: float, criterion: str) -> float:
    """|j| at which to draw an onset [A/m2]: the threshold in its name, else the measured median around it."""
    head, _, unit = criterion.partition(" ")
    if unit.startswith("uA/cm2"):
        try:
            return float(head) * 1e-2
        except ValueError:
            pass
    near = np.argsort(np.abs(e - potential))[:9]
    return float(np.median(np.abs(j[near])))


def dc_line(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Voltage against current with the fitted line, and the residuals."""
    found = columns(report, "current", "voltage", "fit_voltage")
    if found is None:
        return None
    names = ("dc_resistance", "voltage_offset")
    said = (f"Voltage of {found[0].size} current steps with the fitted line. {report.verdict}", told(report, names))
    return _line(prefix + "dc-line", found, "current, A", "voltage, V", said)


def electronic_line(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Steady current against voltage with the fitted line, and the residuals."""
    found = columns(report, "voltage", "current", "fit_current")
    if found is None:
        return None
    names = ("electronic_conductivity", "electronic_conductivity_upper_limit", "current_offset")
    said = (f"Steady current at {found[0].size} voltages. {report.verdict}", told(report, names))
    return _line(prefix + "hebb-wagner", found, "voltage, V", "steady current, A", said)


def _line(name: str, data: tuple[Array, ...], across: str, up: str, said: tuple[str, str]) -> Figure:
    """A fitted line and its residuals; `across` and `up` are "quantity, SI unit" of the two axes."""
    x, y, fitted = data
    (x_name, x_unit), (y_name, y_unit) = across.split(", "), up.split(", ")
    horizontal, vertical = metric_axis(x, x_unit), metric_axis(y, y_unit)
    residual = y - fitted
    small = metric_axis(residual, y_unit)
    order = np.argsort(x)

    def paint(figure: Any) -> None:
        left, right = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2)
        left.plot(horizontal(x[order]), vertical(fitted[order]), color=canvas.BLUE, label="fitted line")
        left.plot(horizontal(x), vertical(y), "s", color=canvas.VERMILLION, markersize=4.5, label="measured")
        left.set_ylabel(vertical.label(y_name))
        right.axhline(0.0, color=canvas.BLUE, linewidth=1.2)
        right.plot(horizontal(x), small(residual), "s", color=canvas.VERMILLION, markersize=4.5)
        right.set_ylabel(small.label("residual"))
        for panel in (left, right):
            panel.grid(True)
            panel.set_xlabel(horizontal.label(x_name))
        legend(figure, left)

    caption = f"The largest residual is {small(np.max(np.abs(residual))):.3g} {small.unit}."
    title = f"{y_name.capitalize()} against {x_name}"
    return made(name, title, paint, caption=caption, description=(*said, caption), height=3.4)
