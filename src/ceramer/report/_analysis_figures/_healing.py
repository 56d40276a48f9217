"""Voids that close: sizes, what a frame without a void says, and the laws."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer.analysis import HEALING_LAWS, AnalysisReport
from ceramer.report._analysis_figures._tools import columns, given, legend, made, metric_axis, time_axis, told
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure

__all__ = ["healing"]

_STYLES = {
    "n=1": (canvas.ORANGE, (0, (1, 1.5))),
    "n=2": (canvas.GREEN, (0, (5, 2))),
    "n=3": (canvas.BLUE, "-"),
    "exponential": (canvas.PURPLE, (0, (4, 1, 1, 1))),
}


def healing(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Void size against time with the law of every exponent; frames without a void bound the closure."""
    found = columns(report, "time", "size", "size_uncertainty")
    if found is None:
        return None
    t, size, spread = found
    clock, unit = time_axis(t), metric_axis(size, "m")
    seen = size > 0.0
    chance = _probabilities(report)
    curves = {law: curve for law in HEALING_LAWS if (curve := columns(report, "fit_time", f"fit_{law}")) is not None}
    limit = given(report, "detection_limit")
    gone = (float(t[seen][-1]), float(t[~seen][0])) if seen.any() and not seen.all() else None

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        for law, (x, y) in curves.items():
            colour, style = _STYLES.get(law, (canvas.GREY, "-"))
            likely = f", probability {_chance(chance[law])}" if law in chance else ""
            axes.plot(clock(x), unit(y), color=colour, linestyle=style, label=f"{law}{likely}")
        axes.errorbar(
            clock(t[seen]), unit(size[seen]), yerr=unit(2.0 * spread[seen]), fmt="s", color=canvas.VERMILLION,
            markersize=4.5, capsize=2.5, label="measured, two standard uncertainties", zorder=4,
        )  # fmt: skip
        if (~seen).any():
            axes.plot(
                clock(t[~seen]), np.zeros(int((~seen).sum())), "v", color=canvas.VERMILLION, markerfacecolor="none",
                clip_on=False, label="no void seen", zorder=4,
            )  # fmt: skip
            if limit is not None:
                axes.vlines(clock(t[~seen]), 0.0, unit(limit), color=canvas.VERMILLION, linewidth=1.4)
        if gone is not None:
            height = 0.03 * unit(float(size.max()))
            axes.hlines(
                height, *clock(np.array(gone)), color=canvas.INK, linewidth=2.5, label="closed within this interval"
            )
            axes.plot(clock(np.array(gone)), [height, height], "|", color=canvas.INK, markersize=9)
        axes.set_ylim(0.0, 1.12 * unit(float((size + 2.0 * spread).max())))
        axes.set_xlabel(clock.label("time"))
        axes.set_ylabel(unit.label("void size"))
        legend(figure, axes, columns=3)

    def at(seconds: float) -> str:
        return f"{clock(seconds):.4g}"

    closed = "" if gone is None else f"The void closed between {at(gone[0])} and {at(gone[1])} {clock.unit}."
    description = (
        f"Void size in {t.size} frames, {unit(size[0]):.4g} {unit.unit} at the start, {unit(size[-1]):.4g} {unit.unit} "
        f"after {at(t[-1])} {clock.unit}. {report.verdict}",
        closed,
        told(report, [result.quantity for result in report.results]),
    )
    caption = f"Every law at its likeliest parameters. {report.verdict} {closed}".strip()
    return made(
        prefix + "healing", "Void size against time", paint, caption=caption, description=description, height=3.8
    )


def _probabilities(report: AnalysisReport) -> dict[str, float]:
    table = report.tables.get("laws")
    if table is None or not {"law", "probability"} <= set(table):
        return {}
    return {str(law): float(chance) for law, chance in zip(table["law"], table["probability"], strict=True)}


def _chance(value: float) -> str:
    return "< 0.001" if value < 1e-3 else "> 0.999" if value > 0.999 else f"{value:.2g}"
