"""Whether the charge that a published cell loses could be anions that are oxidised."""

from __future__ import annotations

import pytest

from ceramer import library
from ceramer.library._fade import _salt_taken


def test_the_missing_charge_of_cse_is_three_times_its_salt():
    """By hand: 0.6 % of 0.208 mAh/cm2, 400 times, against 96 um of CSE and 8 um of cathode."""
    missing = 0.5 * (172.4 + 105.1) * 1.5e-3 * 3.6 * 1e4 * 400 * (1 / 0.994 - 1)  # C/m2
    salt = 96e-6 * 0.7866 * 772.4 + 8.144e-6 * 0.45 * 568.4  # mol/m2
    book = library.book()
    assert _salt_taken(book.ledger()) == pytest.approx(missing / 96485.332 / salt, rel=1e-3)
    perfect = book.ledger({"F001-177": 1.0 - 1e-9})
    assert _salt_taken(perfect) == pytest.approx(0.0, abs=1e-5)
