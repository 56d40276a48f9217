"""Stacks and cells as results: every number with its uncertainty, its inputs and what it assumes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ceramer import units
from ceramer.cell import BASES, Cell, Stack
from ceramer.errors import InputError
from ceramer.library._systems import book, build_cell, build_stack, cell_spec, stack_spec
from ceramer.provenance import Kind, Ledger, Result, estimate

__all__ = ["cell_results", "stack_results"]


def _result(quantity: str, unit: str, calculate: Callable[[Ledger], float], method: str) -> Result | None:
    """Estimate one quantity; None where an input of it is not known (the reason is the caller's to say)."""
    got = estimate(calculate, book(), samples=128)
    interval = (got.low, got.high) if got.low is not None and got.high is not None else None
    return Result(
        quantity,
        got.value,
        unit,
        got.standard_uncertainty,
        interval,
        Kind.PREDICTED,
        method,
        got.inputs,
        got.assumed,
    )


def _all(rows: list[tuple[str, str, Callable[[Ledger], float], str]]) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    results, missing = [], []
    for quantity, unit, calculate, method in rows:
        try:
            result = _result(quantity, unit, calculate, method)
        except InputError as error:
            missing.append(f"{quantity}: {error}")
            continue
        if result is not None:
            results.append(result)
    return tuple(results), tuple(missing)


def stack_results(name: str | Path, temperature: Any = "30 degC") -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """Return what follows from a stack (published, or in a file), and what could not be computed with the reason.

    Parameters
    ----------
    name : str or Path
        A published system, or a TOML file of kind "stack".
    temperature : str
        With its unit.
    """
    spec = stack_spec(name)
    kelvin = units.to_si(temperature, "temperature", "temperature")

    def of(prop: Callable[[Stack], float]) -> Callable[[Ledger], float]:
        return lambda ledger: prop(build_stack(spec, ledger))

    return _all(
        [
            ("thickness", "um", of(lambda s: s.thickness), "sum of the layers"),
            (
                "area_specific_resistance",
                "ohm cm2",
                of(lambda s: s.area_specific_resistance(kelvin)),
                "layers in series",
            ),
            ("ionic_conductivity", "mS/cm", of(lambda s: s.ionic_conductivity(kelvin)), "thickness over resistance"),
            ("electronic_conductivity", "S/cm", of(lambda s: s.electronic_conductivity(kelvin)), "layers in series"),
            (
                "transference_number",
                "1",
                of(lambda s: s.area_specific_resistance(kelvin) / s.steady_resistance(kelvin)),
                "Bruce-Vincent ratio of the stack: initial over steady resistance",
            ),
            ("areal_density", "mg/cm2", of(lambda s: s.areal_mass()), "thickness times density"),
        ]
    )


def cell_results(name: str | Path, current_density: Any = "0.5 mA/cm2") -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """Return what follows from a cell (published, or in a file), and what could not be computed with the reason."""
    spec = cell_spec(name)
    current = units.to_si(current_density, "current_density", "current_density")

    def of(prop: Callable[[Cell], float]) -> Callable[[Ledger], float]:
        return lambda ledger: prop(build_cell(spec, ledger))

    shown = units.show(current, "mA/cm2")
    rows: list[tuple[str, str, Callable[[Ledger], float], str]] = [
        ("area_specific_resistance", "ohm cm2", of(lambda c: c.area_specific_resistance()), "stack and interfaces"),
        (f"overpotential at {shown}", "mV", of(lambda c: c.overpotential(current)), "j R, initial"),
        (f"overpotential at {shown}, steady", "mV", of(lambda c: c.overpotential(current, steady=True)), "j R, steady"),
    ]
    if spec.positive.type == "porous" and (spec.positive.specific_capacity or spec.positive.areal_capacity):
        rows.append(("areal_capacity", "mAh/cm2", of(lambda c: c.positive.areal_capacity), "of the positive electrode"))
        if spec.area is not None or spec.diameter is not None:
            rows.append(
                ("capacity", "mAh", of(lambda c: (c.area or 0.0) * c.positive.areal_capacity), "of the whole area")
            )
        rows += [
            ("np_ratio", "1", of(lambda c: c.np_ratio(counts_cathode_lithium=False)), "lithium over cathode capacity"),
            (
                "np_ratio, cathode lithium counted",
                "1",
                of(lambda c: c.np_ratio(counts_cathode_lithium=True)),
                "lithium of both electrodes over cathode capacity",
            ),
        ]
        if spec.positive.mean_voltage:
            bases = {b: m for b, m in BASES.items() if b != "packaged" or spec.packaging_areal_mass is not None}
            for basis, meaning in bases.items():
                rows.append((f"specific_energy, {basis}", "Wh/kg", of(_energy(basis)), meaning))
                rows.append((f"energy_density, {basis}", "Wh/L", of(_volume_energy(basis)), meaning))
    return _all(rows)


def _energy(basis: str) -> Callable[[Cell], float]:
    return lambda cell: cell.specific_energy(basis)


def _volume_energy(basis: str) -> Callable[[Cell], float]:
    return lambda cell: cell.energy_density(basis)
