"""Effective conductivity of voxel images: ours beside TauFactor, time and memory at equal error of the answer.

Run: `make bench-micro` (the peer is PyPI taufactor on CPU torch; without it its rows say so, and `--peer-python PATH`
lends another interpreter that has it). Options: `--quick` (128 voxels only), `--sizes N ...`, `--budget SECONDS` per
peer case (default 900), `--big` (one 512-voxel cube, ours only, 6 GB). Two-phase blobs, half of each, the second phase
insulating or 100 or 10,000 times worse, electrodes on two faces. Errors are against a float64 solution of the same
equations; TauFactor's solver of several phases puts its electrodes half a voxel further out and is measured against
that problem. Peak memory is the growth of the resident set over that of a process with the image loaded and everything
compiled. Exits 1 if a target is missed. Takes about 25 minutes with the peer.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

import numpy as np

CONTRASTS = (0, 100, 10_000)
TOLERANCES = (1e-3, 1e-6)
TARGET_RATIO = {128: 10.0, 256: 100.0}
TARGET_BYTES = 45.0


def blobs(n: int, seed: int = 0) -> np.ndarray:
    """Gaussian noise, smoothed over n/40 voxels and cut at its median."""
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(seed).random((n, n, n), dtype=np.float32)
    noise = gaussian_filter(noise, n / 40)
    return (noise < np.median(noise)).astype(np.uint8)


class PeakMemory:
    """Largest growth of the resident set while the block runs [bytes], sampled every 2 ms."""

    def __enter__(self) -> PeakMemory:
        self._start, self.bytes, self._stop = _resident(), 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(0.002):
            self.bytes = max(self.bytes, _resident() - self._start)

    def __exit__(self, *_: object) -> None:
        self.bytes = max(self.bytes, _resident() - self._start)
        self._stop.set()
        self._thread.join()


def _resident() -> int:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:  # no /proc: the peak so far, in kilobytes or bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def ours(path: str, contrast: int) -> dict[str, Any]:
    from ceramer.microstructure.voxels._solve import effective_conductivity

    image = np.load(path)
    sigma = {1: 1.0, 0: 1.0 / contrast if contrast else 0.0}

    def solve(labels: np.ndarray, tolerance: float) -> Any:
        return effective_conductivity(labels, sigma, periodic=False, directions="z", tolerance=tolerance)

    solve(blobs(24), 1e-3)
    rows = []
    for tolerance in TOLERANCES:
        times, cpus = [], []
        for _ in range(5):
            wall, cpu = time.perf_counter(), time.process_time()
            result = solve(image, tolerance)
            times.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        with PeakMemory() as peak:
            solve(image, tolerance)
        rows.append(
            {
                "tolerance": tolerance,
                "seconds": statistics.median(times),
                "cpu": statistics.median(cpus),
                "bytes": peak.bytes / image.size + image.itemsize,
                "value": result.along("z"),
                "iterations": result.iterations["z"],
            }
        )
    return {"rows": rows}


def reference(path: str, contrast: int, *, half_voxel_out: bool) -> float:
    """Return the answer of the same equations in float64, to 1e-10, if need be with electrodes half a voxel out."""
    from ceramer.numerics.multigrid import Faces, padded, solve_mean_field

    image = np.load(path)
    sigma = np.where(image == 1, 1.0, 1.0 / contrast if contrast else 0.0)
    n = image.shape[0]
    faces = Faces(*(padded(image.shape, np.float64) for _ in range(3)), (False, False, False))
    for axis, g in enumerate(faces):
        inner = np.moveaxis(g, axis, 0)[:, 1:-1, 1:-1]
        s = np.moveaxis(sigma, axis, 0)
        with np.errstate(invalid="ignore"):
            inner[2:-1] = np.nan_to_num(2.0 * s[1:] * s[:-1] / (s[1:] + s[:-1]))
    end = 1.0 if half_voxel_out else 2.0
    faces.x[1, 1:-1, 1:-1], faces.x[-1, 1:-1, 1:-1] = end * sigma[0], end * sigma[-1]
    solution, _ = solve_mean_field(faces, 0, (1.0, 1.0, 1.0), tolerance=1e-10)
    length = n + 1 if half_voxel_out else n
    return float(solution.energy) * length / n**2 / sigma[0].size


def taufactor(path: str, contrast: int, exact: float, budget: float) -> dict[str, Any]:
    import taufactor
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    image = np.load(path)
    kind = taufactor.MultiPhaseSolver if contrast else taufactor.Solver
    history: list[tuple[float, float, float]] = []

    class Watched(kind):  # type: ignore[misc, valid-type]
        def check_convergence(self, *arguments: Any) -> bool:
            super().check_convergence(*arguments)
            value = float(np.atleast_1d(np.asarray(self.D_eff))[0])
            history.append((time.perf_counter() - wall, time.process_time() - cpu, value))
            settled = len(history) > 2 and all(abs(h[2] / exact - 1.0) < min(TOLERANCES) for h in history[-3:])
            return settled or history[-1][0] > budget

    with PeakMemory() as peak:
        wall, cpu = time.perf_counter(), time.process_time()
        if contrast:
            solver = Watched(np.where(image == 1, 1, 2).astype(np.uint8), {1: 1.0, 2: 1.0 / contrast}, device="cpu")
        else:
            solver = Watched(image, device="cpu")
        solver.solve(iter_limit=10**9, verbose=False)
    rows = []
    for tolerance in TOLERANCES:
        outside = [k for k, h in enumerate(history) if not abs(h[2] / exact - 1.0) < tolerance]
        first = outside[-1] + 1 if outside else 0
        found = history[first] if first < len(history) else None
        rows.append(
            {
                "tolerance": tolerance,
                "seconds": found[0] if found else None,
                "cpu": found[1] if found else None,
                "bytes": peak.bytes / image.size + image.itemsize,
                "value": found[2] if found else history[-1][2],
                "iterations": 100 * (first + 1) if found else 100 * len(history),
                "spent": history[-1][:2],
            }
        )
    return {"rows": rows}


def call(python: str, *arguments: str) -> dict[str, Any] | str:
    try:
        done = subprocess.run([python, __file__, *arguments], capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no output"])[-1]
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def compare(n: int, contrast: int, folder: str, python: str, budget: float) -> list[str]:
    path = os.path.join(folder, f"{n}.npy")
    if not os.path.exists(path):
        np.save(path, blobs(n))
    exact = reference(path, contrast, half_voxel_out=False)
    shifted = reference(path, contrast, half_voxel_out=True) if contrast else exact
    mine = call(sys.executable, "--worker", "ours", path, str(contrast))
    peer = call(python, "--worker", "taufactor", path, str(contrast), repr(shifted), str(budget))
    if isinstance(mine, str):
        raise SystemExit(f"ours failed: {mine}")
    missed = []
    for k, row in enumerate(mine["rows"]):
        name = f"{n}^3 {'insulating' if not contrast else f'contrast {contrast}'} {row['tolerance']:.0e}"
        error = abs(row["value"] / exact - 1.0)
        text = f"{name:28s} ours {row['seconds']:7.3f} s ({row['cpu']:6.2f} cpu) {row['bytes']:5.1f} B/voxel"
        text += f" error {error:.0e}"
        if isinstance(peer, str):
            text += f" | taufactor: not run ({peer})"
        else:
            other = peer["rows"][k]
            reached = other["seconds"] is not None
            took, work = (other["seconds"], other["cpu"]) if reached else other["spent"]
            ratio, mark = took / row["seconds"], "" if reached else ">"
            text += f" | taufactor {mark}{took:.1f} s ({work:.1f} cpu) {other['bytes']:.0f} B/voxel"
            text += f" error {abs(other['value'] / shifted - 1.0):.0e}"
            text += f" | time {mark}{ratio:.0f}x (cpu {mark}{work / row['cpu']:.0f}x)"
            text += f", memory {other['bytes'] / row['bytes']:.1f}x"
            if ratio < TARGET_RATIO.get(n, 0.0):
                shown = f"{mark}{ratio:.1f}x{'' if reached else ' (the peer was stopped at its budget)'}"
                missed.append(f"{name}: {shown}, target {TARGET_RATIO.get(n, 0.0):.0f}x")
        if error > row["tolerance"]:
            missed.append(f"{name}: error {error:.1e}")
        if row["bytes"] > TARGET_BYTES:
            missed.append(f"{name}: {row['bytes']:.1f} B/voxel, target {TARGET_BYTES:.0f}")
        print(text, flush=True)
    return missed


def big() -> None:
    from ceramer.microstructure.voxels._solve import effective_conductivity

    image = blobs(512)
    for tolerance in (0.1, 1e-3):
        with PeakMemory() as peak:
            start = time.perf_counter()
            result = effective_conductivity(
                image if tolerance < 0.1 else image[:24, :24, :24],
                {1: 1.0, 0: 0.0},
                periodic=False,
                directions="z",
                tolerance=tolerance,
            )
            took = time.perf_counter() - start
    print(f"512^3 insulating 1e-03: ours {took:.1f} s, {peak.bytes / image.size + 1:.1f} B/voxel\n{result}")


def main() -> int:
    if sys.argv[1:2] == ["--worker"]:
        which, path, contrast, *rest = sys.argv[2:]
        answer = ours(path, int(contrast)) if which == "ours" else taufactor(path, int(contrast), *map(float, rest))
        print(json.dumps(answer))
        return 0
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=None)
    parser.add_argument("--big", action="store_true")
    parser.add_argument("--budget", type=float, default=900.0)
    parser.add_argument("--peer-python", default=sys.executable)
    options = parser.parse_args()
    if options.big:
        big()
        return 0
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        for n in options.sizes or ((128,) if options.quick else (128, 256)):
            for contrast in CONTRASTS:
                missed += compare(n, contrast, folder, options.peer_python, options.budget)
    for line in missed:
        print("MISSED", line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
