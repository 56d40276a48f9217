"""Evaluate a calculation on a book: its value, its uncertainty, and the inputs that really move it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ceramer.errors import InputError
from ceramer.provenance._book import Book, Datum, Ledger

__all__ = ["Estimate", "Order", "draws", "estimate", "estimate_order"]

Calculation = Callable[[Ledger], float]
_STEP = 0.01
_ROUND_OFF = 1e-12
"""Relative change of a result that says nothing."""
_LOG_RANGE = 3.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A computed number: SI value, standard uncertainty, 95 % interval, and the ids of its inputs.

    `inputs` are the data that move the value when changed by 1 %; `assumed` those among them that are assumed;
    `failed` is the share of the inputs' range for which the calculation has no answer.
    """

    value: float
    standard_uncertainty: float | None
    low: float | None
    high: float | None
    inputs: tuple[str, ...]
    assumed: tuple[str, ...]
    failed: float = 0.0

    @property
    def spread(self) -> float:
        """Ratio of the ends of the 95 % interval (1 without one, infinite when it spans zero)."""
        if self.low is None or self.high is None:
            return 1.0
        if self.low * self.high <= 0.0:
            return math.inf if self.low != self.high else 1.0
        ratio = self.high / self.low
        return max(ratio, 1.0 / ratio)


def estimate(
    calculation: Calculation, book: Book, *, samples: int = 256, may_fail: float = 0.05, find_inputs: bool = True
) -> Estimate:
    r"""Evaluate `calculation` on `book`.

    The inputs are those ids read whose change by 1 % changes the result, so a list of inputs cannot claim more
    or less than the arithmetic uses. Uncertainty is propagated by a scrambled Sobol sample (fixed seed) of all
    uncertain inputs at once: normal for a standard uncertainty, uniform over a range (log-uniform where its
    ends differ by more than a factor 3). `low` and `high` are the 2.5 and 97.5 % quantiles; the standard uncertainty is
    half the central 68.27 % interval.

    Parameters
    ----------
    calculation : callable
        ``calculation(ledger) -> float`` in SI units; reads every number it needs through the ledger.
    book : Book
        The data.
    samples : int
        Number of samples (a power of two).
    may_fail : float
        Largest share of samples without an answer that is let pass (and reported as `failed`).
    find_inputs : bool
        False: every uncertain datum that was read is drawn, and no input is named, which costs the sample only.

    Raises
    ------
    InputError
        If the nominal inputs, or more than `may_fail` of the samples, give no finite number.
    """
    ledger = book.ledger()
    value = float(calculation(ledger))
    if not math.isfinite(value):
        raise InputError("The calculation gives no finite number from its nominal inputs.")
    moving = [d for d in ledger.read.values() if not find_inputs or _moves(calculation, book, d, value)]
    inputs = tuple(datum.id for datum in moving) if find_inputs else ()
    assumed = tuple(datum.id for datum in moving if datum.assumed and find_inputs)
    drawn = draws(moving, samples)
    if not drawn:
        return Estimate(value, None, None, None, inputs, assumed)
    outcomes = np.array([_attempt(calculation, book, draw) for draw in drawn])
    outcomes = outcomes[np.isfinite(outcomes)]
    failed = 1.0 - outcomes.size / samples
    if failed > may_fail:
        raise InputError(f"The calculation has no answer on {100 * failed:.0f} % of the range of its inputs.")
    low, lower, upper, high = (float(q) for q in np.quantile(outcomes, [0.025, 0.15865, 0.84135, 0.975]))
    return Estimate(value, 0.5 * (upper - lower), low, high, inputs, assumed, failed)


@dataclass(frozen=True, slots=True)
class Order:
    """How surely numbers stand in an order.

    `probability` is the share of the sample in which every one is larger than the one before it, `steps` the same for
    each pair of neighbours; `values` are the nominal ones (SI). A pair that ties counts half.
    """

    probability: float
    steps: tuple[float, ...]
    values: tuple[float, ...]
    inputs: tuple[str, ...]
    assumed: tuple[str, ...]


def estimate_order(calculations: Sequence[Calculation], book: Book, *, samples: int = 256) -> Order:
    """Return the probability that calculations give rising numbers, over the uncertainty of their inputs.

    All of them see the same draw of every input, so that what they share does not blur their order.

    Parameters
    ----------
    calculations : sequence of callable
        ``calculation(ledger) -> float``, two or more, smallest first.
    book : Book
    samples : int
        A power of two.

    Raises
    ------
    InputError
        If fewer than two calculations are given, or the nominal inputs or more than 5 % of the samples give no finite
        numbers.
    """
    if len(calculations) < 2:
        raise InputError(f"An order needs two calculations at least; {len(calculations)} given.")
    moving: dict[str, Datum] = {}
    values = []
    for calculation in calculations:
        ledger = book.ledger()
        value = float(calculation(ledger))
        if not math.isfinite(value):
            raise InputError("One of the numbers to be ordered is not finite from its nominal inputs.")
        values.append(value)
        moving |= {datum.id: datum for datum in ledger.read.values() if _moves(calculation, book, datum, value)}
    drawn = draws(moving.values(), samples) or [{}]
    table = np.array([[_attempt(calculation, book, draw) for calculation in calculations] for draw in drawn])
    table = table[np.isfinite(table).all(axis=1)]
    if len(table) < 0.95 * len(drawn):
        raise InputError(f"The order has no answer on {100 * (1 - len(table) / len(drawn)):.0f} % of its inputs.")
    rises = 0.5 * (1.0 + np.sign(np.diff(table, axis=1)))
    return Order(
        float(rises.prod(axis=1).mean()),
        tuple(float(share) for share in rises.mean(axis=0)),
        tuple(values),
        tuple(moving),
        tuple(datum.id for datum in moving.values() if datum.assumed),
    )


def _moves(calculation: Calculation, book: Book, datum: Datum, value: float) -> bool:
    for factor in (1.0 + _STEP, 1.0 - _STEP):
        changed = datum.value * factor if datum.value else _STEP
        outcome = _attempt(calculation, book, {datum.id: changed})
        if math.isfinite(outcome) and not math.isclose(outcome, value, rel_tol=_ROUND_OFF):
            return True
    return False


def _attempt(calculation: Calculation, book: Book, override: dict[str, float]) -> float:
    try:
        return float(calculation(book.ledger(override)))
    except (ArithmeticError, ValueError):
        return math.nan


def _is_uncertain(datum: Datum) -> bool:
    return bool(datum.standard_uncertainty) or (datum.low is not None and datum.low != datum.high)


def draws(data: Iterable[Datum], samples: int) -> list[dict[str, float]]:
    """Draw all uncertain data at once from a scrambled Sobol sequence with a fixed seed.

    Normal for a standard uncertainty, uniform over a range (log-uniform where its ends differ by more than a factor 3).

    Parameters
    ----------
    data : iterable of Datum
        Those without uncertainty are left out.
    samples : int
        A power of two.

    Returns
    -------
    list of dict
        SI values by id, one dict per sample, for `Book.ledger`; empty where nothing is uncertain.
    """
    uncertain = [datum for datum in data if _is_uncertain(datum)]
    if not uncertain:
        return []
    from scipy.special import ndtri
    from scipy.stats import qmc

    unit_cube = qmc.Sobol(len(uncertain), scramble=True, seed=20240131).random(samples)
    columns = []
    for datum, u in zip(uncertain, unit_cube.T, strict=True):
        if datum.low is not None and datum.high is not None:
            if datum.low > 0.0 and datum.high / datum.low > _LOG_RANGE:
                column = datum.low * (datum.high / datum.low) ** u
            else:
                column = datum.low + (datum.high - datum.low) * u
        else:
            column = datum.value + (datum.standard_uncertainty or 0.0) * ndtri(np.clip(u, 1e-12, 1 - 1e-12))
        columns.append([(datum.id, float(x)) for x in column])
    return [dict(row) for row in zip(*columns, strict=True)]
