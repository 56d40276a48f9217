"""Chains: conservation laws along one line, compiled from readable laws; no chemistry here.

A law is a plain function of numbers. It is called once with symbols, which gives its exact partial derivatives and the
source that Numba compiles; nobody writes a Jacobian.

>>> symbols, (flux,) = trace(lambda c, d: d * c**2, ["c", "d"])
>>> differentiate(flux, symbols[0])
<multiply 5>
"""

from __future__ import annotations

from ceramer.numerics.chain._chain import (
    COLUMNS,
    SUMMARY,
    TERMINAL,
    Chain,
    Face,
    Node,
    ParticleGroup,
    Program,
    Run,
    Step,
    program,
)
from ceramer.numerics.chain._generate import partials_source, source_of
from ceramer.numerics.chain._grid import graded_cells
from ceramer.numerics.chain._kinds import FaceKind, NodeKind, Particles, Rearranged, Unknown
from ceramer.numerics.chain._shells import Filling, Shells, spherical_shells
from ceramer.numerics.chain._symbol import Symbol, differentiate, spline, trace, where
from ceramer.numerics.chain._tableau import METHODS

__all__ = [
    "COLUMNS",
    "METHODS",
    "SUMMARY",
    "TERMINAL",
    "Chain",
    "Face",
    "FaceKind",
    "Filling",
    "Node",
    "NodeKind",
    "ParticleGroup",
    "Particles",
    "Program",
    "Rearranged",
    "Run",
    "Shells",
    "Step",
    "Symbol",
    "Unknown",
    "differentiate",
    "graded_cells",
    "partials_source",
    "program",
    "source_of",
    "spherical_shells",
    "spline",
    "trace",
    "where",
]
