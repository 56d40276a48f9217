"""Symbols: plain law functions called with them become an expression graph with exact partial derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

import numpy as np

from ceramer.errors import CeramerError

__all__ = ["Graph", "Symbol", "differentiate", "spline", "trace", "where"]

Expression = Any
"""A `Symbol` or a plain number."""


class Graph:
    """The hash-consed nodes of one trace: equal expressions are one node, in the order of their making."""

    __slots__ = ("order", "table")

    def __init__(self) -> None:
        self.table: dict[tuple[Any, ...], Symbol] = {}
        self.order: list[Symbol] = []

    def symbol(self, name: str) -> Symbol:
        """Return the input called `name`."""
        return self.node("input", name)

    def node(self, operation: str, *arguments: Any) -> Symbol:
        """Return the node of `operation` on `arguments`, an old one if there is one."""
        key = (operation, *(("#", a.number) if isinstance(a, Symbol) else a for a in arguments))
        found = self.table.get(key)
        if found is None:
            found = Symbol(self, operation, arguments, len(self.order))
            self.table[key] = found
            self.order.append(found)
        return found


def _refuse(what: str) -> NoReturn:
    raise CeramerError(
        f"A law that is compiled cannot branch on its arguments ({what}): use where(x, if_positive, if_not) instead."
    )


class Symbol:
    """One expression of a law being traced; arithmetic and NumPy's elementary functions make further ones.

    Comparisons, ``bool``, ``int``, ``float`` and iteration raise: what a law does must not depend on a value that is
    not known yet. Use `where` for a choice and `spline` for a table.
    """

    __slots__ = ("arguments", "graph", "number", "operation", "partials")
    __ceramer_symbol__ = True

    def __init__(self, graph: Graph, operation: str, arguments: tuple[Any, ...], number: int) -> None:
        self.graph, self.operation, self.arguments, self.number = graph, operation, arguments, number
        self.partials: dict[int, Expression] = {}

    def __repr__(self) -> str:
        return str(self.arguments[0]) if self.operation == "input" else f"<{self.operation} {self.number}>"

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Expression:
        call = _UFUNCS.get(ufunc.__name__)
        if call is None or method != "__call__" or options:
            _refuse(f"numpy.{ufunc.__name__}")
        return call(*(i.item() if isinstance(i, (np.ndarray, np.generic)) and np.ndim(i) == 0 else i for i in inputs))

    def __add__(self, other: Expression) -> Expression:
        return _add(self, other)

    def __radd__(self, other: Expression) -> Expression:
        return _add(other, self)

    def __sub__(self, other: Expression) -> Expression:
        return _add(self, _negative(other))

    def __rsub__(self, other: Expression) -> Expression:
        return _add(other, _negative(self))

    def __mul__(self, other: Expression) -> Expression:
        return _multiply(self, other)

    def __rmul__(self, other: Expression) -> Expression:
        return _multiply(other, self)

    def __truediv__(self, other: Expression) -> Expression:
        return _multiply(self, _reciprocal(other))

    def __rtruediv__(self, other: Expression) -> Expression:
        return _multiply(other, _reciprocal(self))

    def __neg__(self) -> Expression:
        return _negative(self)

    def __pos__(self) -> Expression:
        return self

    def __pow__(self, exponent: Expression) -> Expression:
        return _power(self, exponent)

    def __rpow__(self, base: Expression) -> Expression:
        return _power(base, self)

    def __where__(self, if_positive: Expression, if_not: Expression) -> Expression:
        return self.graph.node("where", self, if_positive, if_not)

    def __bool__(self) -> bool:  # noqa: PLE0304
        _refuse("if")

    def __float__(self) -> float:
        _refuse("float")

    def __int__(self) -> int:
        _refuse("int")

    def __index__(self) -> int:  # noqa: PLE0305
        _refuse("int")

    def __iter__(self) -> Any:
        _refuse("iteration")

    def __eq__(self, other: object) -> bool:
        _refuse("==")

    def __ne__(self, other: object) -> bool:
        _refuse("!=")

    def __lt__(self, other: object) -> bool:
        _refuse("<")

    def __le__(self, other: object) -> bool:
        _refuse("<=")

    def __gt__(self, other: object) -> bool:
        _refuse(">")

    def __ge__(self, other: object) -> bool:
        _refuse(">=")

    def __abs__(self) -> Expression:
        return self.graph.node("where", self, self, _negative(self))

    __hash__ = object.__hash__


def where(value: Any, if_positive: Any, if_not: Any) -> Any:
    """Return `if_positive` where value > 0 and `if_not` elsewhere: numbers, arrays or symbols.

    Examples
    --------
    >>> float(where(-1.0, 2.0, 3.0))
    3.0
    """
    choose = getattr(value, "__where__", None)
    if choose is not None:
        return choose(if_positive, if_not)
    real = np.real(value)
    if any(isinstance(x, Symbol) for x in (if_positive, if_not)):
        return if_positive if real > 0 else if_not
    return np.where(real > 0, if_positive, if_not)


def spline(value: Any, knots: Sequence[float], coefficients: Sequence[Sequence[float]]) -> Any:
    """Evaluate a cubic spline, constant-degree pieces ``sum_j coefficients[j][k] (x - knots[k])**(3 - j)``.

    Parameters
    ----------
    value : number, array or symbol
    knots : shape (n + 1,), increasing; outside them the first and the last piece continue
    coefficients : shape (4, n), as `scipy.interpolate.CubicSpline.c` holds them

    Examples
    --------
    >>> float(spline(1.5, [0.0, 1.0, 2.0], [[0, 0], [1, 1], [0, 2], [0, 1]]))  # x squared
    2.25
    """
    if isinstance(value, Symbol):
        table = (tuple(map(float, knots)), tuple(tuple(map(float, row)) for row in coefficients))
        return value.graph.node("spline", value, table, 0)
    x = np.asarray(value)
    edges, pieces = np.asarray(knots, float), np.asarray(coefficients, float)
    k = np.clip(np.searchsorted(edges, x.real, side="right") - 1, 0, pieces.shape[1] - 1)
    d = x - edges[k]
    return ((pieces[0, k] * d + pieces[1, k]) * d + pieces[2, k]) * d + pieces[3, k]


def _is_number(x: Expression) -> bool:
    return not isinstance(x, Symbol)


def _add(a: Expression, b: Expression) -> Expression:
    if _is_number(a) and _is_number(b):
        return a + b
    if _is_number(a):
        a, b = b, a
    if _is_number(b):
        return a if b == 0 else a.graph.node("add", a, float(b))
    if b.operation == "negative":
        inner = b.arguments[0]
        return 0.0 if inner is a else a.graph.node("subtract", a, inner)
    if a.operation == "negative":
        inner = a.arguments[0]
        return 0.0 if inner is b else a.graph.node("subtract", b, inner)
    if b.number < a.number:
        a, b = b, a
    return a.graph.node("add", a, b)


def _negative(a: Expression) -> Expression:
    if _is_number(a):
        return -a
    if a.operation == "negative":
        return a.arguments[0]
    if a.operation == "subtract":
        return a.graph.node("subtract", a.arguments[1], a.arguments[0])
    return a.graph.node("negative", a)


def _multiply(a: Expression, b: Expression) -> Expression:
    if _is_number(a) and _is_number(b):
        return a * b
    if _is_number(a):
        a, b = b, a
    if _is_number(b):
        if b == 0:
            return 0.0
        if b == 1:
            return a
        if b == -1:
            return _negative(a)
        if a.operation == "multiply" and _is_number(a.arguments[1]):
            return _multiply(a.arguments[0], a.arguments[1] * b)
        return a.graph.node("multiply", a, float(b))
    if a.operation == "negative":
        return _negative(_multiply(a.arguments[0], b))
    if b.operation == "negative":
        return _negative(_multiply(a, b.arguments[0]))
    for x, y in ((a, b), (b, a)):
        if x.operation == "multiply" and _is_number(x.arguments[1]):
            return _multiply(_multiply(x.arguments[0], y), x.arguments[1])
    if b.number < a.number:
        a, b = b, a
    return a.graph.node("multiply", a, b)


def _reciprocal(a: Expression) -> Expression:
    if _is_number(a):
        return 1.0 / a
    return a.arguments[0] if a.operation == "reciprocal" else a.graph.node("reciprocal", a)


def _power(base: Expression, exponent: Expression) -> Expression:
    if _is_number(exponent):
        whole = float(exponent)
        if whole == 0.0:
            return 1.0
        if whole == 0.5:
            return base.graph.node("sqrt", base)
        if whole.is_integer() and abs(whole) <= 8:
            product = base
            for _ in range(int(abs(whole)) - 1):
                product = _multiply(product, base)
            return product if whole > 0 else _reciprocal(product)
        return base.graph.node("power", base, whole)
    return _exp(_multiply(exponent, math.log(base) if _is_number(base) else base.graph.node("log", base)))


def _unary(name: str) -> Callable[[Expression], Expression]:
    return lambda a: getattr(math, name)(a) if _is_number(a) else a.graph.node(name, a)


_exp, _log, _sqrt, _tanh = (_unary(name) for name in ("exp", "log", "sqrt", "tanh"))
_sinh, _cosh, _asinh, _atan = (_unary(name) for name in ("sinh", "cosh", "asinh", "atan"))

_UFUNCS: Final[dict[str, Callable[..., Expression]]] = {
    "add": _add,
    "subtract": lambda a, b: _add(a, _negative(b)),
    "multiply": _multiply,
    "divide": lambda a, b: _multiply(a, _reciprocal(b)),
    "true_divide": lambda a, b: _multiply(a, _reciprocal(b)),
    "negative": _negative,
    "positive": lambda a: a,
    "power": _power,
    "float_power": _power,
    "square": lambda a: _multiply(a, a),
    "reciprocal": _reciprocal,
    "exp": _exp,
    "log": _log,
    "log10": lambda a: _multiply(_log(a), 1.0 / math.log(10.0)),
    "sqrt": _sqrt,
    "tanh": _tanh,
    "sinh": _sinh,
    "cosh": _cosh,
    "arcsinh": _asinh,
    "arctan": _atan,
    "expm1": lambda a: _add(_exp(a), -1.0),
    "log1p": lambda a: _log(_add(a, 1.0)),
    "absolute": abs,
    "fabs": abs,
}


def differentiate(expression: Expression, variable: Symbol) -> Expression:
    """Return the exact partial derivative of `expression` by the input `variable`, an expression of the same graph."""
    if _is_number(expression):
        return 0.0
    if expression is variable:
        return 1.0
    known = expression.partials.get(variable.number)
    if known is not None:
        return known
    result = _chain_rule(expression, variable)
    expression.partials[variable.number] = result
    return result


def _chain_rule(e: Symbol, variable: Symbol) -> Expression:
    operation, arguments = e.operation, e.arguments
    if operation == "input":
        return 0.0
    if operation == "where":
        yes, no = (differentiate(a, variable) for a in arguments[1:])
        if _is_number(yes) and _is_number(no) and yes == no:
            return yes
        return e.graph.node("where", arguments[0], yes, no)
    if operation == "spline":
        inner = differentiate(arguments[0], variable)
        return _multiply(inner, e.graph.node("spline", arguments[0], arguments[1], arguments[2] + 1))
    a = arguments[0]
    da = differentiate(a, variable)
    if operation in ("add", "subtract", "multiply"):
        b = arguments[1]
        db = differentiate(b, variable)
        if operation == "multiply":
            return _add(_multiply(da, b), _multiply(a, db))
        return _add(da, db if operation == "add" else _negative(db))
    slopes: dict[str, Callable[[], Expression]] = {
        "negative": lambda: -1.0,
        "reciprocal": lambda: _negative(_multiply(e, e)),
        "exp": lambda: e,
        "log": lambda: _reciprocal(a),
        "sqrt": lambda: _multiply(_reciprocal(e), 0.5),
        "tanh": lambda: _add(1.0, _negative(_multiply(e, e))),
        "sinh": lambda: _cosh(a),
        "cosh": lambda: _sinh(a),
        "asinh": lambda: _reciprocal(_sqrt(_add(_multiply(a, a), 1.0))),
        "atan": lambda: _reciprocal(_add(_multiply(a, a), 1.0)),
        "power": lambda: _multiply(_power(a, arguments[1] - 1.0), arguments[1]),
    }
    return 0.0 if _is_number(da) and da == 0.0 else _multiply(da, slopes[operation]())


def trace(law: Callable[..., Any], names: Sequence[str]) -> tuple[list[Symbol], list[Expression]]:
    """Call `law` with symbols called `names` and return them with the list of what it returned."""
    graph = Graph()
    inputs = [graph.symbol(name) for name in names]
    outputs = law(*inputs)
    return inputs, list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
