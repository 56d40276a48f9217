"""Voxel answers beside the closed forms: between the bounds, from the same inputs, never from the claim."""

import pytest

from ceramer import laws, library

pytest.importorskip("numba")

from ceramer.library._voxels import VOXELS


@pytest.fixture(scope="module")
def rows():
    return {row.id: row for row in library.reproduce(["PCE", "CSE"], voxels=True).rows}


def voxel_answers(row):
    return {a.model: a for a in row.alternatives if a.model.startswith("voxels: ")}


def test_every_model_answers_a_prediction():
    from ceramer.library._predictions import PREDICTIONS

    assert set(VOXELS) <= set(PREDICTIONS)


@pytest.mark.parametrize("key", ["A0067", "A0018", "F001-118"])
def test_conductivities_keep_the_wiener_bounds(rows, key):
    name = "CSE" if key.startswith("F") else "PCE"
    medium = library.load_medium(name)
    prop = "electronic_conductivity" if key == "A0018" else "ionic_conductivity"
    values = [getattr(phase, prop)(303.15) for phase, _ in medium.phases]
    factor = 10.0 if rows[key].unit == "mS/cm" else 0.01
    low, high = (law(values, medium.fractions) * factor for law in (laws.series, laws.parallel))
    assert voxel_answers(rows[key])
    for answer in voxel_answers(rows[key]).values():
        assert low < answer.value < high
        assert 0 < answer.uncertainty < answer.value


def test_contacts_between_grains_show_in_electrons_and_in_the_transference_number(rows):
    electrons, ions = voxel_answers(rows["A0018"]), voxel_answers(rows["A0069"])
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
