"""Voxel answers beside the closed forms: between the bounds, from the same inputs, never from the claim."""

import pytest

from ceramer import laws, library

pytest.importorskip("numba")

from ceramer.library import _reproduce
from ceramer.library._predictions import FINDINGS
from ceramer.library._voxels import VOXELS


@pytest.fixture(scope="module")
def rows():
    """Voxel answers by claim, as `reproduce` lists them; the closed forms are tested elsewhere."""
    claims = library.claims()
    return {
        key: {answer.model: answer for answer in _reproduce._on_voxels(claims[key], library.book())}
        for key in ("A0067", "A0018", "A0069", "F001-118", "F001-123")
    }


@pytest.fixture(scope="module")
def inferred():
    book = library.book()
    closed = ("CSE:interphase sheet conductance", "PCE:area resistance of polymer|LATP")
    found = [_reproduce._finding_row(FINDINGS[key], book) for key in closed]
    return {row.id: row for row in [*found, *_reproduce._found_on_voxels(book, {"PCE", "CSE"})]}


def test_every_model_answers_a_prediction():
    from ceramer.library._predictions import PREDICTIONS

    assert set(VOXELS) <= set(PREDICTIONS)


@pytest.mark.parametrize("key", ["A0067", "A0018", "F001-118"])
def test_conductivities_keep_the_wiener_bounds(rows, key):
    name = "CSE" if key.startswith("F") else "PCE"
    medium = library.load_medium(name)
    prop = "electronic_conductivity" if key == "A0018" else "ionic_conductivity"
    values = [getattr(phase, prop)(303.15) for phase, _ in medium.phases]
    factor = 10.0 if library.claims()[key].unit == "mS/cm" else 0.01
    low, high = (law(values, medium.fractions) * factor for law in (laws.series, laws.parallel))
    assert rows[key]
    for answer in rows[key].values():
        assert low < answer.value < high
        assert 0 < answer.uncertainty < answer.value


def test_contacts_between_grains_show_in_electrons_and_in_the_transference_number(rows):
    electrons, ions = rows["A0018"], rows["A0069"]
    apart, touching = "voxels: spheres kept apart", "voxels: spheres that may touch"
    assert electrons[touching].value > 5 * electrons[apart].value
    assert 0.4 < ions[apart].value < ions[touching].value < 1


def test_an_answer_moves_with_a_phase_and_not_with_its_claim():
    book = library.book()
    model = VOXELS["F001-118"][0]
    value, _ = model.run(book.ledger())
    moved, _ = model.run(book.ledger({"F001-119": book["F001-119"].value * 1.01}))
    same, _ = model.run(book.ledger({"F001-118": book["F001-118"].value * 1.01}))
    assert value < moved < value * 1.01
    assert same == value


def test_the_interphase_is_inferred_by_closed_form_and_on_voxels_side_by_side(inferred):
    closed, solved = (inferred[f"CSE:interphase sheet conductance{end}"] for end in ("", ", voxels"))
    assert set(solved.inputs) == set(closed.inputs)
    assert "LLZT-framework.specific_interface_area" in solved.assumed
    # a surface that winds serves worse than (2/3) a S, the most that an isotropic one can add
    assert 1.0 < solved.value / closed.value < 1.4
    for nm in (1, 10, 100):  # [nS]/[nm] = [S/m]
        layer = inferred[f"CSE:interphase conductivity if {nm} nm thick, voxels"]
        assert layer.value == pytest.approx(solved.value / nm / 100.0)


def test_three_paths_share_the_dissipation(inferred):
    shares = [inferred[f"CSE:share of the {path} path, voxels"].value for path in ("polymer", "LLZTO", "interphase")]
    assert sum(shares) == pytest.approx(1.0, abs=1e-3)
    assert min(shares) > 0.05
    book = library.book()
    energies = [book[key].value for key in ("F001-121", "LLZTO.grain_conductivity_activation_energy")]
    third = inferred["CSE:activation energy of the interphase path, voxels"].value * 1.602176634e-19
    assert sum(p * e for p, e in zip(shares, [*energies, third], strict=True)) == pytest.approx(
        book["F001-120"].value, rel=2e-3
    )


def test_a_path_for_lithium_alone_raises_the_transference_number(rows):
    plain, with_path = rows["F001-123"].values()
    assert "interphase" in with_path.model
    assert plain.value + 0.1 < with_path.value < 1.0


def test_the_sheet_moves_with_the_area_and_the_printed_conductivity():
    from ceramer.library._voxels import VOXEL_FINDINGS

    book = library.book()
    model = next(f.model for f in VOXEL_FINDINGS if f.id == "CSE:interphase sheet conductance, voxels")
    value, _ = model.run(book.ledger())
    area, claim = "LLZT-framework.specific_interface_area", "F001-118"
    wider, _ = model.run(book.ledger({area: 2.0 * book[area].value}))
    more, _ = model.run(book.ledger({claim: 1.01 * book[claim].value}))
    assert wider == pytest.approx(0.5 * value)
    assert 1.01 * value < more < 1.05 * value


def test_layers_of_the_film_in_one_image():
    book = library.book()
    model = VOXELS["F003-025"][0]
    value, error = model.run(book.ledger())
    assert 0.0 < error < 0.3 * value
    web, polymer = book["PE.porosity"], book["F003-024"]
    assert value < polymer.value  # a web that insulates, in a film whose fillers are few
    faster, _ = model.run(book.ledger({"F003-024": 1.01 * polymer.value}))
    assert 1.005 * value < faster < 1.0101 * value
    open_web, _ = model.run(book.ledger({"PE.porosity": 1.1 * web.value}))
    assert open_web > 1.1 * value


def test_contacts_are_inferred_by_closed_form_and_on_voxels(inferred):
    closed = inferred["PCE:area resistance of polymer|LATP"]
    apart, touching = (
        inferred[f"PCE:area resistance of polymer|LATP, spheres {how}, voxels"]
        for how in ("kept apart", "that may touch")
    )
    assert set(apart.inputs) == set(closed.inputs) - {"A0185", "A0186"}  # the image has its own sizes
    assert apart.value == pytest.approx(closed.value, rel=0.3)
    # where grains touch, part of the current needs no contact with the polymer, and the contact may be worse
    assert touching.value > 1.5 * apart.value


def test_grain_boundaries_of_the_pellet_have_the_size_that_bricks_say():
    from ceramer.library._voxels import VOXEL_FINDINGS

    book = library.book()
    model = next(f.model for f in VOXEL_FINDINGS if f.id.startswith("LATP:areal conductance"))
    value, error = model.run(book.ledger())
    bricks = FINDINGS["LATP:areal conductance of its grain boundaries"].calculate(book.ledger())
    assert bricks < value < 2.0 * bricks  # many small grains stand beside few large ones
    assert error < 0.1 * value


def test_reproduce_lists_the_answers_on_images_where_they_are_asked_for():
    def alternatives(voxels):
        rows = library.reproduce(["UVEA-LATP-UVEA"], voxels=voxels).rows
        return {a.model for row in rows for a in row.alternatives if a.model.startswith("voxels: ")}

    assert alternatives(True) == {"voxels: every pore of the pellet filled"}
    assert not alternatives(False)
