"""Full cells of the papers in the limits that thermodynamics and bookkeeping give."""

from __future__ import annotations

import pytest

from ceramer import laws, library
from ceramer.cell import BASES, specific_energy_elasticities
from ceramer.errors import InputError, UnknownNameError
from ceramer.library._discharge import Adjusted, fit_cell, full_cell
from ceramer.physics._electrode_materials import INSERTION

pytest.importorskip("numba")
brentq = pytest.importorskip("scipy.optimize").brentq

BOOK = library.book()


def stoichiometry(cell, volts):
    law = cell.model.layers[-1].materials[0].laws.open_circuit_potential
    return brentq(lambda x: float(law(x)) - volts, 1e-4, 0.9999, xtol=1e-12)


@pytest.mark.parametrize(
    ("name", "lower", "upper", "within"),
    [
        ("Li|CSE|NCM811", 2.5, 4.3, 2e-3),
        ("Li|CSE|NCM811", 3.0, 4.2, 2e-3),
        ("LFP|PLM|Li", 2.8, 3.9, 8e-3),  # its potential falls off a cliff at both ends
    ],
)
def test_a_thousandth_of_1c_delivers_what_the_open_circuit_potential_says(name, lower, upper, within):
    cell = full_cell(name, BOOK.ledger(), lower, upper)
    sites = cell.model.layers[-1].sites
    expected = sites * (stoichiometry(cell, lower) - stoichiometry(cell, upper))
    slow = sites / 3600.0 / 1000.0
    done = cell.discharge(slow)
    assert done.capacity == pytest.approx(expected, rel=within)
    assert lower < done.mean_voltage < upper


@pytest.mark.parametrize("volts", [2.5, 2.8, 3.0, 3.6, 3.8])
def test_the_assumed_ends_of_lfp_move_little(volts):
    closed = INSERTION["LFP"].laws.open_circuit_potential
    ends = [brentq(lambda x, law=law: float(law(x)) - volts, 0.0, 1.0) for law in (closed, laws.lfp_potential)]
    assert ends[0] == pytest.approx(ends[1], abs=3e-3)


@pytest.mark.parametrize("name", sorted(INSERTION))
def test_potentials_reach_every_usual_cut_off(name):
    """So that a voltage ends a run, not a full or an empty particle."""
    law = INSERTION[name].laws.open_circuit_potential
    assert float(law(1.0)) < 2.0
    assert float(law(0.0)) > 4.4


def test_half_the_sites_hold_half_the_charge():
    cell = full_cell("Li|CSE|NCM811", BOOK.ledger(), 2.5, 4.3)
    slow = cell.model.layers[-1].sites / 3600.0 / 1000.0
    half = cell.adjusted(Adjusted(share=0.5))
    assert half.discharge(0.5 * slow).capacity == pytest.approx(0.5 * cell.discharge(slow).capacity, rel=1e-3)


def test_a_fit_finds_the_change_that_made_its_data():
    cell = full_cell("Li|CSE|NCM811", BOOK.ledger(), 2.5, 4.3)
    truth = Adjusted(share=0.93, diffusion=0.6)
    made = cell.adjusted(truth)
    points = [(j, made.specific_capacity(j)) for j in (0.3, 0.6, 1.5)]
    found = fit_cell(cell, points).change
    assert found.share == pytest.approx(truth.share, rel=1e-3)
    assert found.diffusion == pytest.approx(truth.diffusion, rel=1e-2)
    assert cell.adjusted(found).specific_capacity(3.0) == pytest.approx(made.specific_capacity(3.0), rel=3e-3)


def test_more_numbers_than_data_are_refused():
    cell = full_cell("Li|CSE|NCM811", BOOK.ledger(), 2.5, 4.3)
    with pytest.raises(InputError, match="cannot be fitted"):
        fit_cell(cell, [(0.3, 600.0)])


@pytest.mark.parametrize("basis", ["active", "layers", "foils"])
def test_elasticities_of_the_masses_sum_to_minus_one(basis):
    cell = library.load_cell("NCM811|PLM|Li pouch")
    found = specific_energy_elasticities(cell.bill_of_materials(), basis)
    assert sum(x for name, x in found.items() if name.startswith("mass of")) == pytest.approx(-1.0, abs=1e-12)
    assert list(map(abs, found.values())) == sorted(map(abs, found.values()), reverse=True)
    assert 0.0 < found["loading, with its capacity"] < 1.0


def test_an_elasticity_is_the_slope_of_the_specific_energy():
    ledger = BOOK.ledger()
    cell = library.load_cell("NCM811|PLM|Li pouch", ledger)
    lithium = specific_energy_elasticities(cell.bill_of_materials())["mass of lithium"]
    key = "F003-082"
    more, less = (
        library.load_cell("NCM811|PLM|Li pouch", BOOK.ledger({key: BOOK[key].value * f})).specific_energy("foils")
        for f in (1.001, 0.999)
    )
    assert (more - less) / cell.specific_energy("foils") / 0.002 == pytest.approx(lithium, rel=1e-4)


def test_an_unknown_basis_is_named():
    with pytest.raises(UnknownNameError):
        specific_energy_elasticities(
            library.load_cell("NCM811|PLM|Li pouch").bill_of_materials(), next(iter(BASES)) + "x"
        )
