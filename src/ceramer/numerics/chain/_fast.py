"""Source of the elementary functions that loops of numbers can be vectorised with."""

from __future__ import annotations

from typing import Final

__all__ = ["FAST"]

FAST: Final = '''
inline = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"}, forceinline=True)


@intrinsic
def bits_of(context, x):
    def build(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), build


@intrinsic
def of_bits(context, x):
    def build(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), build


@intrinsic
def multiply_add(context, x, y, z):
    def build(context, builder, signature, arguments):
        double = ir.DoubleType()
        kind = ir.FunctionType(double, [double] * 3)
        return builder.call(builder.module.declare_intrinsic("llvm.fmuladd", [double], kind), arguments)

    return types.float64(types.float64, types.float64, types.float64), build


def less(z, x, y):
    return z - x * y


@overload(less, inline="always")
def compiled_less(z, x, y):
    if isinstance(z, types.Float):
        return lambda z, x, y: multiply_add(-x, y, z)
    return lambda z, x, y: z - x * y


@inline
def fast_exp(x):
    """Return exp(x) to 2 units in the last place without a branch, so that loops of it are vectorised."""
    x = -708.0 if x < -708.0 else x
    x = 709.0 if x > 709.0 else x
    shifted = x * 1.4426950408889634 + 6755399441055744.0  # its low bits hold the nearest integer
    n = shifted - 6755399441055744.0
    r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * of_bits((bits_of(shifted) - 0x4338000000000000 + 1023) << 52)


@inline
def fast_log(x):
    """Return ln(x), as `fast_exp`; not a number where x is 0 or less."""
    i = bits_of(x)
    k = (i - 0x3FE6A09E667F3BCD) >> 52  # so that the mantissa lies about 1
    m = of_bits(i - (k << 52))
    e = float(k)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 2.0 / 19.0
    p = p * z + 2.0 / 17.0
    p = p * z + 2.0 / 15.0
    p = p * z + 2.0 / 13.0
    p = p * z + 2.0 / 11.0
    p = p * z + 2.0 / 9.0
    p = p * z + 2.0 / 7.0
    p = p * z + 2.0 / 5.0
    p = p * z + 2.0 / 3.0
    value = e * 0.693147180369123816490 + (2.0 * s + (s * z * p + e * 1.90821492927058770002e-10))
    return value if x > 0.0 else math.nan


@inline
def fast_tanh(x):
    return 1.0 - 2.0 / (fast_exp(2.0 * x) + 1.0)


@inline
def fast_sinh(x):
    e = fast_exp(x)
    return 0.5 * (e - 1.0 / e)


@inline
def fast_cosh(x):
    e = fast_exp(x)
    return 0.5 * (e + 1.0 / e)


@inline
def fast_asinh(x):
    a = abs(x)
    value = fast_log(a + math.sqrt(a * a + 1.0))
    return value if x > 0.0 else -value

'''
