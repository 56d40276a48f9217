"""The unit rim: text such as ``"350(10) um"`` or ``"0.75 mS/cm"`` in, SI floats inside, text out again.

>>> parse("350(10) um", "length")
Value(value=0.00035, standard_uncertainty=1e-05)
>>> to_si("0.75 mS/cm", "conductivity")
0.075
>>> to_si("30 degC", "temperature")
303.15
>>> show(0.075, "mS/cm")
'0.75 mS/cm'
"""

from __future__ import annotations

from ceramer.units._constants import (
    AVOGADRO,
    BOLTZMANN,
    ELECTRONVOLT,
    FARADAY,
    GAS_CONSTANT,
    VACUUM_PERMITTIVITY,
    ZERO_CELSIUS,
)
from ceramer.units._parse import (
    DIMENSIONS,
    Dimension,
    Value,
    convert,
    dimension,
    parse,
    show,
    show_length,
    si_factor,
    si_scale,
    to_quantity,
    to_si,
    to_si_of,
)

__all__ = [
    "AVOGADRO",
    "BOLTZMANN",
    "DIMENSIONS",
    "ELECTRONVOLT",
    "FARADAY",
    "GAS_CONSTANT",
    "VACUUM_PERMITTIVITY",
    "ZERO_CELSIUS",
    "Dimension",
    "Value",
    "convert",
    "dimension",
    "parse",
    "show",
    "show_length",
    "si_factor",
    "si_scale",
    "to_quantity",
    "to_si",
    "to_si_of",
]
