"""The one way kernels are compiled: Numba, cached on disk, without the interpreter lock (threads share a grid)."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from itertools import pairwise
from typing import Any, cast

from ceramer.errors import MissingExtraError

__all__ = ["jit", "over_planes", "shared", "threads"]

try:
    _numba: Any = import_module("numba")
except ImportError as error:  # pragma: no cover - the extra is there wherever the tests run
    raise MissingExtraError(
        "Solving on voxels", "engine", "use the closed forms of ceramer.laws for this composite"
    ) from error


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` on its first call with each set of argument types (NaN and infinity are not kept apart)."""
    return cast(Callable[..., Any], _numba.njit(cache=True, nogil=True, fastmath=True, error_model="numpy")(function))


def threads() -> int:
    """Return how many threads share a large grid (NUMBA_NUM_THREADS, or the cores of this machine, at most 8)."""
    return max(1, min(8, int(_numba.config.NUMBA_NUM_THREADS)))


def shared(planes: int, cells: int) -> bool:
    """Whether a grid is large enough to be worth more than one thread."""
    return cells >= 200_000 and planes >= 8 * threads() and threads() > 1


@cache
def _pool(_process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads(), thread_name_prefix="ceramer-voxels")


def over_planes(kernel: Callable[..., Any], planes: int, cells: int, *arguments: Any) -> list[Any]:
    """Call ``kernel(first, end, *arguments)`` on slabs that cover planes 1 to `planes`, and return their results.

    Grids below 200,000 cells, or with fewer than 8 planes a thread, stay on the calling thread.
    """
    if not shared(planes, cells):
        return [kernel(1, planes + 1, *arguments)]
    team = threads()
    cuts = [1 + planes * t // team for t in range(team + 1)]
    jobs = [_pool(os.getpid()).submit(kernel, first, end, *arguments) for first, end in pairwise(cuts)]
    return [job.result() for job in jobs]
