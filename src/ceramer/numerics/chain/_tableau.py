"""Coefficients of the Rosenbrock methods for M y' = f(y), in the form that needs no matrix product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import UnknownNameError

__all__ = ["METHODS", "Tableau", "tableau"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tableau:
    """One method: ``(M/(gamma h) - J) U_i = f(y + sum_j a_ij U_j) + M sum_j (c_ij/h) U_j``, y1 = last argument + U_s.

    `dense` holds up to three rows of coefficients of the interpolant between y0 and y1; `order` is the method's.
    """

    gamma: float
    a: Array
    c: Array
    dense: Array
    order: float

    def arrays(self) -> tuple[Any, ...]:
        """Return what the compiled solver takes."""
        return self.gamma, self.a, self.c, self.dense, self.order


def _square(rows: list[list[float]]) -> Array:
    table = np.zeros((len(rows), len(rows)))
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
    return table


_RODAS4_LAST: Final = [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895]
_RODAS5P_LAST: Final = [
    -7.502846399306121,
    2.561846144803919,
    -11.627539656261098,
    -0.18268767659942256,
    0.030198172008377946,
]


def _rodas4() -> Tableau:
    """E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, 2nd ed., Springer (1996), section IV.7."""
    a = [
        [],
        [1.544],
        [0.9466785280815826, 0.2557011698983284],
        [3.314825187068521, 2.896124015972201, 0.9986419139977817],
        _RODAS4_LAST,
        [*_RODAS4_LAST, 1.0],
    ]
    c = [
        [],
        [-5.6688],
        [-2.430093356833875, -0.2063599157091915],
        [-0.1073529058151375, -9.594562251023355, -20.47028614809616],
        [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616],
        [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054],
    ]
    dense = [
        [10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662, 0.0],
        [-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872, 0.0],
        [0.0] * 6,
    ]
    return Tableau(0.25, _square(a), _square(c), np.array(dense), 4.0)


def _rodas5p() -> Tableau:
    """G. Steinebach, BIT Numerical Mathematics 63, 27 (2023), doi:10.1007/s10543-023-00967-x."""
    a = [
        [],
        [3.0],
        [2.849394379747939, 0.45842242204463923],
        [-6.954028509809101, 2.489845061869568, -10.358996098473584],
        [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
        _RODAS5P_LAST,
        [*_RODAS5P_LAST, 1.0],
        [*_RODAS5P_LAST, 1.0, 1.0],
    ]
    c = [
        [],
        [-14.155112264123755],
        [-17.97296035885952, -2.859693295451294],
        [147.12150275711716, -1.41221402718213, 71.68940251302358],
        [165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
        [24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471],
        [
            30.91273214028599,
            -3.1208243349937974,
            77.79954646070892,
            34.28646028294783,
            -19.097331116725623,
            -28.087943162872662,
        ],
        [
            37.80277123390563,
            -3.2571969029072276,
            112.26918849496327,
            66.9347231244047,
            -40.06618937091002,
            -54.66780262877968,
            -9.48861652309627,
        ],
    ]
    dense = [
        [
            25.948786856663858,
            -2.5579724845846235,
            10.433815404888879,
            -2.3679251022685204,
            0.524948541321073,
            1.1241088310450404,
            0.4272876194431874,
            -0.17202221070155493,
        ],
        [
            -9.91568850695171,
            -0.9689944594115154,
            3.0438037242978453,
            -24.495224566215796,
            20.176138334709044,
            15.98066361424651,
            -6.789040303419874,
            -6.710236069923372,
        ],
        [
            11.419903575922262,
            2.8879645146136994,
            72.92137995996029,
            80.12511834622643,
            -52.072871366152654,
            -59.78993625266729,
            -0.15582684282751913,
            4.883087185713722,
        ],
    ]
    return Tableau(0.21193756319429014, _square(a), _square(c), np.array(dense), 5.0)


METHODS: Final = {"rodas4": _rodas4, "rodas5p": _rodas5p}


def tableau(name: str) -> Tableau:
    """Return the method called `name` ("rodas4", "rodas5p")."""
    if name not in METHODS:
        raise UnknownNameError("time stepping method", name, METHODS)
    return METHODS[name]()
