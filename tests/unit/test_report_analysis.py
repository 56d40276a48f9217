"""Pages and figures of analyses: every method is drawn, the words carry the report's numbers, nothing is lost."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from ceramer import analysis, units
from ceramer.analysis import METHODS, AnalysisReport, analyse, synthetic
from ceramer.analysis import impedance as eis
from ceramer.measurement import Measurement
from ceramer.report import _words as words
from ceramer.report._analysis import analysis_html
from ceramer.report._analysis_figures import PAINTERS, _tools, analysis_figures
from ceramer.report._figures import Figure
from ceramer.report._figures import _canvas as canvas

pytest.importorskip("matplotlib")

VOID = {"br", "col", "hr", "img", "input", "link", "meta"}


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def spectrum(**metadata: object) -> Measurement:
    """An arc, a blocking tail, noise, and one artefact."""
    f = np.logspace(6, 0, 49)
    w = 2j * np.pi * f
    z = 30.0 + 500.0 / (1.0 + 500.0 * 1e-8 * w) + 1.0 / (1e-4 * w**0.9)
    z = z * (1.0 + 1e-3 * (rng().standard_normal(f.size) + 1j * rng().standard_normal(f.size)))
    z[20] *= 1.1
    table = {"Frequency / Hz": f, "Real Impedance / ohm": z.real, "Imaginary Impedance / ohm": z.imag}
    return Measurement(table, **metadata)  # type: ignore[arg-type]


MAKERS: dict[str, Callable[[], AnalysisReport]] = {
    "impedance": lambda: analyse(spectrum()),
    "conductivity": lambda: analyse(spectrum(area="1.13(2) cm2", thickness="350(7) um")),
    "arrhenius": lambda: analysis.arrhenius(**synthetic.arrhenius(rng(), return_sweep=True).data),
    "bruce_vincent": lambda: analysis.bruce_vincent(**synthetic.bruce_vincent(rng(), points=400).data),
    "electronic_conductivity": lambda: analysis.electronic_conductivity(
        **synthetic.electronic_conductivity(rng(), sigma=1e-12, noise=300.0, ionic=3e5).data, noise_floor=1e-9
    ),
    "window": lambda: analysis.window(**synthetic.window(rng()).data),
    "dc_resistance": lambda: analysis.dc_resistance(**synthetic.dc_resistance(rng()).data),
    "plating_stripping": lambda: analysis.plating_stripping(
        **synthetic.plating_stripping(rng(), failure="soft", drift=0.3).data
    ),
    "shorts": lambda: analysis.shorts(**synthetic.plating_stripping(rng(), failure="hard").data),
    "critical_current_density": lambda: analysis.critical_current_density(
        **synthetic.critical_current_density(rng(), interval=60.0).data
    ),
    "rate_test": lambda: analysis.rate_test(**synthetic.rate_test(rng()).data),
    "cycling": lambda: analysis.cycling(**synthetic.cycling(rng(), cycles=30, rows_per_cycle=60).data),
    "void_healing": lambda: analysis.fit_healing(**synthetic.healing(rng(), last=1.2).data),
}


@pytest.fixture(scope="module")
def reports() -> dict[str, AnalysisReport]:
    return {name: make() for name, make in MAKERS.items()}


@pytest.fixture(scope="module")
def figures(reports: dict[str, AnalysisReport]) -> dict[str, tuple[Figure, ...]]:
    return {name: analysis_figures(report) for name, report in reports.items()}


@pytest.fixture(scope="module")
def page(reports: dict[str, AnalysisReport]) -> str:
    return analysis_html(list(reports.values()))


def described(figure: Figure) -> str:
    return unescape(re.search(r"<desc[^>]*>([^<]*)", figure.svg)[1])  # type: ignore[index]


def painted(report: AnalysisReport, name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The matplotlib figure behind one figure of a report, laid out."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Plot

    caught: dict[str, Any] = {}
    monkeypatch.setattr(canvas, "draw", lambda key, _t, _d, size, paint: caught.setdefault(key, (size, paint)) and "")
    analysis_figures(report)
    size, paint = caught[name]
    plot = Plot(figsize=size, layout="constrained")
    FigureCanvasAgg(plot)
    paint(plot)
    plot.canvas.draw()
    return plot


def line(axes: Any, label: str) -> tuple[np.ndarray, np.ndarray]:
    found = next(item for item in axes.get_lines() if item.get_label() == label)
    return np.asarray(found.get_xdata()), np.asarray(found.get_ydata())


class Checked(HTMLParser):
    """Every tag closed in order; what is loaded, linked and named."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.loads: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.ids += [named["id"] or ""] if "id" in named else []
        if tag in ("a", "use"):
            self.links.append(named.get("href") or "")
        elif "href" in named or "src" in named:
            self.loads.append(tag)
        assert tag not in ("script", "iframe", "object")
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_method_is_drawn(figures: dict[str, tuple[Figure, ...]]) -> None:
    assert set(METHODS) <= set(PAINTERS) and set(MAKERS) == set(METHODS)
    for name, made in figures.items():
        assert made, name
        assert all("<svg" in figure.svg and figure.caption and len(described(figure)) > 40 for figure in made), name


def test_page_is_balanced_and_offline(page: str, reports: dict[str, AnalysisReport]) -> None:
    checked = Checked(page)
    assert checked.loads == [] and "@import" not in page and not re.search(r"url\((?!#)", page)
    assert len(checked.ids) == len(set(checked.ids))
    assert all(link[0] == "#" and link[1:] in checked.ids for link in checked.links)
    assert checked.headings[0] == 1 and checked.headings.count(2) == len(reports)
    assert all(b - a <= 1 for a, b in zip(checked.headings, checked.headings[1:], strict=False))
    text = unescape(page)
    for report in reports.values():
        for sentence in (report.verdict, *report.warnings, *report.notes):
            assert sentence in text
        for item in report.inputs:
            assert words.plain(item.name) in text and item.source in text


def test_words_carry_the_numbers_of_the_report(
    figures: dict[str, tuple[Figure, ...]], reports: dict[str, AnalysisReport], page: str
) -> None:
    """The value in the text, read back, is the report's to within the digits shown."""
    for name, report in reports.items():
        said = " ".join(described(figure) for figure in figures[name])
        if not report.results:
            continue
        checked = 0
        for result in report.results:
            found = re.search(rf"{words.plain(result.quantity)} \(?(-?[\d.]+)(?: ± [\d.]+)?\)?(?:e(-?\d+))?", said)
            if found is None:
                continue
            exponent = int(found[2] or 0)
            digits = len(found[1].partition(".")[2])
            shown = result.to_dict()["value"]
            assert isinstance(shown, float)
            most = max(0.6 * 10.0 ** (exponent - digits), 6e-4 * abs(shown))
            if result.standard_uncertainty:
                most = max(most, 0.06 * result.standard_uncertainty / units.si_scale(result.unit))
            assert float(found[1]) * 10.0**exponent == pytest.approx(shown, abs=most), (name, result.quantity)
            checked += 1
        assert checked, name
        assert all(_tools.value_text(result) in unescape(page) for result in report.results), name


def test_nyquist_has_equal_axes_and_the_right_way_up(
    reports: dict[str, AnalysisReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = reports["impedance"]
    plot = painted(report, "nyquist", monkeypatch)
    spectra = [axes for axes in plot.axes if axes.get_ylabel().startswith("-Z''")]
    assert len(spectra) == 2  # the tail is far larger than the arc
    for axes in spectra:
        assert axes.get_aspect() == 1.0
        corners = axes.transData.transform([(0.0, 0.0), (1.0, 1.0)])
        across, up = corners[1] - corners[0]
        assert across == pytest.approx(up, rel=1e-6)
        scale = {"ohm": 1.0, "kohm": 1e3}[axes.get_xlabel().split(", ")[1]]
        x, y = line(axes, "measured")
        order = np.argsort(report.series["frequency"])
        assert x * scale == pytest.approx(report.series["impedance_real"][order])
        assert y * scale == pytest.approx(-report.series["impedance_imaginary"][order])
        labels = {text.get_text(): text.xy for text in axes.texts}
        f = {"1 MHz": 1e6, "100 kHz": 1e5, "10 kHz": 1e4, "1 kHz": 1e3, "100 Hz": 100.0, "10 Hz": 10.0, "1 Hz": 1.0}
        assert labels
        for text, at in labels.items():
            k = int(np.argmin(np.abs(np.log(report.series["frequency"] / f[text]))))
            assert np.asarray(at) * scale == pytest.approx(
                [report.series["impedance_real"][k], -report.series["impedance_imaginary"][k]]
            )


def test_points_that_fail_kramers_kronig_are_marked(
    reports: dict[str, AnalysisReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    series = reports["impedance"].series
    z = series["impedance_real"] + 1j * series["impedance_imaginary"]
    test = eis.kramers_kronig(series["frequency"], z)
    failing = ~test.valid | test.inductive
    assert failing[20]
    plot = painted(reports["impedance"], "nyquist", monkeypatch)
    x, _ = line(plot.axes[0], "fails Kramers-Kronig, or inductive")
    assert x.size == failing.sum()
    assert np.min(np.abs(x * 1e3 - z[20].real)) < 1e-6


def test_arrhenius_axes_agree(reports: dict[str, AnalysisReport], monkeypatch: pytest.MonkeyPatch) -> None:
    report = reports["arrhenius"]
    plot = painted(report, "arrhenius", monkeypatch)
    upper, top = plot.axes[0], next(axes for axes in plot.axes if axes.get_xlabel() == "degC")
    assert top.get_xlim() == upper.get_xlim()
    for place, text in zip(top.get_xticks(), top.get_xticklabels(), strict=True):
        assert 1000.0 / place - 273.15 == pytest.approx(float(text.get_text()))
    x, y = line(upper, "fitted form")
    slope = np.polyfit(x, np.log(y), 1)[0]  # ln sigma against 1000/T falls by Ea/k/1000
    energy = report.result("activation_energy").value
    assert slope == pytest.approx(-energy / units.BOLTZMANN / 1000.0, rel=0.1)
    warm, cold = line(upper, "measured"), line(upper, "measured on cooling")
    assert warm[0].size + cold[0].size == report.series["temperature"].size


def test_other_forms_are_drawn_where_they_are_given(
    reports: dict[str, AnalysisReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = reports["arrhenius"]
    more = {f"fit_conductivity_{form}": 2.0 * report.series["fit_conductivity"] for form in ("sigma", "vtf")}
    plot = painted(dataclasses.replace(report, series={**report.series, **more}), "arrhenius", monkeypatch)
    assert line(plot.axes[0], "form vtf")[1] == pytest.approx(2.0 * line(plot.axes[0], "fitted form")[1])


def test_the_drift_runs_through_the_half_cycles_before_the_short(
    reports: dict[str, AnalysisReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = reports["plating_stripping"]
    plot = painted(report, "half-cycles", monkeypatch)
    x, y = line(plot.axes[1], "fitted drift")
    table = report.tables["half-cycles"]
    middle = np.array(table["start / h"] + 0.5 * table["duration / h"])
    asr = np.array(table["area specific resistance / ohm cm2"])
    before = np.array(table["start / h"] + table["duration / h"]) < report.result("lifetime").value / 3600.0
    assert np.interp(middle[before], x, y) == pytest.approx(asr[before], rel=0.02)


def test_the_short_is_marked_with_its_kind(reports: dict[str, AnalysisReport], monkeypatch: pytest.MonkeyPatch) -> None:
    report = reports["shorts"]
    plot = painted(report, "voltage", monkeypatch)
    x, _ = line(plot.axes[0], report.verdict.removesuffix("."))
    assert "hard short" in report.verdict
    assert x == pytest.approx(report.result("short_time").value / 3600.0)


def test_onsets_stand_at_their_potentials(reports: dict[str, AnalysisReport], monkeypatch: pytest.MonkeyPatch) -> None:
    table = reports["window"].tables["onsets"]
    plot = painted(reports["window"], "sweep", monkeypatch)
    drawn = sorted(
        float(np.asarray(item.get_xdata())[0]) for item in plot.axes[0].get_lines() if len(item.get_xdata()) == 2
    )
    assert drawn == pytest.approx(sorted(table["potential / V"].dropna()))


def test_floor_limit_and_plateau(reports: dict[str, AnalysisReport], monkeypatch: pytest.MonkeyPatch) -> None:
    report = reports["electronic_conductivity"]
    plot = painted(report, "transient", monkeypatch)
    scale = {"nA": 1e-9, "uA": 1e-6}[plot.axes[0].get_ylabel().split(", ")[1]]
    # The limit was made from the floor of 1 nA that the instrument was said to have.
    assert line(plot.axes[0], "upper limit, 95 %")[1][0] * scale == pytest.approx(1e-9, rel=0.05)
    assert line(plot.axes[0], "noise floor of the instrument")[1][0] * scale == pytest.approx(1e-9, abs=0.0)


def test_spectra_around_a_hold_and_incremental_capacity_where_given(reports: dict[str, AnalysisReport]) -> None:
    arc = {
        f"{when}_impedance_{part}": np.linspace(1.0, 9.0, 9)
        for when in ("before", "after")
        for part in ("real", "imaginary")
    }
    held = reports["bruce_vincent"]
    names = [f.name for f in analysis_figures(dataclasses.replace(held, series={**held.series, **arc}))]
    assert names == ["polarisation", "before-after"]
    cell = reports["cycling"]
    v = np.linspace(3.0, 4.0, 101)
    more = {"incremental_voltage": v, "incremental_capacity": 36.0 * np.exp(-(((v - 3.4) / 0.05) ** 2))}
    drawn = analysis_figures(dataclasses.replace(cell, series={**cell.series, **more}))
    assert "10 mAh/V at 3.400 V" in described(drawn[-1])


def test_a_missing_series_or_table_gives_no_figure(
    reports: dict[str, AnalysisReport], figures: dict[str, tuple[Figure, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.figure import Figure as Plot

    monkeypatch.setattr(canvas, "draw", lambda _n, _t, _d, size, paint: paint(Plot(figsize=size)) or "")
    for method, report in reports.items():
        bare = dataclasses.replace(report, series={}, tables={})
        assert analysis_figures(bare) == ()
        for key in report.series:
            rest = {name: array for name, array in report.series.items() if name != key}
            assert len(analysis_figures(dataclasses.replace(report, series=rest))) <= len(figures[method])
        analysis_figures(dataclasses.replace(report, tables={}))
        empty = {name: np.empty(0) for name in report.series}
        analysis_figures(dataclasses.replace(report, series=empty, tables={}))
    assert "<svg" not in analysis_html([dataclasses.replace(r, series={}, tables={}) for r in reports.values()])


def test_thinning_keeps_the_extremes_and_the_ends() -> None:
    x = np.linspace(0.0, 1.0, 100_000)
    y = rng().standard_normal(x.size)
    y[[12_345, 67_890]] = 50.0, -60.0
    for log, start in ((False, 0.0), (True, 1e-4)):
        u, v = _tools.thin(x + start, y, log=log)
        assert u.size <= 3200 and (np.diff(u) > 0.0).all()
        assert (v.max(), v.min(), v[0], v[-1]) == (50.0, -60.0, y[0], y[-1])
        assert np.isin(u, x + start).all()
    # Every column keeps its own extremes, so the drawn envelope is the true one.
    u, v = _tools.thin(x, y)
    for low in (0.1, 0.5, 0.73):
        inside, kept = (x >= low) & (x < low + 1 / 80), (u >= low) & (u < low + 1 / 80)
        assert v[kept].max() == pytest.approx(y[inside].max(), abs=0.3)
    there_and_back = np.r_[x, x[::-1]]
    u, v = _tools.thin(there_and_back, np.r_[y, y])
    assert v.max() == 50.0 and u.size <= 3200
    few = np.arange(3200.0)
    assert _tools.thin(few, few)[0] is few


def test_long_records_make_small_pages() -> None:
    cell = synthetic.plating_stripping(rng(), cycles=400, interval=24.0).data
    assert len(cell["time"]) > 100_000
    html = analysis_html([analysis.plating_stripping(**cell), analysis.shorts(**cell)])
    assert len(html) < 2_000_000
    few = analysis.plating_stripping(**synthetic.plating_stripping(rng()).data)
    table = few.tables["half-cycles"]
    long = table.loc[table.index.repeat(100)]
    html = analysis_html([dataclasses.replace(few, tables={"half-cycles": long})])
    assert len(html) < 2_000_000 and "further rows are left out of this page" in html


def test_tables_show_first_rows_and_fold_the_rest(reports: dict[str, AnalysisReport]) -> None:
    report = reports["cycling"]
    html = analysis_html([report])
    shown, _, folded = html.partition("<details>")
    assert f"{len(report.tables['cycles']) - 8} more rows" in folded
    value = words.number(float(report.tables["cycles"]["charge / mAh"].iloc[-1]))
    assert value in folded and shown.count("<tr>") < 40


def test_two_reports_of_one_method_are_told_apart(reports: dict[str, AnalysisReport]) -> None:
    named = dataclasses.replace(reports["dc_resistance"], notes=("Data: pellet-7.mpr (sha256 0123456789ab).",))
    html = analysis_html([named, reports["dc_resistance"]], title="Two <pellets>")
    checked = Checked(html)
    assert len(checked.ids) == len(set(checked.ids))
    assert ">1. Direct-current resistance, pellet-7.mpr</h2>" in html and "Two &lt;pellets&gt;" in html


def test_figures_are_deterministic(reports: dict[str, AnalysisReport], figures: dict[str, tuple[Figure, ...]]) -> None:
    for name in ("impedance", "arrhenius", "void_healing"):
        assert analysis_figures(reports[name]) == figures[name]


def test_page_without_matplotlib(reports: dict[str, AnalysisReport], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [key for key in sys.modules if key.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    html = analysis_html([reports["window"]])
    assert "<svg" not in html and "ceramer[figures]" in html and reports["window"].verdict in unescape(html)
