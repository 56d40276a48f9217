"""Many spectra: a series over temperature or time, in parallel, with progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, overload

from numpy.typing import ArrayLike

from ceramer.analysis.impedance._arcs import ArcFit, fit_arcs
from ceramer.analysis.impedance._checks import check_spectrum
from ceramer.analysis.impedance._circuit import Circuit
from ceramer.analysis.impedance._fit import CircuitFit, fit_circuit
from ceramer.errors import InputError

__all__ = ["fit_batch"]

Spectrum = tuple[ArrayLike, ArrayLike]
Progress = Callable[[int, int], None]
_CHUNK = 20


@overload
def fit_batch(
    spectra: Iterable[Spectrum], circuit: None = None, *, processes: int | None = None,
    progress: Progress | None = None, **options: Any,
) -> list[ArcFit]: ...  # fmt: skip
@overload
def fit_batch(
    spectra: Iterable[Spectrum], circuit: Circuit | str, *, processes: int | None = None,
    progress: Progress | None = None, **options: Any,
) -> list[CircuitFit]: ...  # fmt: skip
def fit_batch(
    spectra: Iterable[Spectrum],
    circuit: Circuit | str | None = None,
    *,
    processes: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> list[ArcFit] | list[CircuitFit]:
    """Fit many spectra, each on its own (the answer does not depend on order or number of processes).

    Parameters
    ----------
    spectra : iterable of (frequency, impedance)
        [Hz], [ohm].
    circuit : Circuit or str, optional
        Circuit for all (`fit_circuit`); without it each is fitted by `fit_arcs`.
    processes : int, optional
        Worker processes. By default 1 where the circuit is told (milliseconds a fit) or below 40 spectra, else the
        CPUs this process may use. As ever with processes, a script that calls this stands under
        ``if __name__ == "__main__":``.
    progress : callable, optional
        ``progress(done, total)`` in the calling process after every chunk.
    **options
        Passed on to `fit_circuit` or `fit_arcs`.

    Raises
    ------
    InputError
        A bad spectrum; the sentence names its position in the list.
    """
    items: list[Any] = []
    for k, spectrum in enumerate(spectra):
        try:
            f, z = spectrum
            items.append(check_spectrum(f, z))
        except (InputError, TypeError, ValueError) as error:
            why = error if isinstance(error, InputError) else "expected a pair (frequency, impedance)"
            raise InputError(f"Spectrum {k}: {why}") from None
    model = circuit if circuit is None or isinstance(circuit, Circuit) else Circuit.parse(circuit)
    if processes is None:
        processes = _available() if model is None and len(items) >= 2 * _CHUNK else 1
    if processes < 1:
        raise InputError(f"fit_batch: processes must be at least 1, got {processes}.")
    chunks = [(first, items[first : first + _CHUNK], model, options) for first in range(0, len(items), _CHUNK)]
    out: list[Any] = []
    if processes > 1 and len(chunks) > 1 and _main_can_be_imported():
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        try:
            with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
                for part in pool.map(_fit_chunk, chunks):
                    out += part
                    if progress:
                        progress(len(out), len(items))
        except BrokenProcessPool:  # workers cannot start here (an unguarded script): go on in this process
            pass
    for chunk in chunks[-(-len(out) // _CHUNK) :]:
        out += _fit_chunk(chunk)
        if progress:
            progress(len(out), len(items))
    return out


def _main_can_be_imported() -> bool:
    """Whether new processes can import the main module (not when it was typed or piped in)."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    return file is None or Path(file).exists()


def _available() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _fit_chunk(task: tuple[int, Sequence[Any], Circuit | None, dict[str, Any]]) -> list[Any]:
    first, items, circuit, options = task
    out: list[Any] = []
    for k, (f, z) in enumerate(items):
        try:
            out.append(fit_arcs(f, z, **options) if circuit is None else fit_circuit(f, z, circuit, **options))
        except InputError as error:
            raise InputError(f"Spectrum {first + k}: {error}") from None
    return out
