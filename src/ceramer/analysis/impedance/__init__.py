"""Impedance spectra: is the spectrum consistent, which arcs does it show, what do they mean, and how sure is that.

>>> import numpy as np
>>> f = np.logspace(6, 0, 61)
>>> truth = Circuit.parse("p(R1,CPE1)-CPE2")
>>> z = truth.impedance([1e4, 1e-10, 0.95, 1e-6, 0.9], f)
>>> fit = fit_circuit(f, z, "(RQ)Q")
>>> f"{fit.params['R1']:.1f}"
'10000.0'
"""

from __future__ import annotations

from ceramer.analysis.impedance._arcs import Arc, ArcFit, Choice, arcs_of, fit_arcs
from ceramer.analysis.impedance._assign import Role, assign_arcs, effective_capacitance
from ceramer.analysis.impedance._batch import fit_batch
from ceramer.analysis.impedance._circuit import Circuit
from ceramer.analysis.impedance._conductivity import (
    brick_layer_grain_boundary_conductivity,
    conductivities,
    conductivity,
)
from ceramer.analysis.impedance._drt import DRT, Peak, drt
from ceramer.analysis.impedance._fit import CircuitFit, fit_circuit
from ceramer.analysis.impedance._kramers_kronig import KramersKronig, kramers_kronig
from ceramer.analysis.impedance._spectrum import COLUMNS, spectrum

__all__ = [
    "COLUMNS",
    "DRT",
    "Arc",
    "ArcFit",
    "Choice",
    "Circuit",
    "CircuitFit",
    "KramersKronig",
    "Peak",
    "Role",
    "arcs_of",
    "assign_arcs",
    "brick_layer_grain_boundary_conductivity",
    "conductivities",
    "conductivity",
    "drt",
    "effective_capacitance",
    "fit_arcs",
    "fit_batch",
    "fit_circuit",
    "kramers_kronig",
    "spectrum",
]
