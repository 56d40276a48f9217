"""An audit in the terminal: contradictions first, what could not be checked folded into counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ceramer.library.audit import AuditReport
from ceramer.report import _words as words
from ceramer.report._terminal import verdict_text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

__all__ = ["audit_table"]


@dataclass(frozen=True)
class _AuditTable:
    report: AuditReport
    everything: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.padding import Padding
        from rich.text import Text

        signs = not options.ascii_only
        yield Text(self.report.title, style="bold")
        for verdict, context, relation, sentence, ids in self.report.rows():
            if verdict == "unchecked" and not self.everything:
                continue
            line = Text("\n")
            line.append_text(verdict_text(verdict, signs=signs))
            line.append(f"  {context}, {relation}", style="dim")
            yield line
            yield Padding(Text(sentence), (0, 0, 0, 2))
            if ids:
                yield Padding(Text(ids, style="cyan"), (0, 0, 0, 2))
        if self.report.unchecked and not self.everything:
            count = len(self.report.unchecked)
            yield Text(f"\n{count} {'relation' if count == 1 else 'relations'} could not be checked", style="bold")
            for relation, count in sorted(Counter(f.relation for f in self.report.unchecked).items()):
                yield Text(f"{count:>5}  {relation}")
        if self.report.unlinked:
            yield Text("\nNumbers that nothing links to another: nobody can check those", style="bold")
            yield Padding(Text(", ".join(self.report.unlinked), style="cyan"), (0, 0, 0, 2))
        summary = Text("\n")
        for position, (verdict, count) in enumerate(self.report.counts.items()):
            summary.append(", " if position else "")
            summary.append(f"{count} {words.VERDICTS[verdict].word}", style=words.VERDICTS[verdict].style)
        yield summary


def audit_table(report: AuditReport, *, everything: bool = False) -> RenderableType:
    """Return what ``ceramer audit`` prints; `everything` also lists what could not be checked, one by one."""
    return _AuditTable(report, everything)
