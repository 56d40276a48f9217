"""Physical constants: exact by definition of the SI (2019), except the measured permittivity (CODATA 2022)."""

from __future__ import annotations

from typing import Final

AVOGADRO: Final = 6.02214076e23
"""Avogadro constant [1/mol]."""
BOLTZMANN: Final = 1.380649e-23
"""Boltzmann constant [J/K]."""
ELECTRONVOLT: Final = 1.602176634e-19
"""Elementary charge [C], which is also one electronvolt [J]."""
FARADAY: Final = AVOGADRO * ELECTRONVOLT
"""Faraday constant [C/mol]."""
GAS_CONSTANT: Final = AVOGADRO * BOLTZMANN
"""Molar gas constant [J/mol/K]."""
VACUUM_PERMITTIVITY: Final = 8.8541878188e-12
"""Vacuum permittivity [F/m]."""
ZERO_CELSIUS: Final = 273.15
"""0 degC [K]."""
