"""Impedance fits without a starting guess: ours beside impedance.py and pyimpspec, speed never without accuracy.

Run: `make bench-eis` (peers from locks/bench.txt; without them their rows say so). Options: `--quick` (small samples),
`--peers N` (spectra per peer row). Real files are read from $CERAMER_TEST_DATA where it is set. Exits 1 if a target
is missed. CPU times, one BLAS thread. Takes about 5 minutes with the peers.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402

from ceramer.analysis.impedance import (  # noqa: E402
    ArcFit,
    Circuit,
    CircuitFit,
    fit_arcs,
    fit_batch,
    fit_circuit,
    kramers_kronig,
    spectrum,
)

Spectrum = tuple[np.ndarray, np.ndarray]
CIRCUITS = {
    "A": Circuit.parse("R0-p(R1,CPE1)-p(R2,CPE2)-W1"),
    "B": Circuit.parse("p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-CPE4"),
}
FREQUENCIES = {"A": np.logspace(6, -1, 80), "B": np.logspace(np.log10(7e6), -1, 80)}
SEED = 20240
LIMIT = 0.05


@dataclass
class Truth:
    """A synthetic spectrum and the circuit and parameters it was made from."""

    circuit: Circuit
    values: np.ndarray
    frequency: np.ndarray
    impedance: np.ndarray

    def resistances(self) -> np.ndarray:
        return only_resistances(self.circuit, self.values)


def only_resistances(circuit: Circuit, values: np.ndarray) -> np.ndarray:
    return np.array([v for n, v in zip(circuit.parameters, values, strict=True) if n.startswith("R")])


def arc(r: float, c: float, alpha: float) -> list[float]:
    """R, Q, alpha of an arc with effective capacitance c."""
    return [r, c**alpha * r ** (alpha - 1.0), alpha]


def sample(which: str, rng: np.random.Generator) -> np.ndarray:
    """Parameters of circuit A (two arcs and diffusion) or B (bulk, grain boundary, interface, blocking electrode)."""

    def log(low: float, high: float) -> float:
        return float(10.0 ** rng.uniform(np.log10(low), np.log10(high)))

    if which == "A":
        r0, r1, r2 = log(20, 200), log(200, 2000), log(200, 2000)
        a1, a2 = rng.uniform(0.88, 1.0), rng.uniform(0.78, 0.95)
        first, second = arc(r1, log(2e-9, 1e-8), a1), arc(r2, log(2e-6, 1e-5), a2)
        return np.array([r0, *first, *second, log(100, 500)])
    rs = [log(1e3, 1e4) for _ in range(3)]
    alphas = [rng.uniform(low, high) for low, high in ((0.93, 1.0), (0.85, 0.95), (0.78, 0.9), (0.82, 0.95))]
    cs = [log(2e-11, 1e-10), log(2e-9, 1e-8), log(2e-7, 1e-6)]
    arcs = [x for k in range(3) for x in arc(rs[k], cs[k], alphas[k])]
    return np.array([*arcs, log(1e-5, 1e-4), alphas[3]])


def noisy(z: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    sigma = noise * np.abs(z)
    return z + rng.normal(size=z.size) * sigma + 1j * rng.normal(size=z.size) * sigma


def made(which: str, count: int, noise: float, seed: int = SEED) -> list[Truth]:
    rng = np.random.default_rng(seed)
    circuit, f = CIRCUITS[which], FREQUENCIES[which]
    out = []
    for _ in range(count):
        values = sample(which, rng)
        out.append(Truth(circuit, values, f, noisy(circuit.impedance(values, f), noise, rng)))
    return out


def mixed(count: int, seed: int) -> list[Truth]:
    """Random circuits: 1 to 4 arcs a decade apart, L and R0 or not, every tail, 30 to 120 points, windows cut."""
    rng = np.random.default_rng(1000 + seed)
    out = []
    while len(out) < count:
        noise, arcs, points = 10 ** rng.uniform(-3, -2), int(rng.integers(1, 5)), int(rng.integers(30, 121))
        tail = ("", "CPE", "W", "Wo", "Ws")[rng.integers(5)]
        inductor, resistor = rng.random() < 0.3, rng.random() < 0.7
        top, bottom = 10 ** rng.uniform(5.5, 7.0), 10 ** rng.uniform(-2.0, 0.0)
        f = np.logspace(np.log10(top), np.log10(bottom), points)
        low, high = -np.log10(2 * np.pi * top) + 0.5, -np.log10(2 * np.pi * bottom) - (1.5 if tail else 0.5)
        taus = np.sort(rng.uniform(low, high, arcs))
        if arcs > 1 and np.diff(taus).min() < 1.0:
            continue
        rs, alphas = 10 ** rng.uniform(2.5, 3.5, arcs), rng.uniform(0.78, 1.0, arcs)
        total, slow = float(rs.sum()), 2 * np.pi * bottom
        values = [10 ** rng.uniform(-6.5, -5.5) * 1e6 / top] if inductor else []
        values += [10 ** rng.uniform(1.5, 3.0)] if resistor else []
        for tau, r, alpha in zip(10**taus, rs, alphas, strict=True):
            values += [r, tau**alpha / r, alpha]
        if tail == "CPE":
            alpha = rng.uniform(0.75, 0.97)
            values += [1.0 / (total * 10 ** rng.uniform(0, 1.5) * slow**alpha), alpha]
        elif tail == "W":
            values += [total * 10 ** rng.uniform(-0.5, 0.5) * slow**0.5]
        elif tail:
            values += [total * 10 ** rng.uniform(-0.5, 0.5), 10 ** rng.uniform(-0.5, 0.7) / slow]
        parts = ["L1"] * inductor + ["R0"] * resistor + [f"p(R{k},CPE{k})" for k in range(1, arcs + 1)]
        parts += [tail + (str(arcs + 1) if tail == "CPE" else "1")] if tail else []
        circuit = Circuit.parse("-".join(parts))
        out.append(Truth(circuit, np.array(values), f, noisy(circuit.impedance(values, f), noise, rng)))
    return out


def randles(count: int, seed: int) -> list[Truth]:
    """Random Randles circuits: diffusion of every kind behind the slowest charge transfer, apart from it or not."""
    rng = np.random.default_rng(3000 + seed)
    out = []
    for _ in range(count):
        noise, tail, arcs = 10 ** rng.uniform(-3, -2), ("W", "Wo", "Ws")[rng.integers(3)], int(rng.integers(0, 2))
        f = np.logspace(rng.uniform(5.5, 6.5), rng.uniform(-2.0, -0.5), int(rng.integers(40, 100)))
        values, parts = [10 ** rng.uniform(1.0, 2.0)], ["R0"]
        for k in range(arcs):
            r, alpha, tau = 10 ** rng.uniform(1.5, 3.0), rng.uniform(0.85, 1.0), 10 ** rng.uniform(-6.5, -5.5)
            values += [r, tau**alpha / r, alpha]
            parts.append(f"p(R{k + 1},CPE{k + 1})")
        r, alpha, tau = 10 ** rng.uniform(1.5, 3.0), rng.uniform(0.78, 1.0), 10 ** rng.uniform(-3.5, -1.5)
        slow, share = 10 ** rng.uniform(-1.0, 1.0), r * 10 ** rng.uniform(-0.5, 0.5)
        load = [share / slow**0.5] if tail == "W" else [share, slow]
        values += [r, *load, tau**alpha / r, alpha]
        parts.append(f"p(R{arcs + 1}-{tail}1,CPE{arcs + 1})")
        circuit = Circuit.parse("-".join(parts))
        out.append(Truth(circuit, np.array(values), f, noisy(circuit.impedance(values, f), noise, rng)))
    return out


def within(found: np.ndarray, truth: np.ndarray) -> bool:
    return found.shape == truth.shape and bool(np.all(np.abs(found / truth - 1.0) < LIMIT))


def by_tau(circuit: Circuit, values: np.ndarray) -> np.ndarray:
    """Sort the arcs of a peer's answer by relaxation time."""
    values = np.array(values, dtype=float)
    starts = [circuit.parameters.index(r) for r, _ in circuit.arcs]
    with np.errstate(all="ignore"):
        taus = [(values[i] * values[i + 1]) ** (1.0 / values[i + 2]) for i in starts]
    rows = [values[starts[k] : starts[k] + 3].copy() for k in np.argsort(taus)]
    for i, row in zip(starts, rows, strict=True):
        values[i : i + 3] = row
    return values


class Report:
    """Collects lines and targets."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def target(self, what: str, value: float, limit: float, *, at_most: bool = False, unit: str = "%") -> None:
        good = value <= limit if at_most else value >= limit
        sign = "<=" if at_most else ">="
        print(f"  {'ok  ' if good else 'MISS'} {what}: {value:.4g} {unit} (target {sign} {limit:g})")
        if not good:
            self.missed.append(what)


def score(truths: list[Truth], fit: Callable[[Truth], np.ndarray]) -> tuple[float, float, float]:
    """Percent with every parameter and with every R within 5 %, and the median CPU time [ms]."""
    good, good_r, times = [], [], []
    for truth in truths:
        begin = time.process_time()
        try:
            values = fit(truth)
        except Exception:  # a peer that fails has not fitted; said in the table as a miss
            values = np.full(truth.values.size, np.nan)
        times.append(time.process_time() - begin)
        values = by_tau(truth.circuit, values)
        good.append(within(values, truth.values))
        good_r.append(within(only_resistances(truth.circuit, values), truth.resistances()))
    return 100 * float(np.mean(good)), 100 * float(np.mean(good_r)), 1e3 * float(np.median(times))


def ours(truth: Truth) -> np.ndarray:
    return fit_circuit(truth.frequency, truth.impedance, truth.circuit).values


def impedance_py(guess: str) -> Callable[[Truth], np.ndarray]:
    from impedance.models.circuits import CustomCircuit

    def fit(truth: Truth) -> np.ndarray:
        if guess == "truth":
            start = truth.values
        elif truth.circuit == CIRCUITS["A"]:
            start = np.array([1.0, 100.0, 1e-6, 0.8, 100.0, 1e-6, 0.8, 100.0])
        else:
            start = np.array([100.0, 1e-6, 0.8] * 3 + [1e-6, 0.8])
            if guess == "textbook":
                r = truth.impedance.real[np.argmin(np.abs(truth.frequency - 100.0))] / 3
                start = np.array([r, 5e-11, 0.95, r, 1e-8, 0.9, r, 1e-6, 0.85, 3e-5, 0.9])
        model = CustomCircuit(str(truth.circuit), initial_guess=list(start))
        model.fit(truth.frequency, truth.impedance, weight_by_modulus=True)
        return np.array(model.parameters_)

    return fit


def pyimpspec_fit(truth: Truth) -> np.ndarray:
    from pyimpspec import DataSet, fit_circuit, parse_cdc

    cdc = "R(RQ)(RQ)W" if truth.circuit == CIRCUITS["A"] else "(RQ)(RQ)(RQ)Q"
    found = fit_circuit(parse_cdc(cdc), DataSet(truth.frequency, truth.impedance), num_procs=1)
    out: list[float] = []
    for element in found.circuit.get_elements():
        v = element.get_values()
        kind = type(element).__name__
        if kind == "Resistor":
            out += [v["R"]]
        elif kind == "Warburg":
            out += [1.0 / (2**0.5 * v["Y"])]
        else:
            out += [v["Y"], v["n"]]
    return np.array(out)


def told(report: Report, count: int, peers: int) -> None:
    print("\n## Circuit told, no starting guess, 0.1 % noise, 80 points (pass: within 5 %)")
    print("| fitter | A all/R % | B all/R % | CPU ms per fit A/B | spectra |\n|---|---|---|---|---|")

    def row(name: str, n: int, fit: Callable[[Truth], np.ndarray]) -> tuple[tuple[float, float, float], ...]:
        got = tuple(score(made(which, n, 1e-3), fit) for which in "AB")
        (a, ar, at), (b, br, bt) = got
        print(f"| {name} | {a:.1f}/{ar:.1f} | {b:.1f}/{br:.1f} | {at:.1f} / {bt:.1f} | {n} + {n} |", flush=True)
        return got

    def from_truth(truth: Truth) -> np.ndarray:
        return fit_circuit(truth.frequency, truth.impedance, truth.circuit, guess=truth.values).values

    row("identifiability limit (ours started at the truth)", count, from_truth)
    ours(made("A", 1, 1e-3)[0])
    (a, ar, at), (b, br, bt) = row("**ceramer, no guess**", count, ours)
    absent = {"impedance": "impedance.py", "pyimpspec": "pyimpspec"}
    if importlib.util.find_spec("impedance"):
        for guess in ("poor", "textbook", "truth"):
            row(f"impedance.py, {guess} guess", peers, impedance_py(guess))
        del absent["impedance"]
    if importlib.util.find_spec("pyimpspec"):
        row("pyimpspec, automatic", max(2, peers // 5), pyimpspec_fit)
        del absent["pyimpspec"]
    for name in absent.values():
        print(f"| {name} | not installed: see locks/bench.txt | | | |")
    report.target("A, all parameters", a, 99)
    report.target("A, resistances", ar, 100)
    report.target("B, all parameters", b, 90)
    report.target("B, resistances", br, 100)
    report.target("CPU time per fit", max(at, bt), 10, at_most=True, unit="ms")


def resolvable(truth: Truth) -> bool:
    """Whether a fit of the true circuit started at the truth finds every R within 5 % and states errors below 2.5 %."""
    fit = fit_circuit(truth.frequency, truth.impedance, truth.circuit, guess=truth.values)
    error = only_resistances(truth.circuit, fit.standard_errors) / truth.resistances()
    return within(only_resistances(truth.circuit, fit.values), truth.resistances()) and bool(np.all(error < 0.025))


def judged(fit: ArcFit, truth: Truth) -> tuple[bool, bool, bool]:
    """(right, unresolved, warned)"""
    right = within(only_resistances(fit.circuit, fit.fit.values), truth.resistances())
    return right, not fit.resolved, bool(fit.warnings)


def untold(report: Report, count: int) -> None:
    print("\n## Circuit not told (number of arcs, ends and tail chosen by evidence)")
    print("| spectra | same circuit % | R within 5 % | right or 'unresolved' % | wrong, no warning % |"
          " 'unresolved' of resolvable % | CPU ms |\n|---|---|---|---|---|---|---|")  # fmt: skip
    sets = [(f"{w}, {100 * noise:g} %, seed {seed}", made(w, count, noise, SEED + seed))
            for w in "AB" for noise, seed in ((1e-3, 0), (1e-3, 1), (2e-3, 2), (5e-3, 3), (1e-2, 4))]  # fmt: skip
    sets += [(f"mixed, 0.1-1 %, seed {seed}", mixed(count, seed)) for seed in range(5)]
    sets += [(f"Randles, 0.1-1 %, seed {seed}", randles(count, seed)) for seed in range(3)]
    totals = []
    for name, truths in sets:
        rows, times, same = [], [], 0
        for truth in truths:
            begin = time.process_time()
            fit = fit_arcs(truth.frequency, truth.impedance)
            times.append(time.process_time() - begin)
            rows.append((*judged(fit, truth), resolvable(truth)))
            same += fit.circuit == truth.circuit
        right, unresolved, warned, clear = np.array(rows, dtype=bool).T
        figures = (
            100 * same / len(truths),
            100 * right.mean(),
            100 * (right | unresolved).mean(),
            100 * (~right & ~warned).mean(),
            100 * unresolved[clear].mean() if clear.any() else 0.0,
            1e3 * float(np.median(times)),
        )
        totals.append((name, *figures))
        print(f"| {name} | " + " | ".join(f"{x:.1f}" for x in figures) + " |", flush=True)
    for label, chosen in (("A and B at 0.1 %", totals[:2] + totals[5:7]), ("all sets", totals)):
        report.target(f"right or unresolved, {label}", float(np.mean([row[3] for row in chosen])), 95)
        report.target(f"wrong without a warning, {label}", float(np.mean([r[4] for r in chosen])), 1, at_most=True)
        report.target(f"'unresolved' of resolvable, {label}", float(np.mean([r[5] for r in chosen])), 10, at_most=True)


def statistics(report: Report, count: int) -> None:
    print("\n## Stated errors and warnings")
    inside, warned = [], []
    for which, noise in (("A", 1e-3), ("A", 5e-3), ("B", 1e-3), ("B", 5e-3)):
        hits = []
        for truth in made(which, count, noise, SEED + 7):
            fit = fit_circuit(truth.frequency, truth.impedance, truth.circuit)
            known = np.isfinite(fit.standard_errors)
            hits += list((np.abs(fit.values - truth.values) < fit.standard_errors)[known])
        inside.append(100 * float(np.mean(hits)))
        print(f"  {which}, {100 * noise:g} % noise: {inside[-1]:.1f} % of 68 % intervals hold the truth")
        wrong = ("R(RQ)(RQ)", "R(RQ)W") if which == "A" else ("(RQ)(RQ)Q", "(RQ)(RQ)(RQ)")
        for text in wrong:
            fits = [fit_circuit(t.frequency, t.impedance, text) for t in made(which, count // 4, noise, SEED + 8)]
            warned.append(100 * float(np.mean([bool(fit.warnings) for fit in fits])))
    report.target("lowest coverage", min(inside), 60)
    report.target("highest coverage", max(inside), 76, at_most=True)
    report.target("wrong circuits that carry a warning (lowest of 8 sets)", min(warned), 95)


def batch(report: Report, count: int) -> None:
    print(f"\n## Batch of {count} spectra (wall time; one process where the circuit is told)")
    truths = made("B", count, 1e-3, SEED + 9)
    spectra = [(t.frequency, t.impedance) for t in truths]
    calls: list[int] = []
    begin = time.perf_counter()
    fits: list[CircuitFit] = fit_batch(spectra, CIRCUITS["B"], progress=lambda done, total: calls.append(done))
    wall = (time.perf_counter() - begin) * 1000 / count
    good = np.mean(
        [within(only_resistances(f.circuit, f.values), t.resistances()) for f, t in zip(fits, truths, strict=True)]
    )
    print(f"  progress called {len(calls)} times, last with {calls[-1]}; R within 5 %: {100 * good:.1f} %")
    report.target("1000 spectra, circuit told", wall, 15, at_most=True, unit="s")
    begin = time.perf_counter()
    fit_batch(spectra)
    wall = (time.perf_counter() - begin) * 1000 / count
    report.target("1000 spectra, circuit not told, every core", wall, 15, at_most=True, unit="s")


def real(report: Report) -> None:
    print("\n## Real spectra, no guess")
    root = os.environ.get("CERAMER_TEST_DATA")
    if not root:
        print("  skipped: set CERAMER_TEST_DATA to the folder of instrument files")
        return
    folder = Path(root) / "eisfitpython"
    text = (folder / "expected/Example3_Batch_EISfit_Report.txt").read_text(encoding="utf-8")
    worst = 0.0
    for block in re.split(r"\n\s+Data_", text)[1:]:
        published = np.array([float(x) for x in re.findall(r"^[RQn]\d\s*=\s+([\d.e+-]+)", block, re.M)[:8]])
        lines = (folder / f"s04147-{int(block[:3]) - 273}deg.txt").read_text(encoding="latin1").splitlines()
        a = np.array([[float(x) for x in line.split()] for line in lines if re.match(r"\s*\d\.\d+e", line)])
        fit = fit_circuit(a[:, 0], a[:, 1] + 1j * a[:, 2], "(RQ)(RQ)Q")
        worst = max(worst, float(np.abs(fit.values / published - 1.0)[[0, 3]].max()))
    report.target("EISFitpython, 7 temperatures, worst R", 100 * worst, 0.5, at_most=True)
    a = np.loadtxt(Path(root) / "impedance_py/exampleData.csv", delimiter=",")
    keep = a[:, 2] < 0.0
    text = "R0-p(R1,C1)-p(R2-Wo1,C2)"
    reference = np.array([1.65e-2, 8.68e-3, 3.32, 5.39e-3, 6.31e-2, 2.33e2, 2.20e-1])
    found = fit_circuit(a[keep, 0], a[keep, 1] + 1j * a[keep, 2], text, weighting="unit")
    pool = [found, *found.alternatives]
    deviations = [np.abs(f.values / reference - 1.0) for f in pool]
    nearest = int(np.argmin([d.max() for d in deviations]))
    ratio = pool[nearest].rss / found.rss
    print(f"  exampleData.csv: {keep.size - keep.sum()} inductive points dropped; least squares {found.rss:.5f};")
    print(f"  the published parameters are another minimum, {ratio:.2f} times that (both are given)")
    names = np.array(found.circuit.parameters)
    settled = names != "Wo1_tau"
    report.target(
        "exampleData, that minimum, all but Wo1_tau", 100 * deviations[nearest][settled].max(), 1, at_most=True
    )
    print(f"  Wo1_tau differs by {100 * deviations[nearest][~settled][0]:.1f} % (its standard error is "
          f"{100 * pool[nearest].stderr['Wo1_tau'] / pool[nearest].params['Wo1_tau']:.0f} %)")  # fmt: skip
    try:
        from ceramer.measurement import read

        table = read(Path(root) / "lpscl_hybrid-drt/PEIS_SSB.mpr")
        low, high = kramers_kronig(*spectrum(table)).valid_range
    except ImportError as error:
        print(f"  PEIS_SSB.mpr skipped: {error}")
        return
    off = max(abs(np.log10(low / 1e-2)), abs(np.log10(high / 1.7e6)))
    print(f"  PEIS_SSB: consistent from {low:.3g} to {high:.3g} Hz (known: 1e-2 to 1.7e6)")
    report.target("PEIS_SSB, worst end of the valid range", off, 0.5, at_most=True, unit="decades")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small samples")
    parser.add_argument("--peers", type=int, default=20, help="spectra per circuit for each row of impedance.py")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    report = Report()
    told(report, 40 if options.quick else 200, min(4, options.peers) if options.quick else options.peers)
    real(report)
    statistics(report, 40 if options.quick else 100)
    batch(report, 200 if options.quick else 1000)
    untold(report, 20 if options.quick else 60)
    if report.missed:
        print("\nTargets missed: " + "; ".join(report.missed))
        return 1
    print("\nEvery target met.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
