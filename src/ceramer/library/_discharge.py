"""Simulated discharges of published cells for their claims: quick, remembered, and fitted with a few numbers."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.library._systems import load_cell
from ceramer.provenance import Ledger

if TYPE_CHECKING:
    from ceramer.physics import CellModel

__all__ = ["Adjusted", "Discharge", "Fit", "FullCell", "fit_cell", "full_cell"]

Array = NDArray[np.float64]

_SEPARATOR, _CATHODE, _SHELLS = 10, 8, 10
"""Cells of the grid: coarser than usual, which moves a capacity at 1C by less than 0.3 %."""
_TOLERANCE = 1e-4
_ENOUGH = 1e-3
"""Change of a fitted parameter (its logarithm) at which a fit ends."""
_ROUNDS = 16
_LONGEST = 1.0
_POOR = 0.05
"""Root mean square of the relative deviations that a fit may leave."""
_STEP = 0.03
_ENDS = ("salt depleted", "no consistent state", "lithium exhausted", "particles full")
"""Outcomes that end a discharge as a cut-off does."""
_FARTHEST = 8.0
"""Of a fitted logarithm from 0: what lies beyond is no adjustment any more."""


@dataclass(frozen=True, slots=True)
class Discharge:
    """One discharge: areal `capacity` [C/m2] and `energy` [J/m2]."""

    capacity: float
    energy: float

    @property
    def mean_voltage(self) -> float:
        """Energy over capacity [V]."""
        return self.energy / self.capacity if self.capacity > 0.0 else 0.0


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What a fit may change of a cell: the share of the lithium sites that take part, and a factor on diffusion.

    `share` may exceed 1, where a printed loading is rounded; `diffusion` multiplies the diffusivity of lithium in the
    particles.
    """

    share: float = 1.0
    diffusion: float = 1.0


@dataclass(frozen=True, slots=True)
class Fit:
    """The change that a fit found, and how the relative deviations move with the logarithms of what was fitted."""

    change: Adjusted
    slopes: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class FullCell:
    """A cell as the engine takes it, with its active mass per area [kg/m2] and its cut-off voltages [V]."""

    model: CellModel
    loading: float
    lower: float
    upper: float

    def adjusted(self, change: Adjusted) -> FullCell:
        """Return the cell with the change of a fit."""
        from ceramer.physics import PorousCathode

        if change == Adjusted():
            return self
        *layers, cathode = self.model.layers
        assert isinstance(cathode, PorousCathode)  # `full_cell` makes no other
        materials = tuple(
            replace(
                m,
                volume_fraction=m.volume_fraction * change.share,
                diffusivity_factor=m.diffusivity_factor * change.diffusion,
            )
            for m in cathode.materials
        )
        return replace(self, model=replace(self.model, layers=(*layers, replace(cathode, materials=materials))))

    def discharge(self, current_density: float, charge_at: float | None = None) -> Discharge:
        """Charge the cell as assembled and discharge it at a constant current density [A/m2].

        The charge is at the same current density, or at `charge_at`; without a hold at the upper cut-off.

        Raises
        ------
        InputError
            If the charge fails; a discharge that cannot begin delivers nothing.
        """
        charging = current_density if charge_at is None else charge_at
        return _discharge(self.model, self.lower, self.upper, current_density, charging)

    def curves(self, current_density: float) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """Return the charge as assembled and the discharge after it, each as capacity [C/kg] and voltage [V]."""
        from ceramer.experiments import Protocol, run

        steps: Any = (
            f"Charge at {current_density:.12g} A until {self.upper:.12g} V",
            f"Discharge at {current_density:.12g} A until {self.lower:.12g} V",
        )
        done = run(self.model, Protocol("curves", "cycling", steps), area=1.0, relative_tolerance=_TOLERANCE)
        (measured,) = done.measurements
        step, passed = measured.column("Step Count / 1"), measured.column("Step Capacity / Ah")
        found = []
        for number in np.unique(step)[:2]:
            here = step == number
            found.append((3600.0 * np.abs(passed[here]) / self.loading, measured.voltage[here]))
        if len(found) < 2:
            raise InputError(f"{self.model.name}: the cell could not be cycled. {done.outcome.sentence}")
        return found[0], found[1]

    def cycled(self, current_density: float, cycles: int, left: float) -> tuple[Array, Array, Array]:
        """Return cycles, discharge capacities [C/kg] and coulombic efficiencies of a cell that loses active material.

        In each cycle the share is lost that leaves `left` of the first capacity after the last, found by secants.
        """
        from ceramer.numerics.chain import Step
        from ceramer.physics import cycle

        steps = [
            Step("current", -current_density, 1e7, voltage_above=self.upper, record=False),
            Step("current", current_density, 1e7, voltage_below=self.lower, record=False),
        ]

        def run(loss: float) -> tuple[float, Any]:
            simulation = self.model.simulation(relative_tolerance=_TOLERANCE)
            done = cycle(simulation, steps, cycles, jump=True, active_loss=loss)
            if done.outcome != "complete":
                raise InputError(f"{self.model.name}: {done.sentence}")
            return float(done.discharge[-1] / done.discharge[0]) - left, done

        low, high = 0.0, -2.0 * np.log(left) / cycles
        (off_low, _), (off_high, done) = run(low), run(high)
        for _ in range(_ROUNDS):
            loss = high - off_high * (high - low) / (off_high - off_low)
            low, off_low, high = high, off_high, loss
            off_high, done = run(loss)
            if abs(off_high) < _ENOUGH:
                break
        return done.number, done.discharge / self.loading, done.coulombic_efficiency

    def specific_capacity(self, current_density: float, charge_at: float | None = None) -> float:
        """Capacity of a discharge per printed active mass [C/kg]."""
        return self.discharge(current_density, charge_at).capacity / self.loading


@functools.lru_cache(maxsize=1 << 15)
def _discharge(model: CellModel, lower: float, upper: float, current: float, charging: float) -> Discharge:
    from ceramer.experiments import Protocol, run

    steps: Any = (
        f"Charge at {charging:.12g} A until {upper:.12g} V",
        f"Discharge at {current:.12g} A until {lower:.12g} V",
    )
    done = run(model, Protocol("discharge", "cycling", steps), series=False, area=1.0, relative_tolerance=_TOLERANCE)
    lost = not done.outcome.completed and done.outcome.name not in _ENDS
    if lost or len(done.summary["charge"]) < 2:
        raise InputError(f"{model.name}: the cell could not be cycled. {done.outcome.sentence}")
    return Discharge(max(float(done.summary["charge"][1]), 0.0), max(float(done.summary["energy"][1]), 0.0))


def full_cell(name: str, ledger: Ledger, lower: float, upper: float, temperature: float | None = None) -> FullCell:
    """Return a published cell by name for a temperature [K] (its own where None) and two cut-offs [V]."""
    from ceramer.physics import PorousCathode, cell_model

    cell = load_cell(name, ledger)
    model, _ = cell_model(cell, temperature, ledger)
    layers = tuple(
        replace(layer, cells=_CATHODE, materials=tuple(replace(m, shells=_SHELLS) for m in layer.materials))
        if isinstance(layer, PorousCathode)
        else replace(layer, cells=min(layer.cells, _SEPARATOR))
        for layer in model.layers
    )
    return FullCell(replace(model, layers=layers, contacts=tuple(model.contacts)), cell.positive.loading, lower, upper)


def fit_cell(
    cell: FullCell,
    points: Sequence[tuple[float, float]],
    of: tuple[str, ...] = ("share", "diffusion"),
    near: Fit | None = None,
) -> Fit:
    """Return the share of sites and the factor on diffusion that bring a cell nearest to measured capacities.

    Parameters
    ----------
    cell : FullCell
    points : sequence of (current density [A/m2], capacity [C/kg])
        As many as parameters, or more: least squares of the relative deviations.
    of : tuple of str
        The fields of `Adjusted` that are fitted; another stays 1.
    near : Fit, optional
        Of a cell much like this one: where to begin.

    Raises
    ------
    InputError
        If the best change within e**8 either way leaves deviations of 5 %.
    """
    if len(points) < len(of):
        raise InputError(f"{cell.model.name}: {len(of)} numbers cannot be fitted to {len(points)} capacities.")
    return _fit(cell, tuple(points), of, near)


@functools.lru_cache(maxsize=1 << 12)
def _fit(cell: FullCell, points: tuple[tuple[float, float], ...], of: tuple[str, ...], near: Fit | None) -> Fit:
    def change(p: Array) -> Adjusted:
        return Adjusted(**{name: float(np.exp(x)) for name, x in zip(of, p, strict=True)})

    def deviations(p: Array) -> Array:
        tried = cell.adjusted(change(p))
        return np.array([tried.specific_capacity(j) / q - 1.0 for j, q in points])

    # Gauss-Newton with a Jacobian by differences, then kept up to date by Broyden's rule
    p = np.zeros(len(of)) if near is None else np.log([getattr(near.change, name) for name in of])
    r = deviations(p)
    if near is None:
        jacobian = np.column_stack([(deviations(p + _STEP * e) - r) / _STEP for e in np.eye(len(of))])
    else:
        jacobian = np.array(near.slopes)
    for _ in range(_ROUNDS):
        step = -np.linalg.lstsq(jacobian, r, rcond=None)[0]
        step *= min(1.0, _LONGEST / max(float(np.max(np.abs(step))), 1e-12))
        trial = np.clip(p + step, -_FARTHEST, _FARTHEST)
        step = trial - p
        if float(np.max(np.abs(step))) < _ENOUGH:
            p = trial
            break
        after = deviations(trial)
        jacobian = jacobian + np.outer(after - r - jacobian @ step, step) / float(step @ step)
        if float(after @ after) < float(r @ r):
            p, r = trial, after
    if float(r @ r) > len(points) * _POOR**2:
        raise InputError(
            f"{cell.model.name}: no share of sites and no diffusion near the catalogue's bring its capacities within "
            f"{100 * _POOR:.0f} %."
        )
    return Fit(change(p), tuple(tuple(float(x) for x in row) for row in jacobian))
