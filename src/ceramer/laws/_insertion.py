"""Insertion electrodes: equilibrium potentials, diffusivities, exchange currents.

Stoichiometry x is the occupied share of the sites that the capacity counts: x = 0 charged, x = 1 full of lithium.
"""

from __future__ import annotations

import functools

import numpy as np

from ceramer.errors import InputError
from ceramer.laws._common import Numeric, not_negative, numbers, plain, positive, symbolic, where
from ceramer.units import FARADAY, GAS_CONSTANT

__all__ = [
    "chemical_diffusivity",
    "insertion_exchange_current",
    "lattice_gas_potential",
    "lfp_potential",
    "lto_potential",
    "maximum_concentration",
    "nmc811_diffusivity",
    "nmc811_potential",
    "nmc811_slow_potential",
]

_KELVIN = "pass kelvin, such as 303.15 for 30 degC"


def _inside(stoichiometry: Numeric, ends: bool = True) -> Numeric:
    x = numbers(stoichiometry, "The stoichiometry")
    if not symbolic(x):
        bad = (x.real < 0.0) | (x.real > 1.0) if ends else (x.real <= 0.0) | (x.real >= 1.0)
        if bad.any():
            rule = "between 0 and 1" if ends else "above 0 and below 1 (the ends lie at infinite potentials)"
            raise InputError(f"The stoichiometry must lie {rule}; divide the concentration by its maximum.")
    return x


def maximum_concentration(density: Numeric, molar_mass: Numeric, sites: Numeric = 1.0) -> Numeric:
    """Return the greatest lithium concentration of a crystal, ``c_max = n rho/M``.

    Parameters
    ----------
    density : rho of the crystal, [kg/m3]
    molar_mass : M of the formula unit, [kg/mol]
    sites : n, sites of lithium that the stoichiometry counts per formula unit, [-]

    Returns
    -------
    c_max, [mol/m3]

    Raises
    ------
    InputError
        If an argument is not above 0.

    Notes
    -----
    Fitted parameter sets often hold another value; with it the capacity per gram would not be ``n F/M``.

    References
    ----------
    .. [1] M. Faraday, Phil. Trans. R. Soc. 124, 77 (1834), doi:10.1098/rstl.1834.0008

    Examples
    --------
    >>> maximum_concentration(3600.0, 157.757e-3)
    22820.0
    """
    mass = positive(molar_mass, "The molar mass", "pass kg/mol")
    return plain(positive(sites, "The number of sites") * positive(density, "The density", "pass kg/m3") / mass)


def lfp_potential(stoichiometry: Numeric) -> Numeric:
    """Return the potential of LiFePO4, ``U = 3.4077 - 0.020269 x + 0.5 exp(-150 x) - 0.9 exp(-30 (1 - x))``.

    Parameters
    ----------
    stoichiometry : x in Li_x FePO4, [-], 0 to 1

    Returns
    -------
    U against lithium, [V]

    Raises
    ------
    InputError
        If x is outside 0..1.

    Notes
    -----
    25 degC, no hysteresis; the small slope of the plateau is of the fit.

    References
    ----------
    .. [1] S. Afshar, K. Morris, A. Khajepour, arXiv:1709.03970 (2017), as used in the parameter set Prada2013 of PyBaMM

    Examples
    --------
    >>> lfp_potential(0.5)
    3.397565
    """
    x = _inside(stoichiometry)
    ends = 0.5 * np.exp(-150.0 * x) - 0.9 * np.exp(-30.0 * (1.0 - x))
    return plain(3.4077 - 0.020269 * x + ends)


def nmc811_potential(stoichiometry: Numeric) -> Numeric:
    """Return the potential of LiNi0.8Mn0.1Co0.1O2, ``U = 4.4875 - 0.8090 x - sum_k a_k tanh(b_k (x - x_k))``.

    ``a = (0.0428, 17.7326, -17.5842)``, ``b = (18.5138, 15.7890, 15.9308)``, ``x_k = (0.5542, 0.3117, 0.3120)``

    Parameters
    ----------
    stoichiometry : x in Li_x NMC811, [-]; fitted from 0.2661 to 0.9084

    Returns
    -------
    U against lithium, [V]

    Raises
    ------
    InputError
        If x is outside 0..1.

    Notes
    -----
    25 degC. The two large terms cancel to 1 %. From 0.3 to 0.9 within 50 mV of `nmc811_slow_potential`, which has ends;
    beyond the fitted range this curve is a guess.

    References
    ----------
    .. [1] C.-H. Chen et al., J. Electrochem. Soc. 167, 080534 (2020), doi:10.1149/1945-7111/ab9050

    Examples
    --------
    >>> nmc811_potential(0.5)
    3.972
    """
    x = _inside(stoichiometry)
    steps = 0.0428 * np.tanh(18.5138 * (x - 0.5542)) + 17.7326 * np.tanh(15.7890 * (x - 0.3117))
    return plain(4.4875 - 0.8090 * x - steps + 17.5842 * np.tanh(15.9308 * (x - 0.3120)))


# Stoichiometry and potential [V]: some points of the table of Sturm 2019.
_NMC811_TABLE = (
    (0.215685, 4.29991),
    (0.220685, 4.28292),
    (0.225685, 4.26735),
    (0.230685, 4.25359),
    (0.235685, 4.24175),
    (0.240685, 4.23165),
    (0.245685, 4.22301),
    (0.250685, 4.21573),
    (0.260685, 4.20428),
    (0.270685, 4.19601),
    (0.280685, 4.18975),
    (0.290685, 4.18482),
    (0.300685, 4.18038),
    (0.310685, 4.17595),
    (0.320685, 4.16991),
    (0.330685, 4.16097),
    (0.340685, 4.14928),
    (0.360685, 4.12108),
    (0.380685, 4.09051),
    (0.400685, 4.06117),
    (0.420685, 4.03534),
    (0.440685, 4.01244),
    (0.460685, 3.9907),
    (0.480685, 3.96809),
    (0.500685, 3.94371),
    (0.520685, 3.91779),
    (0.540685, 3.89088),
    (0.560685, 3.86414),
    (0.580685, 3.83893),
    (0.600685, 3.81695),
    (0.620685, 3.79841),
    (0.640685, 3.78264),
    (0.680685, 3.75501),
    (0.720685, 3.72832),
    (0.760685, 3.70019),
    (0.800685, 3.66925),
    (0.840685, 3.63506),
    (0.860685, 3.61801),
    (0.880685, 3.6021),
    (0.900685, 3.58832),
    (0.920685, 3.57672),
    (0.950685, 3.56167),
    (0.970685, 3.55108),
    (0.980685, 3.5447),
    (0.985685, 3.54088),
    (0.990685, 3.53602),
    (0.993685, 3.53146),
    (0.995, 3.52811),
    (0.996, 3.52445),
    (0.997, 3.51902),
    (0.998, 3.51018),
    (0.9985, 3.50178),
    (0.999, 3.48423),
    (0.9993, 3.45447),
    (0.9995, 3.40677),
    (0.9997, 3.32434),
    (0.99985, 3.22817),
    (0.99995, 3.12362),
    (1, 3.02364),
)
_NMC811_FULL = 0.999  # where its x = 1 stands here


@functools.cache
def _nmc811_pieces() -> tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]:
    """Knots and coefficients of the monotone cubic through the table, with straight ends."""
    x, u = np.array(_NMC811_TABLE).T
    x = _NMC811_FULL * x
    h = np.diff(x)
    slope = np.diff(u) / h
    before, after = h[:-1] + 2.0 * h[1:], 2.0 * h[:-1] + h[1:]
    inner = (before + after) / (before / slope[:-1] + after / slope[1:])  # harmonic: it cannot overshoot
    d = np.concatenate([slope[:1], inner, slope[-1:]])
    cubic = np.array([(d[:-1] + d[1:] - 2.0 * slope) / h**2, (3.0 * slope - 2.0 * d[:-1] - d[1:]) / h, d[:-1], u[:-1]])
    charged, full = [0.0, 0.0, d[0], u[0] - d[0] * x[0]], [0.0, 0.0, d[-1], u[-1]]
    pieces = np.column_stack([charged, cubic, full])
    return tuple(map(float, (0.0, *x, 1.0))), tuple(tuple(map(float, row)) for row in pieces)


def nmc811_slow_potential(stoichiometry: Numeric) -> Numeric:
    """Return the potential of LiNi0.8Mn0.1Co0.1O2 by a table ``U(x)`` of a slow half cell, down to 3.02 V.

    Parameters
    ----------
    stoichiometry : x in Li_x NMC811, counted on the sites of the crystal, [-]; measured from 0.215 to 0.999

    Returns
    -------
    U against lithium, [V]

    Raises
    ------
    InputError
        If x is outside 0..1.

    Notes
    -----
    25 degC. A monotone cubic through 59 points of the table, within 1 mV of the others; beyond 4.30 V and below 3.02 V
    its last slopes go on. The x of the source is 1 at the end of its measurement, which is taken for 0.999 here.

    References
    ----------
    .. [1] J. Sturm et al., J. Power Sources 412, 204 (2019), doi:10.1016/j.jpowsour.2018.11.043, as tabulated in the
       parameter set NMC811_Ghosh2021 (github.com/mzzhuo/PyBaMM)

    Examples
    --------
    >>> nmc811_slow_potential(0.5)
    3.9439
    """
    from ceramer.numerics.chain import spline

    return plain(spline(_inside(stoichiometry), *_nmc811_pieces()))


_LTO_EXCESS = (14025.5664, 15593.5771, -100475.7578, -26389.4648)  # Redlich-Kister, J/mol
_LTO_ENERGY, _LTO_PLATEAU = -155432.9219, -155770.73438  # J/mol
_LTO_GAP = (0.1186100244522095, 0.8482373952865601)
_LTO_TEMPERATURE = 300.0


def _lto_branch(x: Numeric) -> Numeric:
    """Chemical potential of lithium in the single-phase branches, [J/mol]."""
    mu = _LTO_ENERGY + GAS_CONSTANT * _LTO_TEMPERATURE * (np.log(x) - np.log(1.0 - x))
    y = 1.0 - 2.0 * x
    for power, omega in enumerate(_LTO_EXCESS):
        inner = 2.0 * power * x * (1.0 - x) * y ** (power - 1) if power else 0.0
        mu = mu + omega * (y ** (power + 1) - inner)
    return mu


def lto_potential(stoichiometry: Numeric, plateau: Numeric = 1.55) -> Numeric:
    """Return the potential of Li4Ti5O12, ``U = U_p - [mu(x) - mu_p]/F`` outside its miscibility gap, ``U_p`` inside.

    ``mu = G0 + R T ln(x/(1 - x)) + sum_k W_k [(1 - 2x)**(k+1) - 2 k x (1 - x)(1 - 2x)**(k-1)]``

    Parameters
    ----------
    stoichiometry : x in Li(4 + 3x)Ti5O12, [-], above 0 and below 1
    plateau : U_p, [V]; 1.55 V by default, where the fit itself has 1.614 V

    Returns
    -------
    U against lithium, [V]

    Raises
    ------
    InputError
        If x is not above 0 and below 1, or U_p is not above 0.

    Notes
    -----
    W, G0 and the gap 0.1186..0.8482 as fitted at 300 K; continuous, with a kink at each end of the gap. The shape of
    the ends is that of one discharge curve.

    References
    ----------
    .. [1] A. M. Yao, V. Viswanathan, J. Phys. Chem. Lett. 15, 1143 (2024), doi:10.1021/acs.jpclett.3c03129
    .. [2] A. Vasileiadis et al., arXiv:1801.06521 (2018), as used in TRI-AMDD/mpet (plateau)

    Examples
    --------
    >>> lto_potential([0.05, 0.5, 0.95])
    array([2.074, 1.55 , 1.021])
    """
    x, top = _inside(stoichiometry, ends=False), positive(plateau, "The potential of the plateau")
    excess = (_LTO_PLATEAU - _lto_branch(x)) / FARADAY
    left, right = _LTO_GAP
    return plain(top + where(left - x, excess, 0.0) + where(x - right, excess, 0.0))


def lattice_gas_potential(
    stoichiometry: Numeric, potential: Numeric, slope: Numeric, reference: Numeric, temperature: Numeric
) -> Numeric:
    """Return a lattice-gas potential, ``U = U0 - g (x - x0) - (R T/F) [ln(x/(1 - x)) - ln(x0/(1 - x0))]``.

    Parameters
    ----------
    stoichiometry : x, [-], above 0 and below 1
    potential : U0 at x0, [V]
    slope : g, mean repulsion, [V]; 0 is the ideal lattice gas
    reference : x0, [-]
    temperature : T, [K]

    Returns
    -------
    U, [V]

    Raises
    ------
    InputError
        If x or x0 is not above 0 and below 1, or T is not above 0.

    Notes
    -----
    One kind of site, no two-phase region (it needs ``g > -4 R T/F``): a mixed conductor such as lithium trivanadate or
    titanate about one composition, not its whole curve.

    References
    ----------
    .. [1] R. A. Huggins, Advanced Batteries, Springer (2009), doi:10.1007/978-0-387-76424-5

    Examples
    --------
    >>> lattice_gas_potential(0.6, 2.6, 0.5, 0.5, 298.15)
    2.53958
    """
    x, x0 = _inside(stoichiometry, ends=False), _inside(reference, ends=False)
    thermal = GAS_CONSTANT * positive(temperature, "The temperature", _KELVIN) / FARADAY
    order = np.log(x) - np.log(1.0 - x) - np.log(x0) + np.log(1.0 - x0)
    return plain(numbers(potential, "U0") - numbers(slope, "The slope") * (x - x0) - thermal * order)


def nmc811_diffusivity(stoichiometry: Numeric, temperature: Numeric) -> Numeric:
    """Return the diffusivity of lithium in NMC811, ``D = 2.7 x 10**[-13.96 - sum_k a_k exp(-(x - x_k)**2/w_k)] A(T)``.

    ``a = (0.9231, 0.4066, 0.993)``, ``x_k = (0.3216, 0.4532, 0.8098)``, ``w = (0.002534, 0.003926, 0.09924)``,
    ``A = exp[1449 K (1/298.15 K - 1/T)]``

    Parameters
    ----------
    stoichiometry : x, [-], 0 to 1
    temperature : T, [K]

    Returns
    -------
    D, [m2/s]

    Raises
    ------
    InputError
        If x is outside 0..1 or T is not above 0.

    Notes
    -----
    Goes with particles of 5.22 um radius: what was measured is D over the square of the radius.

    References
    ----------
    .. [1] K. O'Regan et al., Electrochim. Acta 425, 140700 (2022), doi:10.1016/j.electacta.2022.140700

    Examples
    --------
    >>> nmc811_diffusivity(0.6, 298.15) * 1e15
    6.79845
    """
    x = _inside(stoichiometry)
    kelvin = positive(temperature, "The temperature", _KELVIN)
    power = -13.96 + 0.0 * x
    for depth, centre, width in ((0.9231, 0.3216, 0.002534), (0.4066, 0.4532, 0.003926), (0.993, 0.8098, 0.09924)):
        power = power - depth * np.exp(-((x - centre) ** 2) / width)
    return plain(2.7 * np.exp(power * np.log(10.0) + 1449.0 * (1.0 / 298.15 - 1.0 / kelvin)))


def insertion_exchange_current(
    rate_constant: Numeric, electrolyte: Numeric, surface: Numeric, maximum: Numeric
) -> Numeric:
    """Return the exchange current density of an insertion electrode, ``i0 = F k sqrt(c_e c_s (c_max - c_s))``.

    Parameters
    ----------
    rate_constant : k, [m2.5/mol0.5/s]
    electrolyte : c_e of lithium ions beside the particle, [mol/m3]
    surface : c_s of lithium at the surface of the particle, [mol/m3]
    maximum : c_max, [mol/m3]

    Returns
    -------
    i0, [A/m2]

    Raises
    ------
    InputError
        If k or a concentration is negative, or c_s is above c_max.

    Notes
    -----
    Both transfer coefficients 1/2, one electron. Beside a single-ion conductor c_e is constant.

    References
    ----------
    .. [1] M. Doyle, T. F. Fuller, J. Newman, J. Electrochem. Soc. 140, 1526 (1993), doi:10.1149/1.2221597

    Examples
    --------
    >>> insertion_exchange_current(6e-7 / 96485.33212, 1000.0, 11403.0, 22806.0)
    0.21636
    """
    taken = not_negative(surface, "The concentration at the surface")
    hint = "the surface holds more than the maximum"
    free = not_negative(numbers(maximum, "The maximum concentration") - taken, "The free space c_max - c_s", hint)
    ions = not_negative(electrolyte, "The concentration in the electrolyte")
    return plain(FARADAY * not_negative(rate_constant, "The rate constant") * np.sqrt(ions * taken * free))


def chemical_diffusivity(ionic: Numeric, electronic: Numeric, potential_slope: Numeric) -> Numeric:
    """Return the chemical diffusivity of a mixed conductor, ``D = -(dU/dc)/F sigma_i sigma_e/(sigma_i + sigma_e)``.

    Parameters
    ----------
    ionic : sigma_i, [S/m]
    electronic : sigma_e, [S/m]
    potential_slope : dU/dc of the equilibrium potential, [V m3/mol], below 0 in a stable phase

    Returns
    -------
    D, [m2/s]

    Raises
    ------
    InputError
        If a conductivity is negative, both are 0, or dU/dc is above 0.

    References
    ----------
    .. [1] W. Weppner, R. A. Huggins, J. Electrochem. Soc. 124, 1569 (1977), doi:10.1149/1.2133112

    Examples
    --------
    >>> chemical_diffusivity(1e-6, 1e-3, -1e-4)
    1.0354e-15
    """
    ions, electrons = (
        not_negative(ionic, "The ionic conductivity"),
        not_negative(electronic, "The electronic conductivity"),
    )
    pair = ions * electrons / positive(ions + electrons, "The total conductivity", "something must conduct")
    hint = "a potential that rises with lithium content is unstable"
    return plain(not_negative(-numbers(potential_slope, "dU/dc"), "The negative slope -dU/dc", hint) * pair / FARADAY)
