"""What the figures of analyses share: series that may be missing, units that fit, thinning, ticks, legends, words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer import units
from ceramer.analysis import AnalysisReport
from ceramer.provenance import Result
from ceramer.report import _words as words
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure

__all__ = [
    "Array",
    "Axis",
    "Painter",
    "band",
    "clipped",
    "columns",
    "current_density_axis",
    "given",
    "interval_text",
    "legend",
    "log_ticks",
    "made",
    "metric_axis",
    "robust_limits",
    "short_moment",
    "thin",
    "time_axis",
    "told",
    "value_text",
]

Array = NDArray[np.float64]
Painter = Callable[[AnalysisReport, str], Figure | None]
"""``painter(report, prefix)``: a figure whose name starts with `prefix`, or None where the report lacks the series."""

_PREFIXES: Final = {-12: "p", -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
_COLUMNS = 800  # pixel columns of a panel
_MARKS = 150  # columns of a panel of marks, which are wider


@dataclass(frozen=True, slots=True)
class Axis:
    """How an axis shows SI numbers: SI units in one unit of the axis, and the unit."""

    scale: float
    unit: str

    def __call__(self, values: Any) -> Any:
        """Return SI values as numbers of the axis."""
        return np.asarray(values, dtype=float) / self.scale

    def label(self, name: str) -> str:
        """Return the axis label ("time, h")."""
        return f"{name}, {self.unit}"


def metric_axis(values: Array, unit: str) -> Axis:
    """Choose the metric prefix that brings the largest magnitude between 1 and 1000 ("uA")."""
    top = float(np.max(np.abs(values), initial=0.0))
    power = 3 * math.floor(math.log10(top) / 3.0 + 1e-9) if top > 0.0 else 0
    power = min(max(power, min(_PREFIXES)), max(_PREFIXES))
    return Axis(10.0**power, f"{_PREFIXES[power]}{unit}")


def time_axis(seconds: Array) -> Axis:
    """Seconds, minutes or hours, whichever the span asks for."""
    span = float(np.ptp(seconds)) if seconds.size else 0.0
    return Axis(1.0, "s") if span < 300.0 else Axis(60.0, "min") if span < 7200.0 else Axis(3600.0, "h")


def current_density_axis(values: Array) -> Axis:
    """mA/cm2, or uA/cm2 where all is below 0.1 mA/cm2."""
    return Axis(10.0, "mA/cm2") if float(np.max(np.abs(values), initial=0.0)) >= 1.0 else Axis(1e-2, "uA/cm2")


def columns(report: AnalysisReport, *names: str) -> tuple[Array, ...] | None:
    """Return series of equal length without the rows in which one is not finite; None where one is missing or empty."""
    if any(name not in report.series for name in names):
        return None
    found = [np.asarray(report.series[name], dtype=float) for name in names]
    if any(array.ndim != 1 or array.shape != found[0].shape for array in found):
        return None
    keep = np.logical_and.reduce([np.isfinite(array) for array in found])
    return tuple(array[keep] for array in found) if keep.any() else None


def thin(x: Array, y: Array, *, log: bool = False, count: int = _COLUMNS) -> tuple[Array, Array]:
    """Keep the first, last, lowest and highest point of every pixel column: the drawn line looks the same.

    Parameters
    ----------
    x, y : shape (n,)
    log : whether the axis of `x` is logarithmic
    count : number of columns

    Returns
    -------
    (x, y) : shape (m,), m <= 4 count, in the order of the rows; unchanged where n is no larger. A series whose `x`
        turns back is cut into columns along its rows instead.
    """
    if x.size <= 4 * count:
        return x, y
    position = np.log(np.maximum(x, np.min(x[x > 0.0], initial=1e300))) if log and (x > 0.0).any() else x
    if (np.diff(position) < 0.0).any() or position[0] == position[-1]:
        position = np.arange(x.size, dtype=float)
    share = (position - position[0]) / (position[-1] - position[0])
    column = np.minimum((share * count).astype(int), count - 1)
    edge = np.flatnonzero(np.diff(column)) + 1
    first, last = np.r_[0, edge], np.r_[edge, x.size] - 1
    order = np.lexsort((y, column))
    keep = np.unique(np.concatenate([first, last, order[first], order[last]]))
    return x[keep], y[keep]


def robust_limits(values: Array) -> tuple[float, float]:
    """Return axis limits that a few strays do not decide: the extremes, unless far beyond the 3 % quantiles."""
    low, high = (float(q) for q in np.quantile(values, [0.03, 0.97]))
    wide = max(high - low, 2e-3 * abs(high), 1e-12)
    least, most = float(values.min()), float(values.max())
    low = least if least > low - 0.6 * wide else low - 0.25 * wide
    high = most if most < high + 0.6 * wide else high + 0.25 * wide
    room = 0.07 * max(high - low, wide)
    return low - room, high + room


def clipped(axes: Any, x: Array, y: Array, limits: tuple[float, float], mark: str = "o", **options: Any) -> None:
    """Draw points; those beyond `limits` become triangles at the edge. The axis gets the limits."""
    low, high = limits
    x, y = thin(x, y, count=_MARKS)
    inside = (y >= low) & (y <= high)
    axes.plot(x[inside], y[inside], mark, **options)
    options.pop("label", None)
    for beyond, sign, edge in ((y > high, "^", high), (y < low, "v", low)):
        if beyond.any():
            style = {**options, "color": canvas.VERMILLION, "markersize": 5.0}
            axes.plot(x[beyond], np.full(int(beyond.sum()), edge), sign, clip_on=False, **style)
    axes.set_ylim(low, high)


def log_ticks(axis: Any) -> None:
    """Label a logarithmic axis readably whatever its range: decades, 1-2-5, finer, or even steps."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

    low, high = sorted(axis.get_view_interval())
    decades = math.log10(high / low)
    powers = high >= 1e5 or low < 1e-3
    if decades >= 0.5:
        step = max(1, math.ceil(decades / 8.0))
        subs = (1.0,) if decades >= 2.5 else (1.0, 2.0, 5.0) if decades > 1.0 else (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
        axis.set_major_locator(LogLocator(base=10.0**step, subs=subs, numticks=20))
    else:
        axis.set_major_locator(MaxNLocator(6))
    if decades < 2.5:
        axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: _power(value) if powers else f"{value:.6g}"))
    axis.set_minor_formatter(NullFormatter())


def _power(value: float) -> str:
    mantissa, power = f"{value:.6e}".split("e")
    mantissa = f"{float(mantissa):g}"
    return f"$10^{{{int(power)}}}$" if mantissa == "1" else rf"${mantissa}\times10^{{{int(power)}}}$"


def legend(figure: Any, *axes: Any, columns: int = 4) -> None:
    """Put one legend above all panels, where it covers nothing."""
    found: dict[str, Any] = {}
    for one in axes:
        for handle, label in zip(*one.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    if found:
        figure.legend(list(found.values()), list(found), loc="outside upper left", ncols=min(columns, len(found)))


def band(axes: Any, level: float, spread: float | None, *, color: str, linestyle: Any, label: str) -> None:
    """Draw a level with a band of two standard uncertainties."""
    axes.axhline(level, color=color, linestyle=linestyle, linewidth=1.3, label=label)
    if spread:
        axes.axhspan(level - 2.0 * spread, level + 2.0 * spread, color=color, alpha=0.18, linewidth=0.0)


def value_text(result: Result) -> str:
    """Return a result as ``value ± standard uncertainty unit`` in its own unit."""
    spread = result.standard_uncertainty
    shown = words.number(
        units.convert(result.value, result.unit), None if spread is None else spread / units.si_scale(result.unit)
    )
    return shown + words.unit_text(result.unit)


def interval_text(result: Result) -> str:
    """Return the 95 % interval in the unit of the result ("" without one)."""
    if result.interval is None:
        return ""
    low, high = (units.convert(end, result.unit) for end in result.interval)
    return words.interval((low, high)) + words.unit_text(result.unit)


def told(report: AnalysisReport, quantities: Iterable[str]) -> str:
    """Return the named results that the report holds as one sentence ("" for none)."""
    parts = [
        f"{words.plain(result.quantity)} {value_text(result)}"
        + (f" (95 % interval {interval_text(result)})" if result.interval is not None else "")
        for name in quantities
        for result in report.results
        if result.quantity == name
    ]
    return f"{'; '.join(parts)}." if parts else ""


def given(report: AnalysisReport, name: str) -> float | None:
    """Return the SI value of an input by name; None where the report has none."""
    return next((item.value for item in report.inputs if item.name == name), None)


def short_moment(report: AnalysisReport) -> float | None:
    """Return when the cell shorted [s], from the result or from a lifetime that a short ended; None without a short."""
    if "short_time" in report:
        return report.result("short_time").value
    if "lifetime" in report and report.result("lifetime").method == "until the short":
        time = columns(report, "time")
        return None if time is None else float(time[0][0]) + report.result("lifetime").value
    return None


def made(
    name: str,
    title: str,
    paint: Callable[[Any], None],
    *,
    caption: str,
    description: Sequence[str],
    height: float,
) -> Figure:
    """Draw a figure of `height` [inch]; `description` are the sentences of its alternative text."""
    text = " ".join(part for part in description if part)
    return Figure(name, title, caption, canvas.draw(name, title, text, (7.6, height), paint))
