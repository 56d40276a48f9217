"""Clock readings and dates as seconds, by the formats that instruments print and never by guessing."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["clock_seconds", "date_seconds"]

_CLOCK: Final = re.compile(r"(?:(\d+)(?:d\s*|[-.\s]))?(\d+):([0-5]?\d):([0-5]?\d(?:[.,]\d+)?)")
_EPOCH: Final = datetime(1970, 1, 1)


def clock_seconds(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return "144:02:18", "00:00:01.5" or "2d 03:00:00" in seconds; NaN where a text is none of these."""
    return np.array([_clock(text) for text in texts], dtype=np.float64)


def _clock(text: str) -> float:
    match = _CLOCK.fullmatch(text.strip().strip('"'))
    if match is None:
        return math.nan
    days, hours, minutes, seconds = match.groups()
    return int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))


def date_seconds(texts: Sequence[str], formats: Sequence[str]) -> NDArray[np.float64]:
    """Return dates as seconds since 1970 on the file's own clock (no time zone); NaN where no format fits."""
    order = list(formats)
    out = np.full(len(texts), np.nan)
    for i, text in enumerate(texts):
        for position, pattern in enumerate(order):
            try:
                out[i] = (datetime.strptime(text.strip().strip('"'), pattern) - _EPOCH).total_seconds()
            except ValueError:
                continue
            order.insert(0, order.pop(position))  # the format that fitted is tried first next time
            break
    return out
