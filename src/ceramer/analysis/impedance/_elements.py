"""Impedance of the elements of equivalent circuits, each with its derivatives; nothing else is known here.

Every function takes the angular frequency ``omega`` [rad/s] (any shape) and scalars or arrays that broadcast
against it, and returns the impedance Z [ohm] and the tuple of dZ/d(ln p) (dZ/d(alpha) for the exponent alpha).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "arc",
    "capacitor",
    "constant_phase_element",
    "gerischer",
    "inductor",
    "loaded_arc",
    "resistor",
    "warburg",
    "warburg_open",
    "warburg_short",
]

Complex = NDArray[np.complex128]
Derivatives = tuple[Complex, ...]
_HALF_PI_J = 0.5j * np.pi


def resistor(omega: Any, resistance: Any) -> tuple[Complex, Derivatives]:
    """Z = R; R [ohm]. Derivatives: (ln R,)."""
    z = resistance + 0j * omega
    return z, (z,)


def capacitor(omega: Any, capacitance: Any) -> tuple[Complex, Derivatives]:
    """Z = 1 / (j omega C); C [F]. Derivatives: (ln C,)."""
    z = 1.0 / (1j * omega * capacitance)
    return z, (-z,)


def inductor(omega: Any, inductance: Any) -> tuple[Complex, Derivatives]:
    """Z = j omega L; L [H]. Derivatives: (ln L,)."""
    z = 1j * omega * inductance
    return z, (z,)


def constant_phase_element(omega: Any, q: Any, alpha: Any) -> tuple[Complex, Derivatives]:
    """Z = 1 / (Q (j omega)^alpha); Q [s^alpha/ohm], 0 < alpha <= 1. Derivatives: (ln Q, alpha)."""
    log_omega = np.log(omega) + _HALF_PI_J
    z = np.exp(-alpha * log_omega) / q
    return z, (-z, -z * log_omega)


def arc(log_omega: Any, resistance: Any, log_tau: Any, alpha: Any) -> tuple[Complex, Derivatives]:
    """Depressed arc R || CPE: Z = R / (1 + (j omega tau)^alpha) with tau = (R Q)^(1/alpha).

    Takes ln(omega), R [ohm], ln(tau / s) and alpha, because that is what is fitted. Derivatives: (ln R, ln tau, alpha).
    """
    u = log_omega + log_tau
    growth = np.exp(np.minimum(np.maximum(alpha * u, -200.0), 200.0))
    share = 1.0 / (1.0 + growth * np.exp(alpha * _HALF_PI_J))
    z = resistance * share
    slope = z * (share - 1.0)
    return z, (z, alpha * slope, slope * (u + _HALF_PI_J))


def loaded_arc(log_omega: Any, resistance: Any, log_tau: Any, alpha: Any, load: Any) -> tuple[Complex, Derivatives]:
    """Charge transfer with diffusion behind it (Randles): (R + Z_load) || CPE, with tau = (R Q)^(1/alpha) as in `arc`.

    Z = R / (R/(R + Z_load) + (j omega tau)^alpha); Z_load [ohm]. Derivatives: (ln R, ln tau, alpha, Z_load).
    """
    u = log_omega + log_tau
    growth = np.exp(np.minimum(np.maximum(alpha * u, -200.0), 200.0)) * np.exp(alpha * _HALF_PI_J)
    part = 1.0 / (1.0 + load / resistance)
    share = 1.0 / (part + growth)
    z = resistance * share
    slope = -z * share * growth
    inner = (share * part) ** 2
    return z, (z - load * inner, alpha * slope, slope * (u + _HALF_PI_J), inner)


def warburg(omega: Any, sigma: Any) -> tuple[Complex, Derivatives]:
    """Semi-infinite diffusion: Z = sigma (1 - j) / sqrt(omega); sigma [ohm s^-1/2]. Derivatives: (ln sigma,)."""
    z = sigma * (1.0 - 1.0j) / np.sqrt(omega)
    return z, (z,)


def warburg_open(omega: Any, resistance: Any, tau: Any) -> tuple[Complex, Derivatives]:
    """Diffusion to a blocking end: Z = R coth(s) / s, s = sqrt(j omega tau). Derivatives: (ln R, ln tau)."""
    s = np.sqrt(1j * omega * tau)
    q, gap = np.exp(-2.0 * s), -np.expm1(-2.0 * s)
    z = resistance * (1.0 + q) / (gap * s)
    return z, (z, -0.5 * z - 2.0 * resistance * q / gap**2)


def warburg_short(omega: Any, resistance: Any, tau: Any) -> tuple[Complex, Derivatives]:
    """Diffusion to a reservoir: Z = R tanh(s) / s, s = sqrt(j omega tau). Derivatives: (ln R, ln tau)."""
    s = np.sqrt(1j * omega * tau)
    q = np.exp(-2.0 * s)
    z = resistance * -np.expm1(-2.0 * s) / ((1.0 + q) * s)
    return z, (z, -0.5 * z + 2.0 * resistance * q / (1.0 + q) ** 2)


def gerischer(omega: Any, resistance: Any, tau: Any) -> tuple[Complex, Derivatives]:
    """Diffusion with reaction: Z = R / sqrt(1 + j omega tau). Derivatives: (ln R, ln tau)."""
    x = 1j * omega * tau
    z = resistance / np.sqrt(1.0 + x)
    return z, (z, -0.5 * z * x / (1.0 + x))
