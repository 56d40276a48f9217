"""Second order in shells and in nodes: the voltage after a while of constant current, differences over refinements."""

from __future__ import annotations

import numpy as np
import pytest

from ceramer.numerics.chain import Step
from ceramer.physics import ActiveMaterial, CellModel, InsertionLaws, Metal, Polymer, PorousCathode

pytest.importorskip("numba")


def potential(x):
    return 4.4 - 1.2 * x


def exchange_current(c, x):
    return 4.0 * np.sqrt(c / 1000.0 * x * (1.0 - x))


def diffusivity(x):
    return 1e-14 * np.exp(-1.5 * (x - 0.5))


LAWS = InsertionLaws(potential, exchange_current, diffusivity)


def voltage(cells: int, shells: int) -> float:
    polymer = {
        "conductivity": 0.05,
        "salt_concentration": 1000.0,
        "transference_number": 0.3,
        "salt_diffusivity": 1e-11,
        "cells": cells,
    }
    active = ActiveMaterial(
        laws=LAWS, radius=4e-6, volume_fraction=0.5, maximum_concentration=5e4, stoichiometry=0.4, shells=shells
    )
    cathode = PorousCathode(
        name="cathode", thickness=50e-6, porosity=0.4, electronic_conductivity=0.5, materials=(active,), **polymer
    )
    model = CellModel(
        layers=[Polymer(name="separator", thickness=20e-6, **polymer), cathode],
        negative=Metal.lithium(20.0, 1e6),
        positive=Metal.collector(),
        temperature=298.15,
    )
    chain = model.simulation(relative_tolerance=1e-9).chain
    chain.run([Step("current", 25.0, 900.0, record=False)])
    return chain.voltage


def order(values: list[float]) -> float:
    a, b, c = values
    return float(np.log2(abs(a - b) / abs(b - c)))


def test_order_in_shells() -> None:
    assert order([voltage(4, n) for n in (10, 20, 40)]) == pytest.approx(2.0, abs=0.25)


def test_order_in_nodes() -> None:
    assert order([voltage(n, 6) for n in (8, 16, 32)]) == pytest.approx(2.0, abs=0.25)
