"""`reproduce` in the terminal: the answered claims first, everything else folded into counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from textwrap import shorten
from typing import TYPE_CHECKING

from ceramer.library import FindingRow, Reproduction, Row
from ceramer.provenance import Kind
from ceramer.report import _words as words

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table
    from rich.text import Text

__all__ = ["reproduce_table", "verdict_text"]

_WIDE = 120  # columns from which the reason has a column of its own
_SHORT = 110  # characters of a reason in a narrow table


def verdict_text(verdict: str, *, signs: bool = True) -> Text:
    """Return a verdict as a word in its colour."""
    from rich.text import Text

    return Text(words.verdict_word(verdict, signs=signs), style=words.VERDICTS[verdict].style)


@dataclass(frozen=True)
class _ReproduceTable:
    """What rich asks to draw itself: the columns depend on the width of the terminal."""

    reproduction: Reproduction
    everything: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        wide, signs = options.max_width >= _WIDE, not options.ascii_only
        for system, rows in groupby(_answered(self.reproduction.rows), key=lambda row: (row.paper, row.system)):
            yield _heading(f"{system[1]}  ({system[0]})")
            if wide:
                yield _claims(rows, signs=signs)
            else:
                yield from _narrow_claims(rows, signs=signs)
        for gap, word in words.GAPS.items():
            yield from self._folded(Kind.NOT_YET, f"without a value of ours: {word.word} ({word.meaning})", gap)
        yield from self._folded(Kind.INPUT, "that are inputs")
        if self.reproduction.inferred:
            yield _heading("What printed values would need (inferred, if the models hold)")
            yield _findings(self.reproduction.inferred, signs=signs)
        if self.reproduction.open_predictions:
            yield _heading("Open predictions (nothing is printed to compare with)")
            yield _findings(self.reproduction.open_predictions, signs=signs)
        yield ""
        yield _summary(self.reproduction)

    def _folded(self, kind: Kind, what: str, gap: str | None = None) -> Iterator[RenderableType]:
        from rich.text import Text

        reasons = words.fold(self.reproduction.rows, kind, gap)
        if not reasons:
            return
        total = sum(count for _, count in reasons)
        yield _heading(f"{total} {'claim' if total == 1 else 'claims'} {what}")
        for reason, count in reasons:
            yield Text(f"{count:>5}  {reason}")
            if self.everything:
                chosen = (row for row in self.reproduction.rows if row.kind is kind and gap in (None, row.gap))
                yield _listed(row for row in chosen if row.reason == reason)


def reproduce_table(reproduction: Reproduction, *, everything: bool = False) -> RenderableType:
    """Return what ``ceramer reproduce`` prints.

    Parameters
    ----------
    reproduction : Reproduction
    everything : bool
        Also list the claims that are inputs or not answered yet, one by one.
    """
    return _ReproduceTable(reproduction, everything)


def _answered(rows: Iterable[Row]) -> list[Row]:
    return sorted((row for row in rows if row.answered), key=lambda row: (row.paper, row.system, row.id))


def _heading(text: str) -> Text:
    from rich.text import Text

    return Text(f"\n{text}", style="bold")


def _table(*, header: bool = True) -> Table:
    from rich.table import Table

    return Table(box=None, pad_edge=False, padding=(0, 1), expand=True, header_style="dim", show_header=header)


def _claims(rows: Iterable[Row], *, signs: bool) -> Table:
    """Wide: one table with the reasons in a column of their own."""
    table = _table()
    table.add_column("id", no_wrap=True, style="cyan")
    table.add_column("quantity", ratio=3)
    table.add_column("printed", ratio=1, min_width=12)
    table.add_column("ours", ratio=2, min_width=17)
    table.add_column("kind", no_wrap=True)
    table.add_column("deviation", no_wrap=True, justify="right")
    table.add_column("verdict", no_wrap=True)
    table.add_column("why", ratio=4)
    for row in rows:
        table.add_row(
            row.id,
            _name(row),
            words.printed(row),
            _ascii(words.ours(row), signs=signs),
            str(row.kind),
            words.deviation(row.deviation),
            verdict_text(row.verdict, signs=signs),
            _ascii(row.reason, signs=signs),
        )
    return table


def _narrow_claims(rows: Iterable[Row], *, signs: bool) -> Iterator[RenderableType]:
    """Narrow: a line or two per claim, its reason below it over the full width."""
    from rich.padding import Padding
    from rich.text import Text

    for position, row in enumerate(rows):
        table = _table(header=position == 0)
        table.add_column("id", no_wrap=True, style="cyan", width=8)
        table.add_column("quantity", ratio=1)
        table.add_column("printed", width=12)
        table.add_column("ours", width=18)
        table.add_column("verdict", width=15)
        verdict = verdict_text(row.verdict, signs=signs)
        verdict.append(f"\n{row.kind}", style="not bold dim")
        value = f"{_ascii(words.ours(row), signs=signs)}\n{words.deviation(row.deviation)}"
        table.add_row(row.id, _name(row), words.printed(row), value, verdict)
        yield table
        if row.reason:
            yield Padding(Text(shorten(row.reason, _SHORT, placeholder=" ..."), style="italic"), (0, 0, 0, 10))


def _name(row: Row) -> Text:
    from rich.text import Text

    name = Text(words.plain(row.quantity))
    if row.conditions:
        name.append(f"\n{row.conditions}", style="dim")
    return name


def _ascii(text: str, *, signs: bool) -> str:
    return text if signs else text.replace("±", "+/-")


def _findings(rows: Iterable[FindingRow], *, signs: bool) -> Table:
    from rich.text import Text

    table = _table()
    table.add_column("system and quantity", ratio=3)
    table.add_column("value", ratio=2, min_width=18)
    table.add_column("95 % interval", ratio=2, min_width=14)
    for row in rows:
        name = Text(row.id.replace(":", ": ", 1))
        name.append(f"\n{row.method}", style="dim")
        if row.warning:
            name.append(f"\n{row.warning}", style="yellow")
        table.add_row(name, _ascii(words.ours(row), signs=signs), words.interval(row.interval))
    return table


def _listed(rows: Iterable[Row]) -> Table:
    table = _table(header=False)
    table.add_column("id", no_wrap=True, style="cyan")
    table.add_column("system", ratio=2)
    table.add_column("quantity", ratio=4)
    table.add_column("printed", ratio=2)
    for row in rows:
        conditions = f" ({row.conditions})" if row.conditions else ""
        table.add_row(row.id, row.system, words.plain(row.quantity) + conditions, words.printed(row))
    return table


def _summary(reproduction: Reproduction) -> Text:
    from rich.text import Text

    line = Text(f"{len(reproduction.rows)} claims: ", style="bold")
    for position, kind in enumerate((Kind.PREDICTED, Kind.AUDIT, Kind.CALIBRATED, Kind.INPUT)):
        line.append(", " if position else "")
        line.append(f"{reproduction.count(kind)} {words.KINDS[str(kind)].word}")
        if kind not in (Kind.PREDICTED, Kind.AUDIT):
            continue
        tally = [(v, reproduction.count(kind, v)) for v in ("agree", "disagree", "uninformative")]
        for part, (verdict, count) in enumerate((v, n) for v, n in tally if n or kind is Kind.PREDICTED):
            line.append(", " if part else " (")
            line.append(f"{count} {words.VERDICTS[verdict].word}", style=words.VERDICTS[verdict].style)
        line.append(")" if reproduction.count(kind) or kind is Kind.PREDICTED else "")
    for gap, word in words.GAPS.items():
        if number := reproduction.count(Kind.NOT_YET, gap=gap):
            line.append(f", {number} {word.word}")
    line.append(".")
    return line
