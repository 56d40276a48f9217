"""Random expressions: hash-consing and simplification change no value and no slope."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer.numerics.chain import partials_source, where

UNARY = [np.exp, np.tanh, np.arctan, np.arcsinh, np.negative, lambda x: x**2, lambda x: np.sqrt(1.0 + x**2)]
UNARY += [lambda x: 1.0 / (2.0 + x**2), lambda x: np.log(3.0 + x**2), lambda x: (1.5 + x**2) ** -1.3]
BINARY = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / (2.0 + b**2)]
BINARY += [lambda a, b: b - a, lambda a, b: where(a - b, a, b * b), lambda a, b: (1.0 + a**2) ** np.tanh(b)]
NUMBERS = st.sampled_from([0.0, 1.0, -1.0, 2.0, 0.5, -0.3, 3.7])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["one", "two", "number"]), st.integers(0, 9), st.integers(0, 99), st.integers(0, 99), NUMBERS
    ),
    min_size=1,
    max_size=14,
)


def build(steps):
    """Return the law that carries out `steps` on its growing list of values."""

    def law(x, y):
        values = [x, y]
        for kind, which, i, j, number in steps:
            a, b = values[i % len(values)], values[j % len(values)]
            if kind == "one":
                new = UNARY[which % len(UNARY)](np.tanh(a))  # bounded, so that nothing overflows
            else:
                new = BINARY[which % len(BINARY)](a, b if kind == "two" else number)
            values.append(np.tanh(new) if which == 9 else new)
        return values[-1], values[-1] - values[len(values) // 2], values[-1] * x

    return law


@settings(max_examples=25)
@given(STEPS, st.floats(-1.3, 1.3), st.floats(0.1, 1.3))
def test_values_and_slopes_of_random_expressions(steps, x, y):
    law = build(steps)
    source, name = partials_source(law, ["x", "y"])
    scope = {}
    exec(source.replace("import numba\n", "").replace("jit = numba.njit(", "jit = (lambda **_: lambda f: f)("), scope)
    found = np.array(scope[name](x, y))
    values = np.array([float(v) for v in law(np.float64(x), np.float64(y))])
    if not np.isfinite(values).all() or np.abs(values).max() > 1e12:
        return
    np.testing.assert_allclose(found[:3], values, rtol=1e-9, atol=1e-12 * (1.0 + np.abs(values).max()))
    for k, at in enumerate([(x + 1e-100j, y), (x, y + 1e-100j)]):
        slope = np.array([complex(v).imag for v in law(*map(np.complex128, at))]) / 1e-100
        if np.abs(slope).max() < 1e12:
            np.testing.assert_allclose(found[3 + k :: 2], slope, rtol=1e-8, atol=1e-10 * (1.0 + np.abs(slope).max()))
