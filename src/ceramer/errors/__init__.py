"""The few ways a run can go wrong, each said in one sentence: what, where, why, how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "CeramerError",
    "InputError",
    "MissingExtraError",
    "NotConvergedError",
    "UnknownNameError",
    "nearest",
]


class CeramerError(Exception):
    """Root of every error that ceramer raises on purpose; the command line prints it as one sentence."""

    exit_code = 2

    def __init__(self, message: object = "") -> None:
        # names and values of users' files are quoted in the sentence; a line break in one must not break the sentence
        super().__init__(" ".join(str(message).splitlines()))


class InputError(CeramerError, ValueError):
    """Bad input: the sentence says what, where, why, and how to mend it (exit code 2)."""


class UnknownNameError(InputError, LookupError):
    """A name that is not known; the sentence offers the nearest valid one."""

    def __init__(self, kind: str, name: str, choices: Iterable[str], hint: str = "") -> None:
        known = sorted(set(choices))
        close = nearest(name, known)
        if close:
            mend = f"did you mean {' or '.join(repr(c) for c in close)}?"
        elif len(known) <= 12:
            mend = f"known: {', '.join(known)}."
        else:
            mend = f"{len(known)} names are known, such as {', '.join(known[:6])}."
        super().__init__(f"Unknown {kind} {name!r}: {mend}{' ' + hint if hint else ''}")
        self.name = name
        self.nearest = close


class MissingExtraError(CeramerError, ImportError):
    """An optional dependency is needed; the sentence gives the pip command and the way round it."""

    def __init__(self, what: str, extra: str, otherwise: str) -> None:
        super().__init__(f"{what} needs an optional package: pip install 'ceramer[{extra}]'; without it, {otherwise}.")


class NotConvergedError(CeramerError, ArithmeticError):
    """A solver stopped before its tolerance was met (exit code 3)."""

    exit_code = 3


def nearest(name: str, choices: Iterable[str], count: int = 2, cutoff: float = 0.6) -> list[str]:
    """Return up to `count` of `choices` that look most like `name`, ignoring case (empty if none is close)."""
    by_fold: dict[str, str] = {}
    for choice in choices:
        by_fold.setdefault(choice.casefold(), choice)
    return [by_fold[c] for c in difflib.get_close_matches(name.casefold(), list(by_fold), count, cutoff)]
