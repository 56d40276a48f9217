"""Arcs of images: the brick-layer law exactly, and what a fit of the spectrum gets back."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba")

from ceramer import laws
from ceramer.analysis import analyse, impedance
from ceramer.errors import InputError
from ceramer.microstructure.voxels import Sizes, effective_conductivity, effective_impedance, particles, polycrystal
from ceramer.units import VACUUM_PERMITTIVITY

GRAIN, KAPPA = 0.3, 15.0  # [S/m], [-]
G, C, EDGE = 1000.0, 0.02, 2e-6  # [S/m2], [F/m2], [m]
L_OVER_A = 5e-4 / 1e-4
F = np.logspace(9.5, 1.0, 60)


def bricks():
    """2 x 2 x 2 cubes of 4 voxels an edge, each its own grain."""
    grains = ((np.indices((8, 8, 8)) // 4) * np.array([4, 2, 1]).reshape(3, 1, 1, 1)).sum(axis=0)
    return np.zeros((8, 8, 8), int), {"grains": grains, "voxel_size": EDGE / 4, "smooth": False}


@pytest.fixture(scope="module")
def spectrum():
    image, more = bricks()
    return effective_impedance(
        image,
        {0: ("3 mS/cm", KAPPA)},
        F,
        interfaces={(0, 0): (G, "2 uF/cm2")},
        thickness="500 um",
        area="1 cm2",
        **more,
    )


def test_cubes_with_boundaries_are_the_brick_layer_law_at_every_frequency(spectrum):
    s = 2j * np.pi * F
    grain, boundary = GRAIN + s * VACUUM_PERMITTIVITY * KAPPA, 1.0 / (G + s * C)
    exact = [laws.brick_layer_total(g, EDGE, r) for g, r in zip(grain, boundary, strict=True)]
    np.testing.assert_allclose(spectrum.conductivity, exact, rtol=1e-6)
    np.testing.assert_allclose(spectrum.impedance, L_OVER_A / np.array(exact), rtol=1e-6)
    assert (spectrum.impedance.imag < 0.0).all()
    np.testing.assert_allclose(sum(spectrum.power_shares.values()), 1.0, atol=1e-9)


def test_a_fit_gets_both_arcs_back(spectrum):
    fit = impedance.fit_arcs(*impedance.spectrum(spectrum.measurement()), thickness=5e-4, area=1e-4)
    bulk, boundary = fit.arcs
    assert bulk.resistance == pytest.approx(L_OVER_A / GRAIN, rel=1e-4)
    assert bulk.capacitance == pytest.approx(VACUUM_PERMITTIVITY * KAPPA / L_OVER_A, rel=1e-3)
    assert boundary.resistance == pytest.approx(L_OVER_A / (G * EDGE), rel=1e-4)
    assert boundary.capacitance == pytest.approx(C * EDGE / L_OVER_A, rel=1e-3)
    assert "grain boundary" in str(boundary.role)
    assert "bulk" in str(bulk.role)


def test_every_analysis_reads_the_spectrum(spectrum):
    report = str(analyse(spectrum.measurement()))
    total = 1.0 / (1.0 / GRAIN + 1.0 / (G * EDGE))
    assert f"{10 * total:.7f}"[:-2] in report  # [mS/cm]
    assert "2 arcs" in report


def test_films_of_voxels_between_cubes_approach_the_law_of_thin_boundaries():
    """A film one voxel thick, its own R||C; the law is a lower bound, the nearer the thinner the film."""
    film, kappa = 2e-4, 30.0
    f = np.logspace(7.0, 2.0, 6)
    s = 2j * np.pi * f * VACUUM_PERMITTIVITY
    worst = []
    for n in (10, 20):
        image = np.zeros((n, n, n), int)
        image[0], image[:, 0], image[:, :, 0] = 1, 1, 1
        found = effective_impedance(image, {0: (GRAIN, KAPPA), 1: (film, kappa)}, f).conductivity
        law = [
            laws.brick_layer_infiltrated(g, b, n - 1.0, 1.0)
            for g, b in zip(GRAIN + s * KAPPA, film + s * kappa, strict=True)
        ]
        assert (found.real > np.real(law)).all()
        worst.append(np.abs(found / law - 1.0).max())
    assert worst[1] < 0.6 * worst[0] < 0.06


def test_the_ends_of_a_spectrum_are_conduction_and_polarisation():
    image = particles((20,) * 3, 1e-6, 0.4, Sizes.single(6e-6), seed=3)
    sigma, kappa = {"matrix": 0.1, "particle": 0.3}, {"matrix": 10.0, "particle": 15.0}
    spectrum = effective_impedance(image, {name: (sigma[name], kappa[name]) for name in sigma}, [1.0, 1e14])
    slow = effective_conductivity(image, sigma, directions="z", tolerance=1e-8, precision="float64").along("z")
    fast = effective_conductivity(image, kappa, directions="z", tolerance=1e-8, precision="float64").along("z")
    assert spectrum.conductivity[0].real == pytest.approx(slow, rel=1e-5)
    assert spectrum.conductivity[1].imag == pytest.approx(2e14 * np.pi * VACUUM_PERMITTIVITY * fast, rel=1e-3)


def test_a_laminate_is_its_layers_and_contacts_in_series():
    """LATP, its boundaries and polymer from 1 MHz to 1 Hz: 1/sigma* = sum f_k/s_k + sum 1/(G L), at every frequency."""
    edge, image = 1e-6, np.zeros((10, 2, 2), np.uint8)
    grains = np.zeros(image.shape, np.int32)
    image[6:] = 1  # grains of 2 and 4 voxels, then 4 of polymer
    grains[2:6] = 1
    phases = {0: (0.3, 15.0), 1: (0.077, 25.0)}
    boundary, contact = (2e3, 0.066), (5e4, 0.3)
    f = np.geomspace(1e6, 1.0, 13)
    found = effective_impedance(
        image,
        phases,
        f,
        interfaces={(0, 0): boundary, (0, 1): contact},
        voxel_size=edge,
        grains=grains,
        periodic=False,
        tolerance=1e-12,
    )
    w = 2j * np.pi * f
    s, p = (sigma + w * VACUUM_PERMITTIVITY * kappa for sigma, kappa in phases.values())
    gb, ct = (g + w * c for g, c in (boundary, contact))
    exact = 1.0 / (0.6 / s + 0.4 / p + (1.0 / gb + 1.0 / ct) / (10 * edge))
    np.testing.assert_allclose(found.conductivity, exact, rtol=1e-9)


def test_a_sweep_starts_from_what_it_knows_and_ends_at_the_same_values():
    image = polycrystal(16, 0.5e-6, 2e-6, seed=4)
    f = np.geomspace(1e6, 1.0, 9)
    more = {"interfaces": {("grain", "grain"): (G, C)}, "tolerance": 1e-6}
    counts: dict[str, int] = {}
    sweep = effective_impedance(
        image, {"grain": (GRAIN, KAPPA)}, f[::-1], progress=lambda name, k, _: counts.update({name: k}), **more
    )
    for n in (0, 6):  # the last to be solved, and one where the boundaries turn from short circuits into resistances
        alone = effective_impedance(image, {"grain": (GRAIN, KAPPA)}, sweep.frequency[n], **more)
        assert sweep.conductivity[n] == pytest.approx(alone.conductivity[0], rel=4e-6)
    assert next(iter(counts)) == "1 of 9"
    assert sum(list(counts.values())[-4:]) <= 8  # a combination of earlier fields is nearly the answer


def test_a_random_pellet_obeys_causality_and_keeps_one_boundary_arc():
    image = polycrystal(20, 0.25e-6, 1.6e-6, seed=1)
    f = np.logspace(6.5, 2.0, 16)
    spectrum = effective_impedance(
        image,
        {"grain": (GRAIN, KAPPA)},
        f,
        interfaces={("grain", "grain"): (G, C)},
        thickness=5e-4,
        area=1e-4,
    )
    assert impedance.kramers_kronig(f, spectrum.impedance).valid.all()
    fit = impedance.fit_circuit(f, spectrum.impedance, "R0-p(R1,CPE1)").params
    assert fit["R0"] == pytest.approx(L_OVER_A / GRAIN, rel=0.25)  # grains of unlike size smear the foot of the arc
    assert fit["R1"] == pytest.approx(L_OVER_A / (G * 1.6e-6), rel=0.25)  # grains of that size in the mean, not cubes
    assert fit["CPE1_alpha"] > 0.97
    tau = (fit["R1"] * fit["CPE1_Q"]) ** (1.0 / fit["CPE1_alpha"])
    assert tau == pytest.approx(C / G, rel=0.05)


@pytest.mark.parametrize(
    ("phases", "frequencies", "more", "words"),
    [
        ({0: (1.0, 5.0)}, [0.0, 1.0], {}, "above 0"),
        ({0: (1.0, 5.0)}, [], {}, "above 0"),
        ({0: 1.0}, [1.0], {}, "give two numbers"),
        ({0: (-1.0, 5.0)}, [1.0], {}, "0 or more"),
        ({0: (1.0, float("inf"))}, [1.0], {}, "0 or more"),
        ({0: (0.0, 0.0)}, [1.0], {}, "infinite"),
        ({0: (1.0, 5.0)}, [1.0], {"area": 0.0}, "above 0"),
        ({0: (1.0, 5.0)}, [1.0], {"interfaces": {(0, 0): (1.0, "3 S")}}, "areal"),
    ],
)
def test_what_makes_no_spectrum_is_said(phases, frequencies, more, words):
    with pytest.raises(InputError, match=words):
        effective_impedance(np.zeros((2, 2, 2), int), phases, frequencies, **more)
