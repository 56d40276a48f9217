"""How far the lives of cells differ whose numbers are uncertain: a sample of cells, each lived once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import CeramerError, InputError
from ceramer.experiments._life import Life, cycle
from ceramer.provenance import Book, Ledger, draws

if TYPE_CHECKING:
    from ceramer.cell import Cell
    from ceramer.experiments._protocol import Protocol

__all__ = ["ALIKE", "Spread", "spread"]

Array = NDArray[np.float64]

_SURE: Final = 2.0
"""A correlation counts that is this many times its own scatter, 1/sqrt(degrees of freedom)."""
_RIDGE: Final = 1e-9
"""So that a number that decides alone has an inverse."""
_FEWEST: Final = 6
"""Degrees of freedom from which correlations are told."""

ALIKE: Final = 1e-3
"""Retentions that differ by less are alike: nothing decides which cell is better."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Lives of a sample of cells.

    Attributes
    ----------
    nominal : Life
        With every number as it is given.
    drawn : tuple of str
        Ids of the uncertain numbers that were drawn.
    samples : int
    retention : array, shape (lives,)
        Share of the first capacity at the last cycle asked for; 0 for a cell whose life stopped before.
    capacity : array, shape (lives,)
        The same in C/m2.
    end_of_life : array, shape (lives,)
        Cycle at which the capacity falls to the share that ends a life, or the last one where the life stopped before;
        infinite where neither happened. Empty where no share was given.
    outcomes : tuple of str
    failed : tuple of str
        What was said of the cells that could not be made or formed.
    correlation : dict of str to float
        Partial rank correlation of each drawn number with the retention, the strongest first, where it is surely not 0;
        empty where there are too few lives to tell.
    """

    nominal: Life
    drawn: tuple[str, ...]
    samples: int
    retention: Array
    capacity: Array
    end_of_life: Array
    outcomes: tuple[str, ...]
    failed: tuple[str, ...]
    correlation: dict[str, float]

    def interval(self, name: str = "retention", share: float = 0.95) -> tuple[float, float, float]:
        """Return the lower end, the median and the upper end of the middle `share` of the lives.

        Parameters
        ----------
        name : str
            "retention", "capacity" or "end_of_life" (infinite: beyond the last cycle).
        share : float
        """
        values = getattr(self, name)
        if not len(values):
            raise InputError(f"No life of the sample has {name.replace('_', ' ')}.")
        tail = 0.5 * (1.0 - share)
        low, middle, high = np.quantile(values, [tail, 0.5, 1.0 - tail], method="inverted_cdf")
        return float(low), float(middle), float(high)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary; what is not finite is None."""

        def plain(values: Any) -> list[float | None]:
            return [float(x) if math.isfinite(x) else None for x in values]

        return {
            "samples": self.samples,
            "drawn": list(self.drawn),
            "retention": plain(self.retention),
            "capacity_C_per_m2": plain(self.capacity),
            "end_of_life_cycle": plain(self.end_of_life),
            "outcomes": list(self.outcomes),
            "failed": list(self.failed),
            "partial_rank_correlation_with_retention": dict(self.correlation),
            "intervals": {
                name: plain(self.interval(name))
                for name in ("retention", "capacity", "end_of_life")
                if len(getattr(self, name))
            },
        }


def spread(
    build: Callable[[Ledger], Cell],
    book: Book,
    protocol: Protocol,
    cycles: int,
    *,
    samples: int = 64,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Spread:
    """Live the lives of a sample of cells whose uncertain numbers are drawn together.

    Every number that the cell, or the model for what the cell leaves blank, reads through its ledger and that has a
    standard uncertainty or a range is drawn (`ceramer.provenance.draws`).

    Parameters
    ----------
    build : callable
        ``build(ledger) -> Cell``, such as ``lambda ledger: load_cell("my_cell.toml", ledger)``.
    book : Book
        What the ledgers read, such as ``ceramer.library.book()``.
    protocol, cycles
        As in `cycle`.
    samples : int
        A power of two.
    progress : callable
        ``progress(life, lives)``.
    **options
        Of `cycle`.

    Raises
    ------
    InputError
        If nothing that is read is uncertain, the number of samples is not a power of two, or the nominal cell cannot be
        cycled.
    """
    if isinstance(samples, bool) or samples < 2 or samples & (samples - 1):
        raise InputError(f"A sample has a power of two of lives, such as 32, 64 or 128, not {samples!r}.")
    ledger = book.ledger()
    nominal = cycle(build(ledger), protocol, cycles, ledger=ledger, **options)
    sampled = draws(ledger.read.values(), samples)
    if not sampled:
        raise InputError(
            "No number of this cell is uncertain; write one with its uncertainty, as in '5.0(2) mg/cm2', or as a table "
            "with low and high."
        )
    lives: list[Life] = []
    used: list[dict[str, float]] = []
    failed: list[str] = []
    for k, draw in enumerate(sampled, 1):
        drawn_from = book.ledger(draw)
        try:
            lives.append(cycle(build(drawn_from), protocol, cycles, ledger=drawn_from, **options))
            used.append(draw)
        except (CeramerError, ArithmeticError) as error:
            failed.append(str(error))
        if progress:
            progress(k, samples)
    retention = np.array([_at_end(life, life.retention) for life in lives])
    return Spread(
        nominal,
        tuple(sampled[0]),
        samples,
        retention,
        np.array([_at_end(life, life.capacity) for life in lives]),
        np.array([_end(life) for life in lives if life.end_share is not None]),
        tuple(life.outcome.name for life in lives),
        tuple(failed),
        _correlations(used, retention),
    )


def _at_end(life: Life, values: Array) -> float:
    return float(values[-1]) if life.outcome.completed else 0.0


def _end(life: Life) -> float:
    found = life.end_of_life
    if found is not None:
        return found
    return math.inf if life.outcome.completed else float(life.last)


def _correlations(used: list[dict[str, float]], outcome: Array) -> dict[str, float]:
    """Return the partial rank correlations with the outcome that are surely not 0, the strongest first.

    Partial, because numbers that are drawn together a few times only go together by chance.
    """
    count = len(used)
    keys = tuple(used[0]) if used else ()
    free = count - 2 - (len(keys) - 1)
    if free < _FEWEST or np.ptp(outcome) < ALIKE:
        return {}
    from scipy.stats import rankdata

    columns = [rankdata([draw[key] for draw in used]) for key in keys]
    together = np.corrcoef([*columns, rankdata(outcome)])
    inverse = np.linalg.inv(together + _RIDGE * np.eye(len(together)))
    size = np.sqrt(np.diag(inverse))
    found = {key: float(-inverse[k, -1] / (size[k] * size[-1])) for k, key in enumerate(keys)}
    sure = {key: r for key, r in found.items() if abs(r) > _SURE / np.sqrt(free)}
    return dict(sorted(sure.items(), key=lambda item: -abs(item[1])))
