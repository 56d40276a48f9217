"""Conductivity against inverse temperature."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer import units
from ceramer.analysis import ARRHENIUS_FORMS, AnalysisReport
from ceramer.report._analysis_figures._tools import Axis, columns, legend, log_ticks, made, told
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure

__all__ = ["arrhenius"]

_MS_PER_CM = Axis(0.1, "mS/cm")


def arrhenius(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Logarithmic conductivity against 1000/T, a second axis in degC, and the residuals of the fit below."""
    measured = columns(report, "temperature", "conductivity")
    fitted = columns(report, "fit_temperature", "fit_conductivity")
    if measured is None or fitted is None:
        return None
    t, s = measured
    residual = columns(report, "residual")
    # Other forms stand beside the chosen one where the report holds their curves.
    others = {
        form: found
        for form in ARRHENIUS_FORMS
        if (found := columns(report, "fit_temperature", f"fit_conductivity_{form}")) is not None
    }
    falling = np.r_[False, np.diff(t) < 0.0]

    def paint(figure: Any) -> None:
        grid = figure.add_gridspec(2, 1, height_ratios=(3.0, 1.0))
        upper = figure.add_subplot(grid[0])
        upper.set_yscale("log")
        styles = zip(
            (canvas.GREEN, canvas.ORANGE, canvas.PURPLE), ((0, (5, 2)), (0, (1, 1.5)), (0, (4, 1, 1, 1))), strict=True
        )
        for (form, (x, y)), (colour, style) in zip(others.items(), styles, strict=False):
            upper.plot(1000.0 / x, _MS_PER_CM(y), color=colour, linestyle=style, linewidth=1.2, label=f"form {form}")
        upper.plot(1000.0 / fitted[0], _MS_PER_CM(fitted[1]), color=canvas.BLUE, label="fitted form")
        upper.plot(1000.0 / t[~falling], _MS_PER_CM(s[~falling]), "o", color=canvas.VERMILLION, label="measured")
        panels = [upper]
        lower = None
        if residual is not None and residual[0].size == t.size:
            lower = figure.add_subplot(grid[1], sharex=upper)
            lower.axhline(0.0, color=canvas.BLUE, linewidth=1.0)
            lower.plot(1000.0 / t[~falling], 100.0 * residual[0][~falling], "o", color=canvas.VERMILLION)
            lower.set_ylabel("ln residual, %")
            lower.grid(True)
            upper.tick_params(labelbottom=False)
            panels.append(lower)
        if falling.any():
            upper.plot(1000.0 / t[falling], _MS_PER_CM(s[falling]), "s", color=canvas.SKY, label="measured on cooling")
            if lower is not None:
                lower.plot(1000.0 / t[falling], 100.0 * residual[0][falling], "s", color=canvas.SKY)  # type: ignore[index]
        upper.grid(True)
        upper.set_ylabel(_MS_PER_CM.label("conductivity"))
        log_ticks(upper.yaxis)
        panels[-1].set_xlabel("1000 / T, 1/K")
        _celsius(upper, t)
        legend(figure, upper)

    order = np.argsort(t)
    low, high = order[0], order[-1]
    description = (
        f"{t.size} conductivities from {_MS_PER_CM(s[low]):.4g} mS/cm at {t[low] - units.ZERO_CELSIUS:.4g} degC to "
        f"{_MS_PER_CM(s[high]):.4g} mS/cm at {t[high] - units.ZERO_CELSIUS:.4g} degC. {report.verdict}",
        told(report, [result.quantity for result in report.results]),
    )
    return made(
        prefix + "arrhenius",
        "Conductivity against temperature",
        paint,
        caption=report.verdict,
        description=description,
        height=4.8,
    )


def _celsius(axes: Any, t: Any) -> None:
    """A second axis on top with round temperatures."""
    from matplotlib.ticker import MaxNLocator

    left, right = axes.get_xlim()
    low, high = 1000.0 / right - units.ZERO_CELSIUS, 1000.0 / left - units.ZERO_CELSIUS
    ticks = [value for value in MaxNLocator(7, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= value <= high]
    top = axes.twiny()
    top.set_xlim(left, right)
    top.set_xticks([1000.0 / (value + units.ZERO_CELSIUS) for value in ticks], [f"{value:g}" for value in ticks])
    top.spines["top"].set_visible(True)
    top.set_xlabel("degC")
