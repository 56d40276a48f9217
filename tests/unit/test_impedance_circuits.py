"""Equivalent circuits: both notations, names, and sentences for what is not a circuit."""

import numpy as np
import pytest

from ceramer.analysis.impedance import Circuit
from ceramer.errors import InputError, UnknownNameError


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("R(RQ)Q", "R0-p(R1,CPE1)-CPE2"),
        ("(RQ)(RQ)(RQ)Q", "p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-CPE4"),
        ("R(RC)W", "R0-p(R1,C1)-W1"),
        ("LR([RW]Q)", "L1-R0-p(R1-W1,CPE1)"),
        ("(RC)R", "p(R1,C1)-R0"),
        ("R([R(RC)]C)", "R0-p(R1-p(R2,C1),C2)"),
        ("RWo", "R0-Wo1"),
        ("RT", "R0-Wo1"),
        ("RO", "R0-Ws1"),
        ("(RG)", "p(R1,G1)"),
    ],
)
def test_both_notations_give_the_same_circuit(short, long):
    assert Circuit.parse(short) == Circuit.parse(long)
    assert str(Circuit.parse(short)) == long
    assert Circuit.parse(str(Circuit.parse(short))) == Circuit.parse(short)


def test_an_arc_may_have_diffusion_behind_its_resistor():
    circuit = Circuit.parse("R0-p(R1,CPE1)-p(CPE2,Ws1-R2)")
    assert circuit.arcs == (("R1", "CPE1"), ("R2", "CPE2"))
    assert Circuit.parse("R([RW]C)").arcs == (("R1", "C1"),)
    for other in ("p(R1-L1,CPE1)", "p(R1-R2,CPE1)", "p(R1-W1-C1,CPE1)", "p(W1,CPE1)", "p(R1-W1,L1)"):
        assert Circuit.parse(other).arcs == ()


def test_spaces_and_nested_series_do_not_matter():
    assert Circuit.parse(" R0 - p( R1 , CPE1 ) ") == Circuit.parse("R0-p(R1,CPE1)")
    assert Circuit.parse("R[CQ]") == Circuit.parse("RCQ")


def test_parameters_and_units_follow_the_circuit():
    circuit = Circuit.parse("L1-R0-p(R1,CPE1)-Wo1")
    assert circuit.parameters == ("L1", "R0", "R1", "CPE1_Q", "CPE1_alpha", "Wo1_R", "Wo1_tau")
    assert circuit.units == ("H", "ohm", "ohm", "s^alpha/ohm", "1", "ohm", "s")
    assert circuit.arcs == (("R1", "CPE1"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected a text"),
        ("R0-p(R1,CPE1", r"expected '\)'"),
        ("R0-p(R1)", "two branches"),
        ("R0-CPF1", "did you mean 'CPE'"),
        ("R0-CPE", "needs a number, such as 'CPE1'"),
        ("R0--R1", "expected an element"),
        ("R0-R0", "used twice"),
        ("R(R)", "two elements"),
        ("R(RX)", "unknown element 'X'"),
        ("R(RQ", r"expected '\)'"),
        ("R)", "unknown element"),
        ("R0-p(R1,C1))", "unexpected"),
        ("(" * 50 + "RC", "nested deeper"),
        ("R" * 500, "longer than"),
        ("__import__('os')", "Circuit"),
    ],
)
def test_what_is_not_a_circuit_is_said_in_one_sentence(text, says):
    with pytest.raises(InputError, match=says) as caught:
        Circuit.parse(text)
    assert "\n" not in str(caught.value)


def test_parameters_are_checked_by_name_and_sign():
    circuit = Circuit.parse("R0-CPE1")
    with pytest.raises(UnknownNameError, match="CPE1_alpha"):
        circuit.impedance({"R0": 1.0, "CPE1_Q": 1e-6, "CPE1_alfa": 0.9}, [1.0])
    with pytest.raises(InputError, match="no value for CPE1_alpha"):
        circuit.impedance({"R0": 1.0, "CPE1_Q": 1e-6}, [1.0])
    with pytest.raises(InputError, match="CPE1_alpha must be between 0 and 1"):
        circuit.impedance([1.0, 1e-6, 1.2], [1.0])
    with pytest.raises(InputError, match="R0 must be positive"):
        circuit.impedance([-1.0, 1e-6, 0.9], [1.0])
    with pytest.raises(InputError, match="has 3 parameters"):
        circuit.impedance([1.0, 1e-6], [1.0])
    with pytest.raises(InputError, match="above 0"):
        circuit.impedance([1.0, 1e-6, 0.9], [1.0, 0.0])
    by_name = circuit.impedance({"CPE1_alpha": 0.9, "R0": 1.0, "CPE1_Q": 1e-6}, [1.0, 10.0])
    np.testing.assert_array_equal(by_name, circuit.impedance([1.0, 1e-6, 0.9], [1.0, 10.0]))
