"""Where the calculations for the published claims register: predictions, inferred numbers, simulated experiments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from ceramer.provenance import Kind, Ledger

__all__ = [
    "EXPERIMENTS",
    "FINDINGS",
    "OPEN",
    "ORDERS",
    "PREDICTIONS",
    "Calculation",
    "Finding",
    "Gap",
    "OrderPrediction",
    "Prediction",
    "experiment",
    "finding",
    "open_prediction",
    "order",
    "predict",
]

Calculation = Callable[[Ledger], float]
Gap = Literal["", "needs_curve", "not_identifiable", "no_model", "not_yet"]
"""What keeps a claim without a full answer: the data printed, or the models here. "" where nothing does."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """How one claim is answered: the calculation, the model in one line, and what is known of its misfit.

    `samples` is the size of the sample that carries the uncertainty; a simulated experiment takes fewer. `gap` is what
    the claim still lacks although something answers it ("needs_curve", "not_identifiable"); its reason says so.
    """

    claim: str
    calculate: Calculation
    method: str
    kind: Kind = Kind.PREDICTED
    calibrated_to: tuple[str, ...] = ()
    misfit: str = ""
    alternatives: tuple[tuple[str, Calculation], ...] = ()
    samples: int = 256
    gap: Gap = ""


@dataclass(frozen=True, slots=True)
class OrderPrediction:
    """How an ordinal claim is answered: a calculation for each of its members, smallest first as printed."""

    claim: str
    members: tuple[Calculation, ...]
    method: str
    kind: Kind = Kind.PREDICTED
    misfit: str = ""
    samples: int = 128


@dataclass(frozen=True, slots=True)
class Finding:
    """A number beside the claims: `inferred` (what a printed value would need), or an open prediction.

    `id` is stable; `unit` is for showing; `calculate` returns SI.
    """

    id: str
    system: str
    quantity: str
    unit: str
    calculate: Calculation
    method: str
    kind: Kind
    needs: str = ""
    samples: int = 128


PREDICTIONS: dict[str, Prediction] = {}
FINDINGS: dict[str, Finding] = {}
OPEN: dict[str, Finding] = {}
ORDERS: dict[str, OrderPrediction] = {}
EXPERIMENTS: dict[str, list[tuple[str, Calculation]]] = {}
"""Simulated experiments beside a prediction, by claim: run once, on the nominal inputs."""

_Register = Callable[[Calculation], Calculation]


def predict(claim: str, method: str, **more: object) -> _Register:
    """Register a calculation as the answer to a claim; `more` are fields of `Prediction`."""

    def register(calculate: Calculation) -> Calculation:
        PREDICTIONS[claim] = Prediction(claim, calculate, method, **more)  # type: ignore[arg-type]
        return calculate

    return register


def finding(key: str, quantity: str, unit: str, method: str, needs: str = "", samples: int = 128) -> _Register:
    """Register what the printed value `needs` would require; `key` is "system:what"."""

    def register(calculate: Calculation) -> Calculation:
        FINDINGS[key] = Finding(
            key, key.split(":", maxsplit=1)[0], quantity, unit, calculate, method, Kind.INFERRED, needs, samples
        )
        return calculate

    return register


def open_prediction(key: str, quantity: str, unit: str, method: str, samples: int = 128) -> _Register:
    """Register a number that nobody printed; `key` is "system:what"."""

    def register(calculate: Calculation) -> Calculation:
        OPEN[key] = Finding(
            key, key.split(":", maxsplit=1)[0], quantity, unit, calculate, method, Kind.PREDICTED, "", samples
        )
        return calculate

    return register


def order(claim: str, method: str, members: Iterable[Calculation], **more: object) -> None:
    """Register what orders the members of an ordinal claim; `more` are fields of `OrderPrediction`."""
    ORDERS[claim] = OrderPrediction(claim, tuple(members), method, **more)  # type: ignore[arg-type]


def experiment(claim: str, label: str) -> _Register:
    """Register a simulated experiment beside the prediction of a claim."""

    def register(calculate: Calculation) -> Calculation:
        EXPERIMENTS.setdefault(claim, []).append((label, calculate))
        return calculate

    return register
