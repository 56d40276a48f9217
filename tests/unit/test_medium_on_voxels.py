"""A medium given by a voxel image in place of a closed form."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba")

from ceramer import cell, laws, library
from ceramer.errors import InputError, UnknownNameError
from ceramer.materials import catalogue
from ceramer.microstructure import Composite, MediumSpec, VoxelComposite, build_medium
from ceramer.microstructure.voxels import Mixture, Sizes, VoxelImage, effective_conductivity, particles
from ceramer.provenance import validate

T = 303.15


def conductor(ionic, electronic="1e-9 S/cm", energy="0.3 eV", fraction=1.0):
    return {
        "ionic_conductivity": {"value": ionic, "temperature": "30 degC", "activation_energy": energy},
        "electronic_conductivity": {"value": electronic, "temperature": "30 degC"},
        "current_fraction": fraction,
        "density": "2 g/cm3",
    }


MEDIA = {"soft": conductor("1 mS/cm", "1e-12 S/cm", "0.4 eV", 0.3), "hard": conductor("0.2 mS/cm", "1e-9 S/cm")}


class NoRecipes:
    def volume_fraction(self, recipe, component, ledger):
        return 0.4

    def density(self, recipe, ledger):
        raise AssertionError

    def microstructure(self, name):
        return library.load_microstructure(name)


@pytest.fixture
def laminate(tmp_path):
    """A quarter of label 1 across z, as an image file; its series and parallel values are exact."""
    image = np.zeros((8, 6, 6), np.uint8)
    image[:2] = 1
    path = tmp_path / "layers.npy"
    np.save(path, image)
    return path


def build(mix, ledger=None):
    specs = {key: validate(MediumSpec, value, "my.toml") for key, value in {**MEDIA, "mix": mix}.items()}
    return build_medium("mix", specs.get, ledger or catalogue().ledger(), NoRecipes())


def on_file(path, **link):
    return {
        "microstructure": {"file": str(path), "voxel_size": "1 um", **link},
        "phases": [
            {"medium": "soft", "volume_fraction": "image", "image_phase": "label 0"},
            {"medium": "hard", "volume_fraction": "image", "image_phase": "label 1"},
        ],
    }


def test_an_image_of_layers_is_series_across_and_parallel_along(laminate):
    across, along = build(on_file(laminate)), build(on_file(laminate, direction="x"))
    assert isinstance(across, VoxelComposite)
    assert across.fractions == pytest.approx((0.75, 0.25))
    for temperature in (T, 353.15):
        values = [medium.ionic_conductivity(temperature) for medium, _ in across.phases]
        # image axes of a file are not periodic: electrodes at both ends
        assert across.ionic_conductivity(temperature) == pytest.approx(laws.series(values, (0.75, 0.25)), rel=1e-5)
        assert along.ionic_conductivity(temperature) == pytest.approx(laws.parallel(values, (0.75, 0.25)), rel=1e-5)
    assert across.electronic_conductivity(T) == pytest.approx(1 / (0.75 / 1e-10 + 0.25 / 1e-7), rel=1e-5)
    slow, fast = 0.75 / (0.3 * 0.1), 0.25 / 0.02
    assert across.current_fraction(T) == pytest.approx((0.75 / 0.1 + fast) / (slow + fast), rel=1e-5)
    assert across.path_shares(T)["label 0"] == pytest.approx((0.75 / 0.1) / (0.75 / 0.1 + 0.25 / 0.02), rel=1e-5)
    assert across.discretisation_error(T) < 1e-5
    assert across.density() == pytest.approx(2000.0)
    assert "layers.npy" in across.provenance


def test_a_recipe_is_made_with_the_fraction_that_is_stated():
    mix = {
        "recipe": "any",
        "microstructure": {"file": "PCE_touching", "direction": "mean"},
        "phases": [
            {"medium": "soft", "volume_fraction": "rest", "image_phase": "matrix"},
            {"medium": "hard", "volume_fraction": "recipe", "image_phase": "particle"},
        ],
    }
    medium = build(mix)
    assert medium.fractions == pytest.approx((0.6, 0.4), abs=1e-4)
    values = [m.ionic_conductivity(T) for m, _ in medium.phases]
    assert laws.series(values, medium.fractions) < medium.ionic_conductivity(T) < laws.parallel(values, (0.6, 0.4))
    bruggeman = Composite("closed", medium.phases, "bruggeman")
    assert medium.ionic_conductivity(T) == pytest.approx(bruggeman.ionic_conductivity(T), rel=0.05)
    assert 0.0 < medium.discretisation_error(T) < 0.05
    assert medium.ions is build(mix).ions  # one image for all ledgers
    assert medium.ions is medium.electrons
    assert "particles: fraction 0.4" in medium.provenance


def test_contacts_and_sheets_of_a_recipe_carry_ions_and_no_electrons(tmp_path):
    path = tmp_path / "balls.toml"
    text = (
        'kind = "microstructure"\nname = "balls"\ngenerator = "particles"\nshape = 24\nvoxel_size = "0.5 um"\n'
        '[parameters]\nfraction = 0.3\ndiameter = "4 um"\n'
    )
    phases = [
        {"medium": "soft", "volume_fraction": "image", "image_phase": "matrix"},
        {"medium": "hard", "volume_fraction": "image", "image_phase": "particle"},
    ]
    found = {}
    for name, more in {
        "bare": "",
        "contact": '[[interfaces]]\nbetween = ["matrix", "particle"]\nareal_conductance = "0.001 S/cm2"\n',
        "sheet": '[[sheets]]\nbetween = ["matrix", "particle"]\nsheet_conductance = "20 nS"\n',
    }.items():
        path.write_text(text + more)
        found[name] = build({"microstructure": str(path), "phases": phases})
    ions = {name: medium.ionic_conductivity(T) for name, medium in found.items()}
    assert ions["contact"] < 0.95 * ions["bare"] < 1.05 * ions["bare"] < ions["sheet"]
    assert len({medium.electronic_conductivity(T) for medium in found.values()}) == 1
    assert len({medium.mix([1.0, 0.0]) for medium in found.values()}) == 1  # the geometry alone
    assert found["sheet"].current_fraction(T) > 1.05 * found["bare"].current_fraction(T)  # a path for lithium
    assert found["sheet"].path_shares(T)["matrix|particle"] > 0.05
    assert sum(found["sheet"].path_shares(T).values()) == pytest.approx(1.0, abs=1e-9)


def test_a_stack_takes_the_layer_and_says_what_is_missing(tmp_path, laminate):
    def stack(sigma):
        spec = validate(
            cell.StackSpec,
            {
                "name": "S",
                "layers": [{"name": "mix", "thickness": "10 um"}, {"name": "soft", "thickness": "20 um"}],
                "media": {**MEDIA, "hard": conductor(sigma), "mix": on_file(laminate)},
            },
            "my_stack",
        )
        return library.build_stack(spec, library.book().ledger())

    series = 1 / (0.75 / 0.1 + 0.25 / 0.02)
    resistance = 10e-6 / series + 20e-6 / 0.1
    assert stack("0.2 mS/cm").area_specific_resistance(T) == pytest.approx(resistance, rel=1e-5)
    with pytest.raises(InputError, match="reaches through its image"):
        stack("0 mS/cm").area_specific_resistance(T)


def test_the_curve_of_two_phases_is_within_1e_4_of_a_solve():
    image = particles((24,) * 3, 0.5e-6, 0.45, Sizes.single(4e-6), seed=2)
    mixture = Mixture(image)
    rng = np.random.default_rng(0)
    for at in rng.uniform(-7, 7, 8):
        sigma = {"matrix": 0.3 * np.exp(at), "particle": 0.3}
        solved = effective_conductivity(image, sigma, tolerance=1e-8, precision="float64").mean
        assert mixture(sigma) == pytest.approx(solved, rel=1e-4)
        assert mixture({k: 7.0 * v for k, v in sigma.items()}) == pytest.approx(7.0 * mixture(sigma), rel=1e-12)
    nodes = len(mixture._kept)
    mixture(sigma)
    assert len(mixture._kept) == nodes


def test_a_mixture_of_insulators_and_one_direction():
    labels = np.zeros((4, 4, 4), np.uint8)
    labels[2] = 1
    image = VoxelImage(labels, 1e-6, {0: "a", 1: "b"}, "layers", (True, True, True))
    assert Mixture(image, "z")({"a": 1.0, "b": 0.0}) == 0.0
    assert Mixture(image, "x")({"a": 1.0, "b": 0.0}) == pytest.approx(0.75)
    assert Mixture(image)({"a": 1.0, "b": 0.0}) == pytest.approx(0.5)
    assert Mixture(image)({"a": 0.0, "b": 0.0}) == 0.0
    with pytest.raises(InputError, match="'b' of the image has no conductivity"):
        Mixture(image)({"a": 1.0})
    with pytest.raises(UnknownNameError, match="direction"):
        Mixture(image, "w")


PHASES = [
    {"medium": "soft", "volume_fraction": "rest", "image_phase": "label 0"},
    {"medium": "hard", "volume_fraction": 0.25, "image_phase": "label 1"},
]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"structure": "parallel"}, "exclude each other"),
        ({"phases": []}, "needs phases"),
        ({"phases": [{**PHASES[0], "volume_fraction": "image"}, PHASES[1]]}, "holds for all phases"),
        ({"phases": [PHASES[0], {**PHASES[1], "volume_fraction": 0.3}]}, "75.0 % of the image and 70.0 % is stated"),
        ({"phases": [{**PHASES[0], "volume_fraction": 1.0}]}, "label 1' of the image has no medium"),
        ({"phases": [PHASES[0], {**PHASES[1], "image_phase": "lable 1"}]}, "did you mean 'label 1'"),
        ({"microstructure": "CSE_framwork"}, "'CSE_framework'"),
        ({"microstructure": "nowhere.npy"}, "no image nowhere.npy"),
        ({"microstructure": {"file": "PCE_coated", "voxel_size": "1 um"}}, "its own voxel_size"),
    ],
)
def test_what_does_not_fit_is_said(laminate, change, words):
    mix = {"microstructure": {"file": str(laminate), "voxel_size": "1 um"}, "phases": PHASES, **change}
    with pytest.raises(InputError, match=words):
        build(mix)


def test_no_image_no_fraction_of_an_image():
    with pytest.raises(InputError, match="needs a microstructure"):
        build({"phases": [{"medium": "soft", "volume_fraction": "image"}]})


BALLS = particles((24,) * 3, 0.5e-6, 0.45, Sizes.single(4e-6), seed=2)
PAIR = ("matrix", "particle")


@pytest.mark.parametrize("kind", ["interfaces", "sheets"])
def test_the_surface_of_two_phases_and_a_contact_or_sheet(kind):
    rng = np.random.default_rng(1)
    for at, above in rng.uniform(-4, 4, (4, 2)):
        surface = 0.3 * np.exp(above) * (0.5e-6 if kind == "sheets" else 2e6)
        sigma = {"matrix": 0.3, "particle": 0.3 * np.exp(at)}
        mixture = Mixture(BALLS, "z", **{kind: {PAIR[::-1]: surface}})
        solved = effective_conductivity(
            BALLS, sigma, directions="z", tolerance=1e-8, precision="float64", **{kind: {PAIR: surface}}
        )
        assert mixture(sigma) == pytest.approx(solved.along("z"), rel=3e-4)
        shares = mixture.shares(sigma)
        assert shares["particle|matrix"] == pytest.approx(solved.power_shares["z"][0, 1], rel=5e-3, abs=1e-4)
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-9)


def test_the_sheet_that_a_target_needs():
    sigma, mixture = {"matrix": 0.05, "particle": 0.1}, Mixture(BALLS)
    bare = mixture(sigma)
    needed = mixture.sheet_needed(sigma, PAIR, 1.8 * bare)
    solved = effective_conductivity(BALLS, sigma, sheets={PAIR: needed}, tolerance=1e-7, precision="float64")
    assert solved.mean == pytest.approx(1.8 * bare, rel=1e-5)
    # a photograph twice as large has half the surface, and needs twice the sheet
    large = Mixture(VoxelImage(BALLS.labels, 1e-6, BALLS.phases, "", BALLS.periodic))
    assert large.sheet_needed(sigma, PAIR, 1.8 * bare) == pytest.approx(2.0 * needed, rel=1e-6)
    assert mixture.sheet_needed(sigma, PAIR, 30.0 * bare) > 30.0 * needed
    with pytest.raises(InputError, match="phases alone conduct"):
        mixture.sheet_needed(sigma, PAIR, 0.9 * bare)


def test_what_two_mixtures_of_one_image_keep_is_not_mixed_up():
    sigma, mixture = {"matrix": 0.05, "particle": 0.1}, Mixture(BALLS, "z")
    bare, low = mixture(sigma), mixture.halved()(sigma)
    sheet = mixture.with_sheet(PAIR, 1e-7)
    assert sheet(sigma) > 1.2 * bare
    assert mixture(sigma) == bare
    assert sheet.with_sheet(PAIR, 0.0)(sigma) == bare
    assert sheet.halved()(sigma) != sheet(sigma)
    assert mixture.halved()(sigma) == low


def test_the_contact_that_a_target_needs():
    sigma, mixture = {"matrix": 0.05, "particle": 0.1}, Mixture(BALLS)
    bare = mixture(sigma)
    needed = mixture.contact_needed(sigma, PAIR, 0.8 * bare)
    solved = effective_conductivity(BALLS, sigma, interfaces={PAIR: needed}, tolerance=1e-7, precision="float64")
    assert solved.mean == pytest.approx(0.8 * bare, rel=1e-5)
    with pytest.raises(InputError, match="phases alone conduct"):
        mixture.contact_needed(sigma, PAIR, 1.1 * bare)
    with pytest.raises(InputError, match="No conductance between 'matrix' and 'particle'"):
        mixture.contact_needed(sigma, PAIR, 0.1 * bare)  # the matrix alone carries more
    grains = (np.indices((8, 8, 8)) // 4 * np.array([4, 2, 1]).reshape(3, 1, 1, 1)).sum(axis=0) + 1
    bricks = VoxelImage(np.zeros((8, 8, 8)), 1e-6, {0: "grain"}, "bricks", (True,) * 3, grains)
    exact = 1.0 / (4e-6 * (1.0 / 0.25 - 1.0))  # 1/H = 1/s + 1/(G d)
    found = Mixture(bricks).contact_needed({"grain": 1.0}, ("grain", "grain"), 0.25)
    assert found == pytest.approx(exact, rel=0.02)


def test_the_cell_engine_takes_such_a_layer(laminate):
    from ceramer.physics._from_cell import layer_model

    medium = build(on_file(laminate, direction="x"))
    model = layer_model(cell.Layer("mix", 50e-6, medium), T)
    assert model.conductivity == pytest.approx(medium.ionic_conductivity(T))
    assert model.salt_volume_fraction == pytest.approx(0.75)
    plain = layer_model(cell.Layer("soft", 50e-6, medium.phases[0][0]), T)
    assert model.salt_diffusivity == pytest.approx(0.75 * plain.salt_diffusivity, rel=1e-4)  # straight along x


def test_an_image_whose_half_loses_a_film():
    labels = np.zeros((9, 4, 4), np.uint8)
    labels[4] = 1
    image = VoxelImage(labels, 1e-6, {0: "grain", 1: "film"}, "film", (True, True, True))
    mixture = Mixture(image, "z", {("grain", "film"): 1e6})
    sigma = {"grain": 1.0, "film": 0.1}
    assert mixture(sigma) == pytest.approx(9e-6 / (8e-6 + 1e-5 + 2e-6), rel=1e-3)
    assert mixture.discretisation_error(sigma) > 0.5  # and says so
