"""A simulated experiment in pictures: voltage and current, spectra, profiles; as figures, one file, or one page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ceramer import units
from ceramer.errors import InputError, MissingExtraError
from ceramer.report import _words as words
from ceramer.report._analysis_figures import analysis_figures
from ceramer.report._analysis_figures._tools import (
    Array,
    Axis,
    interval_text,
    log_ticks,
    made,
    metric_axis,
    thin,
    time_axis,
    value_text,
)
from ceramer.report._figures import Figure
from ceramer.report._figures import _canvas as canvas
from ceramer.report._page import _NO_FIGURES, Section, result_html

if TYPE_CHECKING:
    from ceramer.analysis import AnalysisReport
    from ceramer.experiments import Experiment, Profiles, Protocol
    from ceramer.measurement import Measurement

__all__ = [
    "Picture",
    "drawn",
    "legend_below",
    "simulation_figures",
    "simulation_html",
    "simulation_plot",
    "write_pictures",
]

_COLOURS: Final = (canvas.BLUE, canvas.SKY, canvas.GREEN, canvas.ORANGE, canvas.VERMILLION, canvas.PURPLE)
_STYLES: Final = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))
_MARKS: Final = ("o", "s", "^", "D", "v", "P")
_PROFILES: Final = {
    "concentration": ("Salt concentration", 1.0, "mol/m3"),
    "potential": ("Potential in the electrolyte", 1e-3, "mV"),
    "ceramic_potential": ("Potential in the ceramic skeleton", 1e-3, "mV"),
    "stoichiometry": ("Lithium content", 1.0, "share of sites"),
}
_STEPS: Final = 200  # steps that a page lists


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure before it is drawn."""

    name: str
    title: str
    caption: str
    description: str
    height: float
    paint: Callable[[Any], None]


def simulation_figures(experiment: Experiment, *, prefix: str = "") -> tuple[Figure, ...]:
    """Return the figures of a simulated experiment: series, sweeps, spectra and, where they were kept, profiles.

    Parameters
    ----------
    experiment : Experiment
        From `ceramer.experiments.run`.
    prefix : str
        Put before the name of each figure.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    return drawn(_pictures(experiment), prefix)


def drawn(pictures: Sequence[Picture], prefix: str) -> tuple[Figure, ...]:
    """Draw pictures for a page, `prefix` before the name of each."""
    return tuple(
        made(prefix + p.name, p.title, p.paint, caption=p.caption, description=(p.description,), height=p.height)
        for p in pictures
    )


def simulation_plot(experiment: Experiment, path: str | Path) -> Path:
    """Draw every figure of a simulated experiment below each other into one file, .svg, .png or .pdf.

    Raises
    ------
    InputError
        Another suffix, or nothing to draw.
    MissingExtraError
        Without matplotlib.
    """
    return write_pictures(_pictures(experiment), path, _title(experiment))


def write_pictures(pictures: Sequence[Picture], path: str | Path, title: str) -> Path:
    """Draw pictures below each other into one file, .svg, .png or .pdf, and return its path."""
    target = Path(path)
    if target.suffix not in (".svg", ".png", ".pdf"):
        raise InputError(f"{target.name}: a figure is written as .svg, .png or .pdf.")
    if not pictures:
        raise InputError("The run ended before anything was recorded: there is nothing to draw.")

    def paint(figure: Any) -> None:
        heights = [p.height for p in pictures]
        parts = figure.subfigures(len(pictures), 1, height_ratios=heights, squeeze=False)[:, 0]
        for part, picture in zip(parts, pictures, strict=True):
            part.suptitle(picture.title, x=0.01, ha="left", fontsize=10, fontweight="bold")
            picture.paint(part)

    height = sum(p.height + 0.3 for p in pictures)
    told = " ".join(f"{p.title}: {p.description}" for p in pictures)
    canvas.write(target, title, told, (7.6, height), paint)
    return target


def simulation_html(
    experiment: Experiment, protocol: Protocol, *, reports: Sequence[AnalysisReport] = (), title: str = ""
) -> str:
    """Return one self-contained page: what was done, how it ended, what was assumed, figures, and analyses.

    Parameters
    ----------
    experiment : Experiment
    protocol : Protocol
    reports : sequence of AnalysisReport
        Of its measurements.
    title : str
        Default: the cell and the protocol.
    """
    missing: tuple[str, ...] = ()
    try:
        figures = simulation_figures(experiment, prefix="simulation-")
        analysed = [analysis_figures(report, prefix=f"analysis-{k}-") for k, report in enumerate(reports, 1)]
    except MissingExtraError:
        figures, analysed, missing = (), [() for _ in reports], (_NO_FIGURES,)
    balance = ", ".join(f"{name} {value:.1e}" for name, value in experiment.balance.items())
    sections = [
        Section(
            "How it ended",
            (experiment.outcome.sentence, *((f"Change of what nothing can change: {balance}.",) if balance else ())),
        ),
        Section("What was done", tuple(line.strip() for line in str(protocol).splitlines())),
        _step_section(experiment),
        Section("Recorded", missing, figures=tuple((f.svg, f"{f.title}. {f.caption}") for f in figures)),
        *(_analysis_section(report, found) for report, found in zip(reports, analysed, strict=True)),
    ]
    if experiment.assumed:
        sections.insert(2, Section("What the cell did not say and the model took for granted", experiment.assumed))
    return result_html(title or _title(experiment), sections)


def _title(experiment: Experiment) -> str:
    named = next((m.source for m in experiment.measurements if m.source), None)
    return f"Simulated: {named}" if named else "Simulated experiment"


def _step_section(experiment: Experiment) -> Section:
    table = experiment.summary
    count = len(table["duration"])
    rows = tuple(
        (
            str(k + 1),
            words.number(float(table["duration"][k])),
            words.number(float(table["first_voltage"][k])),
            words.number(float(table["last_voltage"][k])),
            words.number(units.convert(-float(table["last_current"][k]), "mA/cm2") + 0.0),  # + 0.0: not "-0"
            words.number(units.convert(-float(table["charge"][k]), "mAh/cm2") + 0.0),
        )
        for k in range(min(count, _STEPS))
    )
    more = (f"The first {_STEPS} of {count} steps.",) if count > _STEPS else ()
    columns = ("step", "duration, s", "first, V", "last, V", "last current, mA/cm2", "charge, mAh/cm2")
    return Section("Steps, current and charge positive on charge", more, columns, rows)


def _analysis_section(report: AnalysisReport, figures: Sequence[Figure]) -> Section:
    return Section(
        f"Analysis: {words.plain(report.method)}",
        tuple(x for x in (report.verdict, *(f"Warning: {text}" for text in report.warnings)) if x),
        ("quantity", "value ± standard uncertainty", "95 % interval", "method"),
        tuple((words.plain(r.quantity), value_text(r), interval_text(r), r.method) for r in report.results),
        tuple((f.svg, f"{f.title}. {f.caption}") for f in figures),
    )


def _pictures(experiment: Experiment) -> list[Picture]:
    series = [
        m for m in experiment.measurements if m.has("Test Time / s", "Voltage / V", "Current / A", "Step Time / s")
    ]
    spectra = [m for m in experiment.measurements if m.has("Frequency / Hz")]
    found = []
    if any(len(m) > 1 for m in series):
        sweeps = [m for m in series if "voltammetry" in (m.technique or "")]
        found += [_sweep(sweeps)] if sweeps else []
        found.append(_series(series))
    if spectra:
        found += [_nyquist(spectra), _bode(spectra)]
    if experiment.profiles is not None and len(experiment.profiles.time) > 1:
        found += [_profile(experiment.profiles, name) for name in experiment.profiles.values if name in _PROFILES]
    return found


def _flow(measurements: Sequence[Measurement]) -> tuple[Array, Axis, str]:
    """Return the current as a density [A/m2] where the area is known, with its axis and name."""
    from ceramer.report._analysis_figures._tools import current_density_axis

    i = np.concatenate([m.current for m in measurements])
    area = measurements[0].area
    if area is None:
        return i, metric_axis(i, "A"), "current"
    return i / area.value, current_density_axis(i / area.value), "current density"


def _series(measurements: Sequence[Measurement]) -> Picture:
    t = np.concatenate([m.time for m in measurements])
    v = np.concatenate([m.voltage for m in measurements])
    j, unit, name = _flow(measurements)
    when, volts = time_axis(t), metric_axis(v, "V") if float(np.max(np.abs(v))) < 0.5 else Axis(1.0, "V")

    def paint(figure: Any) -> None:
        upper = figure.add_subplot(2, 1, 1)
        lower = figure.add_subplot(2, 1, 2, sharex=upper)
        for panel, values, axis, colour, label in (
            (upper, v, volts, canvas.BLUE, "voltage"), (lower, j, unit, canvas.VERMILLION, name)
        ):  # fmt: skip
            x, y = thin(t, values)
            panel.plot(when(x), axis(y), color=colour, linewidth=1.2)
            panel.ticklabel_format(useOffset=False, axis="y")
            if np.ptp(values) < 1e-3 * np.max(np.abs(values)):  # held: a tenth around it, not its rounding
                level = float(axis(values.mean()))
                panel.set_ylim(level - 0.1 * abs(level), level + 0.1 * abs(level))
            panel.set_ylabel(axis.label(label))
            panel.grid(True)
        upper.tick_params(labelbottom=False)
        lower.set_xlabel(when.label("time"))

    told = (
        f"{t.size} rows over {when(np.ptp(t)):.4g} {when.unit}; voltage {volts(v.min()):.4g} to {volts(v.max()):.4g} "
        f"{volts.unit}, {name} {unit(j.min()):.4g} to {unit(j.max()):.4g} {unit.unit}, positive on charge."
    )
    return Picture("series", "Voltage and current against time", told, told, 3.8, paint)


def _sweep(measurements: Sequence[Measurement]) -> Picture:
    v = np.concatenate([m.voltage for m in measurements])
    j, unit, name = _flow(measurements)

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        axes.plot(v, unit(j), color=canvas.BLUE, linewidth=1.2)
        axes.axhline(0.0, color=canvas.GREY, linewidth=0.8)
        axes.set_xlabel("voltage, V")
        axes.set_ylabel(unit.label(name))

    told = (
        f"Sweep between {v.min():.4g} and {v.max():.4g} V; {name} {unit(j.min()):.4g} to {unit(j.max()):.4g} "
        f"{unit.unit}."
    )
    return Picture("sweep", "Current against voltage", told, told, 3.2, paint)


def _chosen(count: int) -> list[int]:
    """Return at most six places among `count`, both ends included."""
    return sorted({round(x) for x in np.linspace(0, count - 1, min(count, len(_COLOURS)))})


def _moment(measurement: Measurement, number: int) -> str:
    if not measurement.has("Test Time / s"):
        return f"spectrum {number}"
    seconds = float(measurement.time[0])
    axis = Axis(3600.0, "h") if seconds >= 7200.0 else Axis(60.0, "min") if seconds >= 300.0 else Axis(1.0, "s")
    return f"{number}, at {axis(seconds):.4g} {axis.unit}"


def _nyquist(spectra: Sequence[Measurement]) -> Picture:
    shown = [(k, spectra[k]) for k in _chosen(len(spectra))]
    unit = metric_axis(np.concatenate([np.abs(m.impedance) for _, m in shown]), "ohm")

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        for (k, m), colour, mark in zip(shown, _COLOURS, _MARKS, strict=False):
            z = m.impedance
            axes.plot(
                unit(z.real), unit(-z.imag), mark, color=colour, markersize=3.5, linestyle="-", linewidth=0.8,
                label=_moment(m, k + 1),
            )  # fmt: skip
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xlabel(unit.label("Z'"))
        axes.set_ylabel(unit.label("-Z''"))
        if len(shown) > 1:
            legend_below(figure, axes)

    parts = []
    for k, m in shown:
        z = m.impedance
        high, low = z[int(np.argmax(m.frequency))], z[int(np.argmin(m.frequency))]
        parts.append(
            f"spectrum {k + 1} from Z' = {high.real:.4g} ohm at {m.frequency.max():.3g} Hz to {low.real:.4g} ohm at "
            f"{m.frequency.min():.3g} Hz"
        )
    told = f"{'; '.join(parts)}."
    left = f" {len(shown)} of {len(spectra)} spectra are shown." if len(shown) < len(spectra) else ""
    return Picture("nyquist", "Nyquist plot", told[0].upper() + told[1:] + left, told, 3.6, paint)


def _bode(spectra: Sequence[Measurement]) -> Picture:
    shown = [(k, spectra[k]) for k in _chosen(len(spectra))]

    def paint(figure: Any) -> None:
        modulus, phase = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2)
        for (k, m), colour, mark in zip(shown, _COLOURS, _MARKS, strict=False):
            order = np.argsort(m.frequency)
            f, z = m.frequency[order], m.impedance[order]
            options: dict[str, Any] = {"color": colour, "markersize": 3.0, "linewidth": 0.8, "label": _moment(m, k + 1)}
            modulus.plot(f, np.abs(z), mark, linestyle="-", **options)
            phase.plot(f, -np.angle(z, deg=True), mark, linestyle="-", **options)
        for panel in (modulus, phase):
            panel.set_xscale("log")
            panel.set_xlabel("frequency, Hz")
            panel.grid(True)
            log_ticks(panel.xaxis)
        modulus.set_yscale("log")
        log_ticks(modulus.yaxis)
        modulus.set_ylabel("|Z|, ohm")
        phase.set_ylabel("-phase, deg")
        if len(shown) > 1:
            legend_below(figure, modulus)

    modulus = np.concatenate([np.abs(m.impedance) for _, m in shown])
    told = f"|Z| lies between {modulus.min():.4g} and {modulus.max():.4g} ohm."
    return Picture("bode", "Bode plot", told, told, 3.0, paint)


def _profile(profiles: Profiles, name: str) -> Picture:
    title, scale, unit = _PROFILES[name]
    x, values, t = 1e6 * profiles.position[name], profiles.values[name] / scale, profiles.time
    when = time_axis(t)
    moments = np.linspace(float(t[0]), float(t[-1]), len(_COLOURS))
    rows = sorted({int(np.argmin(np.abs(t - moment))) for moment in moments})

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        for k, colour, style in zip(rows, _COLOURS, _STYLES, strict=False):
            axes.plot(
                *_broken(x, values[k]), color=colour, linestyle=style, label=f"{when(t[k] - t[0]):.3g} {when.unit}"
            )
        axes.set_xlabel("distance from the negative electrode, um")
        axes.set_ylabel(f"{title[0].lower()}{title[1:]}, {unit}")
        legend_below(figure, axes)

    low, high = values[rows].min(axis=1), values[rows].max(axis=1)
    told = "; ".join(
        f"after {when(t[k] - t[0]):.3g} {when.unit} {a:.4g} to {b:.4g} {unit}"
        for k, a, b in zip(rows, low, high, strict=True)
    )
    return Picture(
        f"profile-{name.replace('_', '-')}",
        title,
        f"{title} over the layers: {told}.",
        f"{title}, lowest and highest: {told}.",
        3.2,
        paint,
    )


def legend_below(figure: Any, axes: Any, columns: int = len(_COLOURS)) -> None:
    """Put the legend below, where it covers neither lines nor the title of a part of a figure."""
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=columns)


def _broken(x: Array, y: Array) -> tuple[Array, Array]:
    """Leave a gap where a layer without this quantity lies between two that have it."""
    step = np.diff(x)
    if step.size < 3:
        return x, y
    beside = np.maximum(np.r_[step[0], step[:-1]], np.r_[step[1:], step[-1]])
    gaps = np.flatnonzero(step > 4.0 * np.maximum(beside, 1e-6 * (x[-1] - x[0]) or math.inf)) + 1
    return np.insert(x, gaps, np.nan), np.insert(y, gaps, np.nan)
