"""Orders of accuracy of the cell engine: in space on uniform and graded grids, in time, between the steps."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ceramer.errors import UnknownNameError
from ceramer.numerics.chain import METHODS, Step, graded_cells
from ceramer.physics import CellModel, Ceramic, Contact, Metal, Polymer

POLYMER = Polymer(
    thickness=100e-6,
    cells=4,
    conductivity=0.1,
    salt_concentration=1000.0,
    transference_number=0.2,
    salt_diffusivity=8e-12,
    conductivity_exponent=0.5,
)
CERAMIC = Ceramic(thickness=20e-6, conductivity=0.02)


def cell(layers, *, tolerance=1e-6, method="rodas4", contacts=(), **metal):
    foil = Metal.lithium(20.0, 1e9, **metal)
    model = CellModel(layers=layers, negative=foil, positive=foil, temperature=333.15, contacts=contacts)
    return model.simulation(relative_tolerance=tolerance, method=method)


@pytest.mark.parametrize("grading", [1.0, 8.0, 40.0])
def test_second_order_in_space(grading):
    """Voltage and profile of a stack 300 s after a current step."""
    found = []
    for cells in (20, 40, 80, 160):
        layers = [
            replace(POLYMER, cells=cells, grading=grading),
            CERAMIC,
            replace(POLYMER, cells=cells, grading=grading),
        ]
        sim = cell(layers, tolerance=1e-9)
        sim.chain.run([Step("current", 12.0, 300.0)])
        c = sim.profile("concentration")[1]
        found.append(np.array([sim.chain.voltage, c[0], c[cells], c[-1]]))
    steps = np.abs(np.diff(found, axis=0))
    np.testing.assert_allclose(steps[:-1] / steps[1:], 4.0, rtol=0.12)


def fixed_steps(method, count, duration=600.0):
    """Carry out a smooth ramp of the current in `count` equal steps of the method, without error control."""
    layer = replace(POLYMER, cells=2, grading=1.0)  # w**2/D = 312 s: no step below is stiff
    sim = cell([layer, CERAMIC], tolerance=1e30, method=method, film_resistance=1e-4, film_growth=1e-11)
    chain = sim.chain
    chain.run([Step("current", 0.0, 0.0)])
    chain._memory = np.full(1, 1e9)
    ramp = Step("current", float("nan"), duration / count, rate=10.0 / duration, period=0.5 * duration / count)
    run = chain.run([ramp] * count)
    assert run.code == 0
    assert run.summary[:, 13].tolist() == [1.0] * count  # one step of the solver each
    middle = run.rows[1::3, 1]
    assert len(middle) == count
    return np.append(chain.y, chain.voltage), middle


@pytest.mark.parametrize(("method", "least", "most"), [("rodas4", 3.7, 4.6), ("rodas5p", 4.5, 6.0)])
def test_order_in_time(method, least, most):
    """A ramp through a layer with gradients, a growing film and nonlinear kinetics: the order that is stated."""
    exact, fine = fixed_steps("rodas5p", 1024)
    scale = np.maximum(np.abs(exact), 1e-3)
    errors, between = [], []
    for count in (32, 64, 128):
        end, middle = fixed_steps(method, count)
        errors.append(np.max(np.abs(end - exact) / scale))
        # the middle of a coarse step is the end of a fine one, between two middles: cubic interpolation among 1024
        at = np.arange(count) * (1024 // count) + 512 // count
        cubic = (-fine[at - 2] + 9.0 * fine[at - 1] + 9.0 * fine[at] - fine[at + 1]) / 16.0
        between.append(np.abs(middle - cubic).max())
    slope = np.log2(errors[1] / errors[2])
    assert least < slope < most
    assert errors[2] < 1e-8
    assert np.log2(between[1] / between[2]) > 3.6  # of algebraic unknowns, over one step: the fourth
    assert between[2] < 1e-8


@pytest.mark.parametrize("method", ["rodas4", "rodas5p"])
def test_coefficients_have_the_order_that_is_stated(method):
    """Euler's rigid body, integrated with the table alone; the interpolant at three places of each step."""

    def f(_, y):
        return np.array([y[1] * y[2], -y[0] * y[2], -0.51 * y[0] * y[1]])

    def jacobian(y):
        return np.array([[0, y[2], y[1]], [-y[2], 0, -y[0]], [-0.51 * y[1], -0.51 * y[0], 0]])

    table = METHODS[method]()
    stages = len(table.a)
    thetas = np.array([0.25, 0.5, 0.75])
    errors, between = [], []
    for count in (32, 64):
        h, y = 4.0 / count, np.array([0.0, 1.0, 1.0])
        inside = []
        for _ in range(count):
            w = np.eye(3) / (table.gamma * h) - jacobian(y)
            u = np.zeros((stages, 3))
            for i in range(stages):
                at = y + table.a[i, :i] @ u[:i]
                u[i] = np.linalg.solve(w, f(0.0, at) + table.c[i, :i] @ u[:i] / h)
            new = at + u[-1]
            k = table.dense @ u
            inside += [(1 - s) * y + s * (new + (1 - s) * (k[0] + s * (k[1] + s * k[2]))) for s in thetas]
            y = new
        times = ((np.arange(count)[:, None] + thetas) * h).ravel()
        exact = solve_ivp(f, (0.0, 4.0), [0.0, 1.0, 1.0], rtol=1e-13, atol=1e-14, t_eval=[*times, 4.0]).y.T
        errors.append(np.abs(y - exact[-1]).max())
        between.append(np.abs(np.array(inside) - exact[:-1]).max())
    assert np.log2(errors[0] / errors[1]) == pytest.approx(table.order, abs=0.15)
    assert np.log2(between[0] / between[1]) == pytest.approx(table.order, abs=0.15)


def test_error_follows_the_tolerance():
    """A hundredfold tighter tolerance brings a far smaller error, whatever the method."""

    def end(tolerance, method):
        sim = cell([POLYMER], tolerance=tolerance, method=method)
        sim.chain.run([Step("current", 12.0, 500.0), Step("current", 0.0, 200.0)])
        return sim.profile("concentration")[1]

    exact = end(1e-11, "rodas5p")
    for method in METHODS:
        errors = [np.abs(end(tolerance, method) - exact).max() / 1000.0 for tolerance in (1e-3, 1e-5, 1e-7)]
        assert errors[0] < 3e-3
        assert errors[1] < 3e-5
        assert errors[2] < 3e-7


@pytest.mark.parametrize("method", list(METHODS))
def test_a_run_lands_on_its_events(method):
    """Times that are known: an R || C charging through a voltage, a current falling through a limit, a charge."""
    contact = Contact(resistance=2e-2, capacitance=50.0)  # tau 1 s at a given current
    ceramics = [CERAMIC, CERAMIC]
    ohmic = 2 * 20e-6 / 0.02

    def start():
        sim = cell(ceramics, tolerance=1e-8, method=method, contacts=[contact])
        return sim.chain

    chain = start()
    kinetic = -chain.run([Step("current", 5.0, 0.0)]).rows[0, 1] - 5.0 * ohmic
    run = start().run([Step("current", 5.0, 100.0, voltage_below=-(5.0 * ohmic + kinetic + 0.06))])
    assert run.code == 2
    assert run.summary[0, 2] == pytest.approx(-np.log(1.0 - 0.06 / (5.0 * 2e-2)), rel=1e-6)
    assert run.rows[-1, 1] == pytest.approx(run.summary[0, 6])
    run = start().run([Step("current", -5.0, 100.0, voltage_above=5.0 * ohmic + kinetic + 0.06)])
    assert run.code == 1
    assert run.summary[0, 2] == pytest.approx(-np.log(1.0 - 0.06 / (5.0 * 2e-2)), rel=1e-6)
    run = start().run([Step("current", 3.0, 100.0, charge=60.0)])
    assert run.code == 4
    assert run.summary[0, 2] == pytest.approx(20.0, rel=1e-9)
    assert run.summary[0, 3] == pytest.approx(60.0, rel=1e-9)
    chain = start()
    charge_transfer = 2 * 8.314462618 * 333.15 / 96485.33212 / 20.0
    series = ohmic + charge_transfer
    first, last = 1e-5 / series, 1e-5 / (series + 2e-2)  # small: linear kinetics
    tau = 50.0 / (1.0 / 2e-2 + 1.0 / series)
    limit = last + 0.25 * (first - last)
    run = chain.run([Step("voltage", -1e-5, 100.0, current_below=limit)])
    assert run.code == 3
    assert run.summary[0, 2] == pytest.approx(tau * np.log(4.0), rel=1e-5)


def test_graded_cells_fill_the_layer_and_stay_smooth():
    for ratio in (1.0, 5.0, 50.0):
        widths = graded_cells(2e-4, 101, ratio)
        assert widths.sum() == pytest.approx(2e-4, rel=1e-13)
        np.testing.assert_allclose(widths, widths[::-1], rtol=1e-9)
        assert widths[50] / widths[0] == pytest.approx(ratio, rel=0.07)


def test_unknown_method():
    with pytest.raises(UnknownNameError, match="rodas4"):
        cell([POLYMER], method="rodas3")
