"""One sentence on one line, whatever a user's file is called or holds."""

import pytest

from ceramer.errors import CeramerError, InputError, MissingExtraError, UnknownNameError, nearest
from ceramer.library import audit


@pytest.mark.parametrize("error", [CeramerError("a\nb"), InputError("a\r\nb"), InputError("a\u2028b")])
def test_a_line_break_in_a_message_becomes_a_space(error):
    assert str(error) == "a b"


def test_names_are_suggested():
    error = UnknownNameError("phase", "LATPP", ["LATP", "SN"])
    assert error.nearest == ["LATP"]
    assert "did you mean 'LATP'" in str(error)
    assert nearest("peo", ["PEO", "PE"], count=1) == ["PEO"]
    assert "pip install 'ceramer[figures]'" in str(MissingExtraError("x", "figures", "y"))


def test_a_context_named_by_a_line_break_is_still_told_in_one_line():
    with pytest.raises(InputError) as error:
        audit({"kind": "audit", "context": {"\n": {"layers": None}}})
    assert str(error.value).splitlines() == [str(error.value)]
