"""Impedance: Nyquist with residuals, and Bode."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ceramer.analysis import AnalysisReport, impedance
from ceramer.errors import InputError
from ceramer.report._analysis_figures._tools import Array, clipped, columns, legend, log_ticks, made, metric_axis, told
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure

__all__ = ["bode", "nyquist"]

_SERIES = ("frequency", "impedance_real", "impedance_imaginary", "fit_real", "fit_imaginary")
_RESULTS = ("ionic_conductivity", "bulk_ionic_conductivity", "apparent_grain_boundary_conductivity")


def nyquist(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """-Z'' against Z' on equal axes with the fit, decades of frequency, rejected points, and residuals below."""
    found = columns(report, *_SERIES)
    if found is None:
        return None
    order = np.argsort(found[0])
    f, real, imaginary, fit_real, fit_imaginary = (array[order] for array in found)
    z, fit = real + 1j * imaginary, fit_real + 1j * fit_imaginary
    rejected, consistency = _tested(f, z)
    zoom = _zoom(report, z, rejected)

    def paint(figure: Any) -> None:
        grid = figure.add_gridspec(2, 2, height_ratios=(2.6, 1.0))
        cells = [grid[0, :]] if zoom is None else [grid[0, 0], grid[0, 1]]
        panels = [figure.add_subplot(cell) for cell in cells]
        for panel, limit in zip(panels, (None, zoom), strict=False):
            shown = np.ones(f.size, dtype=bool)
            unit = metric_axis(np.abs(z), "ohm")
            if limit is not None:
                shown = (real < 0.95 * limit) & (-imaginary < 0.75 * limit) & (-imaginary > -0.1 * limit)
                unit = metric_axis(np.array([limit]), "ohm")
            panel.plot(unit(fit_real), unit(-fit_imaginary), color=canvas.BLUE, label="fit", zorder=2)
            panel.plot(
                unit(real), unit(-imaginary), "o", color=canvas.GREY, markersize=3.5, label="measured", linestyle="none"
            )
            if rejected.any():
                panel.plot(
                    unit(real[rejected]), unit(-imaginary[rejected]), "x", color=canvas.VERMILLION, markersize=6,
                    label="fails Kramers-Kronig, or inductive",
                )  # fmt: skip
            inch = max(float(np.ptp(real)) / (6.4 if zoom is None else 2.8), float(np.ptp(imaginary)) / 2.6)
            _decades(panel, f, z / unit.scale, unit(inch if limit is None else limit / 2.8), shown)
            if limit is not None:
                panel.set_xlim(0.0 if real.min() > 0.0 else None, unit(limit))
                panel.set_ylim(-0.12 * unit(limit), 0.8 * unit(limit))
                panel.set_title("arcs enlarged", fontweight="normal")
            panel.set_aspect("equal", adjustable="datalim" if limit is None else "box")
            panel.axhline(0.0, color=canvas.GREY, linewidth=0.8, zorder=1)
            panel.grid(True)
            panel.set_xlabel(unit.label("Z'"))
            panel.set_ylabel(unit.label("-Z''"))
        for cell, values, name in (
            (grid[1, 0], consistency, "Kramers-Kronig residual"),
            (grid[1, 1], (z - fit) / np.abs(z), "fit residual"),
        ):
            _residuals(figure.add_subplot(cell), f, values, rejected, name)
        legend(figure, panels[0], figure.axes[-1], columns=3)

    dots = f"Points that fail the Kramers-Kronig test or are inductive: {int(rejected.sum())} of {f.size}."
    description = (
        f"Nyquist plot of {f.size} points from {f.min():.3g} to {f.max():.3g} Hz with the fit. {report.verdict}",
        told(report, _resistances(report)),
        dots,
    )
    caption = (
        f"{dots} Large marks stand at whole decades of frequency. Residuals are relative to |Z|; triangles at an edge, "
        "where there are any, lie beyond the axis."
    )
    return made(prefix + "nyquist", "Nyquist plot", paint, caption=caption, description=description, height=5.6)


def bode(report: AnalysisReport, prefix: str = "") -> Figure | None:
    """Modulus and phase against frequency, measured and fitted."""
    found = columns(report, *_SERIES)
    if found is None:
        return None
    order = np.argsort(found[0])
    f, real, imaginary, fit_real, fit_imaginary = (array[order] for array in found)
    z, fit = real + 1j * imaginary, fit_real + 1j * fit_imaginary
    rejected, _ = _tested(f, z)

    def paint(figure: Any) -> None:
        modulus = figure.add_subplot(1, 2, 1)
        phase = figure.add_subplot(1, 2, 2)
        for panel, measured, fitted in (
            (modulus, np.abs(z), np.abs(fit)),
            (phase, -np.angle(z, deg=True), -np.angle(fit, deg=True)),
        ):
            panel.set_xscale("log")
            panel.plot(f, fitted, color=canvas.BLUE, label="fit")
            panel.plot(f, measured, "o", color=canvas.GREY, markersize=3.5, label="measured")
            if rejected.any():
                panel.plot(
                    f[rejected], measured[rejected], "x", color=canvas.VERMILLION,
                    label="fails Kramers-Kronig, or inductive",
                )  # fmt: skip
            panel.grid(True)
            panel.set_xlabel("frequency, Hz")
            log_ticks(panel.xaxis)
        modulus.set_yscale("log")
        log_ticks(modulus.yaxis)
        modulus.set_ylabel("|Z|, ohm")
        phase.set_ylabel("-phase, deg")
        legend(figure, modulus)

    description = (
        f"|Z| runs from {np.abs(z).max():.4g} ohm at {f[int(np.argmax(np.abs(z)))]:.3g} Hz to {np.abs(z).min():.4g} "
        f"ohm at {f[int(np.argmin(np.abs(z)))]:.3g} Hz.",
        told(report, _resistances(report)),
    )
    return made(
        prefix + "bode",
        "Bode plot",
        paint,
        caption="Modulus and phase, with the fit.",
        description=description,
        height=3.2,
    )


def _resistances(report: AnalysisReport) -> list[str]:
    return [r.quantity for r in report.results if r.quantity in _RESULTS or r.quantity.endswith("_resistance")]


def _tested(f: Array, z: Any) -> tuple[Any, Any]:
    """Which points fail the Kramers-Kronig test of the analysis, and the residuals of that test."""
    try:
        test = impedance.kramers_kronig(f, z)
    except InputError:
        return np.zeros(f.size, dtype=bool), np.zeros(f.size, dtype=complex)
    return ~test.valid | test.inductive, test.residuals


def _zoom(report: AnalysisReport, z: Any, rejected: Any) -> float | None:
    """Size of a window [ohm] that shows the arcs where they are small beside the whole spectrum; None where not."""
    table = report.tables.get("arcs")
    if table is None or "resistance / ohm" not in table:
        return None
    arcs = np.asarray(table["resistance / ohm"], dtype=float)
    ends = max(float(z.real.min()), 0.0) + np.cumsum(arcs[np.isfinite(arcs)])
    whole = max(float(np.ptp(z.real)), float(np.ptp(z.imag)))
    for window in 1.5 * ends:
        inside = (z.real < window) & (np.abs(z.imag) < 0.8 * window) & ~rejected
        if inside.sum() >= max(8, 0.25 * (~rejected).sum()):
            return float(window) if window < 0.45 * whole else None
    return None


def _decades(panel: Any, f: Array, z: Any, inch: float, shown: Any) -> None:
    """Mark the points nearest to whole decades of frequency; label those that leave room for it.

    `z` is in the unit of the axes, of which `inch` fill one inch; `f` rises. Labels stand outside the arcs.
    """
    logs = np.log10(f)
    if f.size < 3:
        return
    spacing = float(np.median(np.diff(logs)))
    heading = -np.gradient(z)  # towards lower frequency
    placed: list[tuple[float, float]] = []
    for power in range(math.floor(logs[0]), math.ceil(logs[-1]) + 1):
        k = int(np.argmin(np.abs(logs - power)))
        if abs(logs[k] - power) > 0.6 * max(spacing, 0.05) or not shown[k]:
            continue
        x, y = float(z[k].real), -float(z[k].imag)
        panel.plot([x], [y], "o", color=canvas.INK, markersize=5.5, zorder=4)
        size = abs(heading[k]) or 1.0
        for side in (1.0, -1.0):  # left of the direction of travel lies outside an arc
            right, up = side * float(heading[k].imag) / size, side * float(heading[k].real) / size
            middle = (x + inch * right * (0.1 + 0.28 * abs(right)), y + inch * up * 0.17)
            covers = (np.abs(z.real - middle[0]) < 0.26 * inch) & (np.abs(-z.imag - middle[1]) < 0.07 * inch)
            crowded = any(abs(middle[0] - a) < 0.6 * inch and abs(middle[1] - b) < 0.18 * inch for a, b in placed)
            if not covers.any() and not crowded:
                break
        else:
            continue
        placed.append(middle)
        name = f"{10.0 ** (power % 3):g} {({-2: 'u', -1: 'm', 0: '', 1: 'k', 2: 'M', 3: 'G'}).get(power // 3, '')}Hz"
        panel.annotate(
            name,
            (x, y),
            xytext=(7.0 * right, 7.0 * up),
            textcoords="offset points",
            fontsize=8,
            ha="left" if right > 0.3 else "right" if right < -0.3 else "center",
            va="bottom" if up > 0.3 else "top" if up < -0.3 else "center",
        )


def _residuals(panel: Any, f: Array, values: Any, rejected: Any, name: str) -> None:
    kept = values[~rejected] if (~rejected).any() else values
    top = 130.0 * max(float(np.max(np.abs(kept.real))), float(np.max(np.abs(kept.imag))), 2e-4)
    panel.set_xscale("log")
    for part, mark, colour, label in (
        (values.real, "o", canvas.GREEN, "real"),
        (values.imag, "s", canvas.PURPLE, "imaginary"),
    ):
        clipped(panel, f, 100.0 * part, (-top, top), mark, color=colour, markersize=3.0, label=f"residual, {label}")
    panel.axhline(0.0, color=canvas.GREY, linewidth=0.8)
    panel.grid(True)
    panel.set_xlabel("frequency, Hz")
    panel.set_ylabel("%")
    panel.set_title(name, fontweight="normal")
    log_ticks(panel.xaxis)
