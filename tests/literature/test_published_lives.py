"""Lives of the papers: two observed shorts carry one law; everything else is predicted from it or said to be silent."""

from __future__ import annotations

import math

import pytest

from ceramer import library
from ceramer.errors import InputError
from ceramer.library import _failures as failures
from ceramer.library._failures import LIVES, life_answer, life_data, not_identifiable, predicted_life
from ceramer.provenance import estimate

H = 3600.0
BOOK = library.book()


def interval(claim):
    return estimate(lambda ledger: predicted_life(claim, ledger), BOOK, samples=64)


def test_every_published_life_of_a_lithium_cell_is_answered():
    """A claim on a life, a short or a critical current of these papers that is missing here would be silence."""
    words = ("lifetime", "short_circuit", "onset_of_instability", "critical_current_density")
    wanted = {key for key, claim in library.claims().items() if any(word in claim.quantity for word in words)}
    assert wanted <= {*LIVES, *failures._CRITICAL}
    for claim in wanted:
        assert life_answer(claim, BOOK.ledger())


def test_only_two_shorts_are_known_with_their_current():
    observed = [row for row in LIVES.values() if row.meaning == "observed" and row.population == failures._POLYMER]
    assert tuple(row.claim for row in observed) == failures.CALIBRATED
    data = life_data(BOOK.ledger(), failures._POLYMER)
    assert data.census() == "2 observed shorts, 2 upper bounds"


@pytest.mark.parametrize("claim", [c for c in LIVES if c not in failures.PREDICTED])
def test_what_cannot_be_predicted_is_said_in_one_sentence(claim):
    reason = not_identifiable(claim, BOOK.ledger())
    assert reason.startswith("not identifiable: ")
    assert reason.endswith(".") and "\n" not in reason


def test_lower_bounds_alone_are_not_identifiable():
    for claim in ("A0001", "A0112", "F001-155", "A0416"):
        assert "0 observed shorts" in not_identifiable(claim, BOOK.ledger())
    assert "not in the text" in not_identifiable("F003-030", BOOK.ledger())
    assert "every step was borne" in not_identifiable("A0414", BOOK.ledger())
    for claim in failures.CALIBRATED:
        assert "1 observed short" in not_identifiable(claim, BOOK.ledger()), "leaving one of two out leaves one"


def test_the_law_stands_on_both_shorts():
    """1900 h at 0.1 and 1000 h at 0.2 mA/cm2 are nearly one charge; the law at each lies between them."""
    for claim, charge in zip(failures.CALIBRATED, (0.1, 0.2), strict=True):
        life = failures.calibrated_life(claim, BOOK.ledger()) / H
        assert 190.0 < life * charge < 200.0
        more = failures.calibrated_life(claim, BOOK.ledger({claim: 1.01 * BOOK[claim].value}))
        assert more > failures.calibrated_life(claim, BOOK.ledger()), "a calibrated row moves with its own claim"


@pytest.mark.parametrize("claim", failures.PREDICTED)
def test_a_prediction_never_reads_its_own_claim(claim):
    got = interval(claim)
    assert claim not in got.inputs
    assert set(failures.CALIBRATED) <= set(got.inputs)
    other = BOOK.ledger({claim: 0.5 * BOOK[claim].value})
    assert predicted_life(claim, other) == predicted_life(claim, BOOK.ledger())


def test_the_weak_film_at_two_milliampere_is_a_misfit_that_stands():
    """Charge alone gives PA-SPE about 97 h at 2 mA/cm2; it shorted before 50 h, in the lowest twentieth."""
    got = interval("A0127")
    assert got.value / H == pytest.approx(97.0, abs=3.0)
    assert got.spread < 3.0
    quantile = failures._QUANTILE
    assert predicted_life("A0127", BOOK.ledger({quantile: 0.01})) / H < 50.0
    assert predicted_life("A0127", BOOK.ledger({quantile: 0.05})) / H > 50.0


def test_at_one_milliampere_the_interval_says_nothing():
    """With the misfit of the other current among its data, the law has no width to offer."""
    assert interval("A0126").spread > 3.0


def test_ceramic_must_have_stopped_most_of_the_growth():
    """Beside polymers without ceramic at the same current: a bound that needs no model of the ceramic."""
    ledger = BOOK.ledger()
    shares = {name: failures.blocked_share_needed(name, ledger) for name in failures.BLOCKING}
    assert shares["PCE"] == pytest.approx(1.0 - 195.7 / 2000.0, abs=0.005)
    assert shares["H-SSE"] > shares["PCE"] > shares["UVEA-LATP-UVEA"] > shares["CSE"]
    assert all(share < 1.0 for share in shares.values())


def test_the_missing_current_of_the_poly_ethylene_oxide_cell():
    """566 h is what polymers without ceramic live at about a third of a mA/cm2: inferred, to be checked by Fig. 3."""
    current = failures.implied_current_density(BOOK.ledger()) * 0.1
    assert math.isclose(current, 195.7 / 566.0, rel_tol=0.01)


def test_a_life_with_ceramic_is_set_beside_polymers_without():
    """Times in proportion to 1/j, charges alike; no claim reads itself."""
    hours = {claim: failures.unblocked_life(claim, BOOK.ledger()) / H for claim in ("A0001", "A0083", "A0415")}
    assert hours["A0083"] == pytest.approx(5.0 * hours["A0001"]) and hours["A0415"] == pytest.approx(2 * hours["A0001"])
    charges = [failures.unblocked_life(claim, BOOK.ledger()) for claim in ("A0114", "A0119", "A0120")]
    assert charges == pytest.approx([hours["A0001"] * H * 10.0] * 3)
    for claim in failures.UNBLOCKED:
        ledger = BOOK.ledger()
        failures.unblocked_life(claim, ledger)
        assert claim not in ledger.read and set(failures.CALIBRATED) <= set(ledger.read)
    with pytest.raises(InputError, match="not in the text"):
        failures.unblocked_life("F003-032", BOOK.ledger())
    assert failures.life_as_peo(BOOK.ledger()) / H == pytest.approx(566.0)
    assert failures.life_as_peo(BOOK.ledger({failures._QUANTILE: 0.9})) / H > 580.0
