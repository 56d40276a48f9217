"""The cases that ours and the peers compute: one set of numbers (SI), one set of laws, one set of grids, and the truth.

Laws are plain functions of concentration or stoichiometry that use `numpy` only, so that arrays, PyBaMM's symbols and
a tracer's symbols all pass through them. The Li | layer | layer | Li cell has round numbers of the size of a polymer
electrolyte and is no material; the reference cell has the published LiPF6 and NMC811 laws named below.

Conventions: x from the negative electrode (left, potential 0) to the positive one; potentials of the electrolyte are
those of a lithium reference in it; the current density i [A/m2] is positive left to right (discharge);
`charge_current` = -i. Per square metre of electrode everywhere.

Equations of a layer (salt concentration c, current i, transport factor k = 1/tortuosity x volume fraction eps):
    eps dc/dt = d/dx (k D dc/dx), as t+ is constant;          k D dc/dx = -(1 - t+) i/F at both lithium electrodes,
    i = -k kappa (dphi/dx - A dc/dx),   A(c) = 2 (R T/F) (1 - t+) (1 + dlnf/dlnc) / c,
    i = 2 j0(c) sinh(F eta / 2RT) + C d(eta)/dt,  eta = phi_Li - phi on the left, and minus that on the right
(C, the double layer, only in the impedance; its charge comes from lithium ions).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

FARADAY = 96485.33212
GAS_CONSTANT = 8.314462618
TEMPERATURE = 298.15
THERMAL_VOLTAGE = GAS_CONSTANT * TEMPERATURE / FARADAY
SALT = 1000.0  # mol/m3, initial concentration of every case

Law = Any


# --- Li | layer | layer | Li ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layer:
    """Thickness [m], volume fraction of the electrolyte phase, its transport factor k, finite volumes."""

    thickness: float
    volume_fraction: float
    transport: float
    cells: int


LAYERS = (Layer(20e-6, 0.9, 0.8, 20), Layer(30e-6, 0.6, 0.4, 30))
TRANSFERENCE = 0.2
DOUBLE_LAYER = 0.1  # F/m2, at each lithium electrode
HOLD_VOLTAGE, HOLD_TIME = 10e-3, 3600.0
HOLD_WIDENING = 1.1  # of the sampling interval, which starts with 1 s
HOLD_TIMES = np.concatenate([[0.0], np.cumsum(HOLD_WIDENING ** np.arange(61)), [HOLD_TIME]])
CYCLE_CURRENT, HALF_CYCLE, CYCLES = 5.0, 1800.0, 100  # 0.5 mA/cm2, 0.5 h each way, charge (plating left) first
FREQUENCIES = np.logspace(6.0, -3.0, 60)


def conductivity(c: Law) -> Law:
    """kappa [S/m]"""
    return 4e-5 * c * np.exp(0.5 * (1.0 - c / 1000.0))


def diffusivity(c: Law) -> Law:
    """D [m2/s]"""
    return 4e-12 * np.exp(0.3 * (1.0 - c / 1000.0))


def thermodynamic_factor(c: Law) -> Law:
    """1 + dlnf/dlnc [-]"""
    return 1.0 + 0.3 * c / 1000.0


def exchange_current(c: Law) -> Law:
    """j0 of the lithium electrodes [A/m2]"""
    return 10.0 * np.sqrt(c / 1000.0)


def diffusion_potential(c: Law) -> Law:
    """A(c) [V m3/mol]"""
    return 2.0 * THERMAL_VOLTAGE * (1.0 - TRANSFERENCE) * thermodynamic_factor(c) / c


def edges(layers: tuple[Layer, ...] = LAYERS, *, refine: int = 1, grade: float = 1.0) -> list[np.ndarray]:
    """Faces [m] of every layer, `refine` times the cells; the middle cells of a layer `grade` times wider."""
    out, start = [], 0.0
    for layer in layers:
        n = layer.cells * refine
        middle = 1.0 - np.abs(2.0 * (np.arange(n) + 0.5) / n - 1.0)
        width = grade**middle
        faces = start + layer.thickness * np.concatenate([[0.0], np.cumsum(width)]) / width.sum()
        faces[-1] = start + layer.thickness
        out.append(faces)
        start = float(faces[-1])
    return out


def _lithium(current: float, c: float) -> float:
    """Overpotential [V] of a lithium electrode that carries this current density."""
    return 2.0 * THERMAL_VOLTAGE * float(np.arcsinh(current / (2.0 * exchange_current(c))))


def voltage_at_once(charge_current: float) -> float:
    """Voltage [V] before any salt has moved: ohmic drop at the initial concentration and two overpotentials."""
    ohmic = sum(layer.thickness / layer.transport for layer in LAYERS) / conductivity(SALT)
    return charge_current * ohmic + 2.0 * _lithium(charge_current, SALT)


def current_at_once(voltage: float) -> float:
    """Charge current density [A/m2] of a hold before any salt has moved, exact."""
    from scipy.optimize import brentq

    return float(brentq(lambda i: voltage_at_once(i) - voltage, 0.0, 1e4, xtol=1e-14, rtol=1e-14))


def steady_profile(charge_current: float) -> tuple[float, float]:
    """Concentrations [mol/m3] at the left and right electrode of the steady state, exact.

    k D dc/dx = (1 - t+) j/F with the charge current j: G(c) = int D dc rises linearly with int dx/k, and the salt
    sum eps c dx is what it was. With s the path int dx/k and D = d exp(-c/w), c(s) is known in closed form; its mean
    is taken by Gauss-Legendre quadrature (64 points a layer) and the left value found by bisection.
    """
    from scipy.optimize import brentq

    w = 1000.0 / 0.3
    slope = (1.0 - TRANSFERENCE) * charge_current / FARADAY
    nodes, weights = np.polynomial.legendre.leggauss(64)

    def at(left: float, s: Any) -> Any:
        return -w * np.log(np.exp(-left / w) - slope * s / (w * diffusivity(0.0)))

    def excess(left: float) -> float:
        total, start = 0.0, 0.0
        for layer in LAYERS:
            path = layer.thickness / layer.transport
            c = at(left, start + 0.5 * path * (nodes + 1.0))
            total += layer.volume_fraction * layer.thickness * float(0.5 * weights @ (c - SALT))
            start += path
        return total

    whole = sum(layer.thickness / layer.transport for layer in LAYERS)
    if charge_current == 0.0:
        return SALT, SALT
    low, high = (0.0, SALT) if charge_current > 0.0 else (SALT, 20.0 * SALT)
    left = float(brentq(excess, low, high, xtol=1e-12, rtol=1e-14))
    return left, float(at(left, whole))


def steady_voltage(charge_current: float) -> float:
    """Voltage [V] of the steady state, exact.

    There dx/k = D F dc / ((1 - t+) j), so that phi(L) - phi(0) = int [D F/((1 - t+) kappa) + A] dc from left to right.
    """
    left, right = steady_profile(charge_current)
    nodes, weights = np.polynomial.legendre.leggauss(64)
    c = left + 0.5 * (right - left) * (nodes + 1.0)
    integrand = diffusivity(c) * FARADAY / ((1.0 - TRANSFERENCE) * conductivity(c)) + diffusion_potential(c)
    drop = 0.5 * (right - left) * float(weights @ integrand)
    return drop + _lithium(charge_current, left) + _lithium(charge_current, right)


@cache
def steady_current(voltage: float) -> float:
    """Charge current density [A/m2] of the hold once it is steady, exact."""
    from scipy.optimize import brentq

    return float(brentq(lambda i: steady_voltage(i) - voltage, 0.0, current_at_once(voltage), xtol=1e-13, rtol=1e-13))


def impedance(frequency: np.ndarray) -> np.ndarray:
    """Impedance [ohm m2] of the uniform cell at rest, exact, double layers included."""
    return _response(2j * np.pi * np.asarray(frequency, dtype=float), DOUBLE_LAYER)


def _response(s: np.ndarray, double_layer: float) -> np.ndarray:
    """Voltage per current [ohm m2] of the linearised cell at the complex frequency s [1/s].

    In a layer at the initial concentration c'' = lambda^2 c, lambda^2 = s eps/(k D); c and the salt flux q = -k D c'
    go on over the contact, and q = (1 - t+) i/F at both ends. A layer is a two-port, c_left = z11 q_left - z12 q_right
    and c_right = z12 q_left - z11 q_right with z11 = coth(lambda L)/(k D lambda), z12 = 1/(k D lambda sinh(lambda L)).
    Z = 2/(1/R_ct + s C) + sum L/(k kappa) + A (c(0) - c(L))/i. The kinetics does not see c, as its derivative vanishes
    with the overpotential.
    """
    charge_transfer = THERMAL_VOLTAGE / exchange_current(SALT)
    ohmic = sum(layer.thickness / layer.transport for layer in LAYERS) / conductivity(SALT)
    ports = []
    for layer in LAYERS:
        root = np.sqrt(s * layer.volume_fraction / (layer.transport * diffusivity(SALT)))
        decay = np.exp(-root * layer.thickness)
        scale = 1.0 / (layer.transport * diffusivity(SALT) * root * (1.0 - decay * decay))
        ports.append((scale * (1.0 + decay * decay), scale * 2.0 * decay))
    (a11, a12), (b11, b12) = ports
    flux = (1.0 - TRANSFERENCE) / FARADAY
    contact = flux * (a12 + b12) / (a11 + b11)
    fall = (a11 * flux - a12 * contact) - (b12 * contact - b11 * flux)
    return 2.0 / (1.0 / charge_transfer + s * double_layer) + ohmic + diffusion_potential(SALT) * fall


def small_hold(voltage: float, times: np.ndarray) -> np.ndarray:
    """Charge current density [A/m2] of a hold at a voltage far below R T/F, exact to first order, times > 0 [s].

    The Laplace transform V/(s Z(s)) without double layers, inverted on Talbot's contour (Abate and Valko, Int. J.
    Numer. Meth. Eng. 60 (2004) 979, doi:10.1002/nme.995) with 24 points.
    """
    count = 24
    theta = np.arange(1, count) * np.pi / count
    cot = 1.0 / np.tan(theta)
    nodes = np.concatenate([[2.0 * count / 5.0], 0.4 * np.pi * np.arange(1, count) * (cot + 1j)])
    slope = 1.0 + 1j * (theta * (1.0 + cot * cot) - cot)
    weights = np.concatenate([[0.5 * np.exp(nodes[0])], slope * np.exp(nodes[1:])])
    t = np.asarray(times, dtype=float)[..., None]
    s = nodes / t
    return 0.4 / t[..., 0] * np.sum((weights * voltage / (s * _response(s, 0.0))).real, axis=-1)


# --- the reference cell: Li | three electrolyte layers | porous NMC811 ----------------------------------------------


@dataclass(frozen=True)
class ReferenceCell:
    """Li | 3 x 20 um of LiPF6 electrolyte in a quarter-conducting matrix | 50 um NMC811 | collector, C/2, 3.0-4.2 V.

    Transport: Nyman, Behm and Lindbergh, Electrochim. Acta 53 (2008) 6356, doi:10.1016/j.electacta.2008.04.023, both
    coefficients times `matrix`. Cathode: Chen et al., J. Electrochem. Soc. 167 (2020) 080534,
    doi:10.1149/1945-7111/ab9050, with a steep end of lithiation added so that the discharge ends. Films, exchange
    current of lithium and the solid's diffusivity: round numbers.
    """

    layers: tuple[float, ...] = (20e-6, 20e-6, 20e-6)
    layer_cells: int = 20
    cathode: float = 50e-6
    cathode_cells: int = 20
    shells: int = 15
    porosity: float = 0.335
    active: float = 0.665
    particle_radius: float = 5.22e-6
    electronic_conductivity: float = 0.18
    maximum: float = 63104.0
    start: float = 0.30
    bruggeman: float = 1.5
    transference: float = 0.4
    film: float = 1e-4  # ohm m2, on the lithium
    film_rate: float = 2.9e-14  # ohm2 m4/s, where the film grows at all
    one_c: float = 32.2  # A/m2
    rate: float = 0.5
    low: float = 3.0
    high: float = 4.2
    taper: float = 0.05  # of one_c
    matrix: float = 0.25
    double_layer: float = 0.2

    @property
    def current(self) -> float:
        return self.rate * self.one_c

    @property
    def specific_area(self) -> float:
        return 3.0 * self.active / self.particle_radius

    @property
    def salt(self) -> float:
        """Salt [mol/m2], which no cycle may change."""
        return SALT * (sum(self.layers) + self.porosity * self.cathode)

    @property
    def hosts(self) -> float:
        """Sites for lithium in the cathode [C/m2]: a step of dx in stoichiometry passes hosts dx, exactly."""
        return FARADAY * self.maximum * self.active * self.cathode

    def conductivity(self, c: Law) -> Law:
        u = c / 1000.0
        return self.matrix * (0.1297 * u * u * u - 2.51 * u * np.sqrt(u) + 3.329 * u)

    def diffusivity(self, c: Law) -> Law:
        u = c / 1000.0
        return self.matrix * (8.794e-11 * u * u - 3.972e-10 * u + 4.862e-10)

    @staticmethod
    def solid_diffusivity(x: Law) -> Law:
        return 4e-15 * np.exp(-1.5 * (x - 0.5))

    @staticmethod
    def open_circuit(x: Law) -> Law:
        return (
            -0.8090 * x
            + 4.4875
            - 0.0428 * np.tanh(18.5138 * (x - 0.5542))
            - 17.7326 * np.tanh(15.7890 * (x - 0.3117))
            + 17.5842 * np.tanh(15.9308 * (x - 0.3120))
            - 0.6 * np.exp(40.0 * (x - 0.97))
        )

    def cathode_exchange_current(self, c: Law, x: Law) -> Law:
        return 3.42e-6 * self.maximum * np.sqrt(c * x * (1.0 - x))

    @staticmethod
    def lithium_exchange_current(c: Law) -> Law:
        return 10.0 * np.sqrt(c / 1000.0)

    def film_growth(self, i: Law, film: Law) -> Law:
        """d(film)/dt [ohm m2/s]: parabolic, helped by the current i [A/m2]."""
        return self.film_rate * (1.0 + 0.05 * np.sqrt(i * i + 0.01)) / film


REFERENCE = ReferenceCell()
REFERENCE_FREQUENCIES = np.logspace(6.0, -4.0, 61)
