"""Rate capability of full cells: simulated beside printed capacities."""

from __future__ import annotations

from typing import Any

from ceramer.library import FindingRow, Reproduction, Row
from ceramer.provenance import Kind
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, plain_log_axis

__all__ = ["rate"]

_CELLS: dict[str, tuple[tuple[str, dict[float, str], str, str], ...]] = {
    # panel: (label, row or open prediction by C-rate, colour, marker)
    "Li | CSE | NCM811, 30 degC": (
        (
            "1.5 mg/cm2",
            {
                0.1: "F001-161",
                0.2: "F001-162",
                0.5: "F001-163",
                1.0: "F001-164",
                2.0: "Li|CSE|NCM811:capacity at 2C",
                5.0: "Li|CSE|NCM811:capacity at 5C",
            },
            canvas.BLUE,
            "o",
        ),
    ),
    "LFP | PLM | Li": (
        (
            "25 degC",
            {0.1: "F003-050", 0.2: "F003-051", 0.5: "F003-052", 1.0: "LFP|PLM|Li:capacity at 1C, 25 degC"},
            canvas.BLUE,
            "o",
        ),
        (
            "60 degC",
            {0.1: "F003-041", 1.0: "LFP|PLM|Li:capacity at 1C, 60 degC", 2.0: "F003-040"},
            canvas.ORANGE,
            "s",
        ),
    ),
}


def rate(reproduction: Reproduction) -> Figure | None:
    """Capacity against C-rate: lines and 95 % bands of ours, printed numbers as points."""
    all_rows: tuple[Row | FindingRow, ...] = (*reproduction.rows, *reproduction.open_predictions)
    known = {row.id: row for row in all_rows if row.value is not None}
    wanted = [key for lines in _CELLS.values() for _, points, _, _ in lines for key in points.values()]
    if not all(key in known for key in wanted):
        return None
    said: list[str] = []

    def paint(figure: Any) -> None:
        for axes, (title, lines) in zip(figure.subplots(1, len(_CELLS)), _CELLS.items(), strict=True):
            axes.grid(True)
            axes.set_xscale("log")
            axes.set_title(title)
            for label, points, colour, mark in lines:
                _draw(axes, label, {c: known[key] for c, key in points.items()}, colour, mark)
            plain_log_axis(axes.xaxis)
            axes.set_ylim(0.0, 1.08 * max(line.get_ydata().max() for line in axes.lines))
            axes.set_xlabel("C-rate, 1/h")
            axes.set_ylabel("discharge capacity, mAh/g")
            axes.legend(loc="lower left")

    for title, lines in _CELLS.items():
        for label, points, _, _ in lines:
            shares = [
                f"{c:g}C {row.value:.0f}" + (f" (printed {row.printed_text})" if isinstance(row, Row) else "")
                for c, row in ((c, known[key]) for c, key in points.items())
            ]
            said.append(f"{title}, {label}: {', '.join(shares)} mAh/g")
    svg = canvas.draw("rate", "Rate capability", "; ".join(said) + ".", (7.6, 3.4), paint)
    caption = (
        "Printed capacities as points: filled where they were fitted to, open where they are predicted. Lines and "
        "bands: the porous-electrode model and its 95 % interval over all inputs. One cell is fitted with two numbers "
        "to low rates at its own temperature; higher rates and 60 degC are predicted."
    )
    return Figure("rate", "Rate capability: low rates fitted, the others predicted", caption, svg)


def _draw(axes: Any, label: str, points: dict[float, Row | FindingRow], colour: str, mark: str) -> None:
    rates = list(points)
    ours = [row.value for row in points.values()]
    ends = [row.interval or (row.value, row.value) for row in points.values()]
    axes.fill_between(rates, *zip(*ends, strict=True), color=colour, alpha=0.18, linewidth=0)
    axes.plot(rates, ours, color=colour, label=f"{label}, ours")
    for fitted in (True, False):
        shown = {
            c: row.printed
            for c, row in points.items()
            if isinstance(row, Row) and (row.kind is Kind.CALIBRATED) is fitted
        }
        if shown:
            axes.plot(
                list(shown), list(shown.values()), mark, color=colour, markersize=6.5,
                markerfacecolor=colour if fitted else "none", markeredgewidth=1.4,
                label=f"{label}, printed, {'fitted' if fitted else 'predicted'}",
            )  # fmt: skip
