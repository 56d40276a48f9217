"""Flux laws of the phases, face by face: what is subtracted from the left node and added to the right one.

Every law below takes the two neighbouring nodes and returns fluxes [mol/(m2 s)] and current densities [A/m2], positive
to the right. phi is the potential of a reversible lithium reference in the phase. `width` is the distance between the
nodes [m], the face halfway; the first and the last node lie on the surfaces of the layer. Properties are the layer's
effective ones at its temperature; nothing here knows a Jacobian.

Where salt moves, the row of the salt holds ``N_- + tau i/F`` instead of the anion flux: salt and charge are conserved
alike, since tau (`anion_share`, that of the anions as the layer begins) is one number for the layer, and what migration
and the current have in common cancels on paper, not in round-off. Faces to other kinds of nodes do the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ceramer import laws
from ceramer.numerics.chain import FaceKind, NodeKind, Unknown
from ceramer.units import FARADAY, GAS_CONSTANT

__all__ = [
    "CERAMIC",
    "CERAMIC_FACE",
    "MIXED",
    "MIXED_FACE",
    "POLYMER",
    "TETHERED",
    "TETHERED_FACE",
    "TWO_PHASE",
    "TWO_PHASE_FACE",
    "BinaryLaws",
    "binary_flux",
    "ceramic_flux",
    "mixed_flux",
    "polymer_face",
    "tethered_flux",
    "two_phase_exchange",
    "two_phase_flux",
]

Number = Any
Law = Callable[..., Any]

_CONCENTRATION = Unknown("concentration", 1000.0)
_POTENTIAL = Unknown("potential", 0.1)


def power_law_conductivity(c: Number, sigma_0: Number, exponent: Number, c_0: Number) -> Number:
    """Return ``sigma = sigma_0 (c/c_0)**n`` [S/m]: n = 1 is an ideal dilute solution, n = 0 the top of the curve."""
    return sigma_0 * np.exp(exponent * np.log(c / c_0))


@dataclass(frozen=True)
class BinaryLaws:
    """Laws of a binary polymer electrolyte as functions of the salt concentration c [mol/m3].

    Each is a plain function of c (see `ceramer.numerics.chain.where` and `spline` for choices and tables), or None for
    the constants of the layer: conductivity [S/m], salt diffusivity [m2/s], transference number of lithium and
    thermodynamic factor 1 + dlnf/dlnc.

    Examples
    --------
    >>> laws = BinaryLaws(transference_number=lambda c: 0.2 + 1e-4 * c)
    """

    conductivity: Law | None = None
    diffusivity: Law | None = None
    transference_number: Law | None = None
    thermodynamic_factor: Law | None = None


def binary_flux(
    c_l: Number,
    phi_l: Number,
    c_r: Number,
    phi_r: Number,
    width: Number,
    sigma: tuple[Number, Number],
    diffusivity: tuple[Number, Number],
    transference_number: Number,
    thermodynamic_factor: Number,
    temperature: Number,
    left_out: Number = 0.0,
) -> tuple[Number, Number]:
    r"""Anion flux and current density of a binary salt in a polymer (concentrated solution theory).

    .. math::

        i = -\sigma \nabla\phi + \frac{2 R T \sigma}{F} (1 - t_+) \left(1 + \frac{d\ln f}{d\ln c}\right) \nabla\ln c,
        \qquad N_- = -D \nabla c - (1 - t_+) \frac{i}{F}

    `sigma` and `diffusivity` hold the values at the two nodes; they are in series over the face. The flux is returned
    without the share `left_out` of the current: :math:`N_- + \tau i/F`.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3
    """
    anion_share = 1.0 - transference_number
    diffusion_potential = 2.0 * GAS_CONSTANT / FARADAY * temperature * anion_share * thermodynamic_factor
    resistance = 0.5 * width * (1.0 / sigma[0] + 1.0 / sigma[1])
    i = -((phi_r - phi_l) - diffusion_potential * np.log(c_r / c_l)) / resistance
    n = -(c_r - c_l) / (0.5 * width * (1.0 / diffusivity[0] + 1.0 / diffusivity[1]))
    return n - (anion_share - left_out) * i / FARADAY, i


POLYMER = NodeKind("polymer", (_CONCENTRATION, _POTENTIAL))
"""Binary salt in a polymer: salt concentration and potential."""

_POLYMER_PARAMETERS = (
    "width",
    "conductivity",
    "exponent",
    "reference_concentration",
    "diffusivity",
    "transference_number",
    "thermodynamic_factor",
    "temperature",
    "anion_share",
)


def _polymer_law(given: BinaryLaws) -> Law:
    def law(
        c_l: Number,
        phi_l: Number,
        c_r: Number,
        phi_r: Number,
        width: Number,
        sigma_0: Number,
        exponent: Number,
        c_0: Number,
        d_0: Number,
        t_0: Number,
        factor_0: Number,
        temperature: Number,
        anion_share: Number,
    ) -> tuple[Number, Number]:
        def conductivity(c: Number) -> Number:
            if given.conductivity is None:
                return power_law_conductivity(c, sigma_0, exponent, c_0)
            return given.conductivity(c)

        def at(function: Law | None, constant: Number, c: Number) -> Number:
            return constant if function is None else function(c)

        def mean(function: Law | None, constant: Number) -> Number:
            return constant if function is None else 0.5 * (function(c_l) + function(c_r))

        return binary_flux(
            c_l,
            phi_l,
            c_r,
            phi_r,
            width,
            (conductivity(c_l), conductivity(c_r)),
            (at(given.diffusivity, d_0, c_l), at(given.diffusivity, d_0, c_r)),
            mean(given.transference_number, t_0),
            mean(given.thermodynamic_factor, factor_0),
            temperature,
            anion_share,
        )

    return law


@lru_cache
def polymer_face(given: BinaryLaws) -> FaceKind:
    """Return the face between two nodes of a polymer that obeys these laws."""
    return FaceKind("polymer", (0, 1), (0, 1), _POLYMER_PARAMETERS, _polymer_law(given), ((0, 0), (1, 1)))


def tethered_flux(
    c_l: Number,
    phi_l: Number,
    c_r: Number,
    phi_r: Number,
    width: Number,
    tethered: Number,
    d_plus: Number,
    d_minus: Number,
    temperature: Number,
    left_out: Number = 0.0,
) -> tuple[Number, Number]:
    r"""Anion flux and current density where some anions are fixed to the polymer (ideal, dilute).

    .. math::

        N_- = -D_a \nabla c_- - t_- \frac{i}{F}, \qquad
        i = -\sigma \nabla\phi + \frac{R T \sigma}{F} t_- \left(\frac{1}{c_+} + \frac{1}{c_-}\right) \nabla c_-

    with :math:`c_+ = c_- + c_f` and the properties of `ceramer.laws.tethered_anion_transport`. The gradient terms are
    those of :math:`\ln(c_+ c_-)`, so that c_f = 0 is the binary law exactly. `left_out` as in `binary_flux`.
    """
    left = laws.tethered_anion_transport(c_l, tethered, d_plus, d_minus, temperature)
    right = laws.tethered_anion_transport(c_r, tethered, d_plus, d_minus, temperature)
    anion_share = 0.5 * (left.anion_transference + right.anion_transference)
    resistance = 0.5 * width * (1.0 / left.conductivity + 1.0 / right.conductivity)
    activity = np.log(c_r * (c_r + tethered) / (c_l * (c_l + tethered)))
    i = -((phi_r - phi_l) - GAS_CONSTANT / FARADAY * temperature * anion_share * activity) / resistance
    diffusion = 0.5 * width * (1.0 / left.ambipolar_diffusivity + 1.0 / right.ambipolar_diffusivity)
    return -(c_r - c_l) / diffusion - (anion_share - left_out) * i / FARADAY, i


TETHERED = NodeKind("tethered", (_CONCENTRATION, _POTENTIAL))
"""Polymer with fixed anions: concentration of the mobile anion, potential."""
TETHERED_FACE = FaceKind(
    "tethered",
    (0, 1),
    (0, 1),
    ("width", "tethered", "cation_diffusivity", "anion_diffusivity", "temperature", "anion_share"),
    tethered_flux,
    ((0, 0), (1, 1)),
)


def ceramic_flux(phi_l: Number, phi_r: Number, width: Number, conductivity: Number) -> Number:
    r"""Current density of a single-ion conductor, :math:`i = -\sigma \nabla\phi`: electroneutral with fixed lithium."""
    return -(phi_r - phi_l) * conductivity / width


CERAMIC = NodeKind("ceramic", (_POTENTIAL,))
"""Single-ion conductor: potential."""
CERAMIC_FACE = FaceKind("ceramic", (0,), (0,), ("width", "conductivity"), ceramic_flux, ((0, 0),))


def two_phase_flux(
    c_l: Number,
    phi_l: Number,
    ceramic_l: Number,
    c_r: Number,
    phi_r: Number,
    ceramic_r: Number,
    width: Number,
    sigma_0: Number,
    exponent: Number,
    c_0: Number,
    diffusivity: Number,
    transference_number: Number,
    thermodynamic_factor: Number,
    temperature: Number,
    left_out: Number,
    ceramic_conductivity: Number,
) -> tuple[Number, Number, Number]:
    """Anion flux, current in both phases and current in the ceramic where both phases percolate.

    The polymer obeys `binary_flux` and the ceramic `ceramic_flux`, each with its effective properties while the other
    phase is blocked; what passes between them is `two_phase_exchange`.
    """
    sigma = (
        power_law_conductivity(c_l, sigma_0, exponent, c_0),
        power_law_conductivity(c_r, sigma_0, exponent, c_0),
    )
    n, i = binary_flux(
        c_l,
        phi_l,
        c_r,
        phi_r,
        width,
        sigma,
        (diffusivity, diffusivity),
        transference_number,
        thermodynamic_factor,
        temperature,
        left_out,
    )
    ceramic = ceramic_flux(ceramic_l, ceramic_r, width, ceramic_conductivity)
    return n + left_out * ceramic / FARADAY, i + ceramic, ceramic


def two_phase_exchange(c: Number, phi: Number, ceramic: Number, exchange: Number) -> tuple[Number, Number, Number]:
    """Current from polymer to ceramic in a node, ``g (phi_p - phi_c)``, g [S/m2] = a/R times the width of the node.

    It changes the row of the ceramic only: that of the potential is the charge of both phases.
    """
    return 0.0 * c, 0.0 * phi, exchange * (phi - ceramic)


TWO_PHASE = NodeKind(
    "two_phase", (_CONCENTRATION, _POTENTIAL, Unknown("ceramic_potential", 0.1)), ("exchange",), two_phase_exchange
)
"""Two percolating skeletons: salt, potential in the polymer, potential in the ceramic."""
TWO_PHASE_FACE = FaceKind(
    "two_phase",
    (0, 1, 2),
    (0, 1, 2),
    (*_POLYMER_PARAMETERS, "ceramic_conductivity"),
    two_phase_flux,
    ((0, 0), (1, 1), (2, 2)),
)


def mixed_flux(
    x_l: Number,
    phi_l: Number,
    x_r: Number,
    phi_r: Number,
    width: Number,
    ionic: Number,
    electronic: Number,
    x_0: Number,
    u_0: Number,
    slope: Number,
    temperature: Number,
) -> tuple[Number, Number]:
    r"""Lithium flux i_ion/F and total current in a mixed conductor whose lithium content x may vary.

    .. math::

        i_{ion} = -\sigma_i \nabla\phi, \qquad i_e = -\sigma_e \nabla\phi_e, \qquad \phi_e = \phi + U(x)

    Lithium is conserved as c_max dx/dt = -(1/F) div i_ion and charge as div(i_ion + i_e) = 0. Between electrodes that
    block one of the two this is the polarisation of Hebb and Wagner.

    References
    ----------
    .. [1] C. Wagner, Z. Phys. Chem. B 21, 25 (1933)
    """
    u_l = laws.lattice_gas_potential(x_l, u_0, slope, x_0, temperature)
    u_r = laws.lattice_gas_potential(x_r, u_0, slope, x_0, temperature)
    i_ion = -ionic * (phi_r - phi_l) / width
    i_electronic = -electronic * ((phi_r + u_r) - (phi_l + u_l)) / width
    return i_ion / FARADAY, i_ion + i_electronic


MIXED = NodeKind("mixed", (Unknown("stoichiometry", 0.1), _POTENTIAL))
"""Mixed conductor: lithium content x = c/c_max, potential of the ions."""
MIXED_FACE = FaceKind(
    "mixed",
    (0, 1),
    (0, 1),
    ("width", "ionic", "electronic", "x_0", "u_0", "slope", "temperature"),
    mixed_flux,
    ((0, 0), (1, 1)),
)
