"""From resistances to conductivities: bulk, grain boundary (brick layer), total, and area-specific resistances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ceramer import units
from ceramer.analysis.impedance._arcs import ArcFit
from ceramer.analysis.impedance._assign import Role
from ceramer.analysis.impedance._fit import CircuitFit
from ceramer.errors import InputError
from ceramer.provenance import Kind, Result

__all__ = ["brick_layer_grain_boundary_conductivity", "conductivities", "conductivity"]


def conductivity(thickness: float, area: float, resistance: float) -> float:
    """sigma = L / (A R) [S/m]; L [m], A [m2], R [ohm].

    >>> conductivity(350e-6, 1e-4, 50.0)
    0.07
    """
    return thickness / (area * resistance)


def brick_layer_grain_boundary_conductivity(
    apparent: float, bulk_capacitance: float, grain_boundary_capacitance: float
) -> float:
    """Specific grain-boundary conductivity of the brick-layer model, sigma_gb = (L/(A R_gb)) C_b/C_gb [S/m].

    The boundary fills the fraction C_b/C_gb of the thickness where bulk and boundary share one permittivity.

    Parameters: apparent L/(A R_gb) [S/m]; C_b, C_gb [F].
    Source: Haile, West, Campbell, J. Mater. Res. 1998, 13, 1576, doi:10.1557/JMR.1998.0219.

    >>> brick_layer_grain_boundary_conductivity(1e-3, 1e-11, 1e-9)
    1e-05
    """
    return apparent * bulk_capacitance / grain_boundary_capacitance


@dataclass(frozen=True, slots=True)
class _Said:
    """What goes beside every number."""

    method: str
    circuit: str
    warnings: list[str]


def conductivities(
    fit: ArcFit,
    thickness: units.Value,
    area: units.Value,
    *,
    roles: tuple[Role | str, ...] | None = None,
    interfaces: int = 2,
    series_counts: bool = False,
) -> dict[str, Result]:
    """Conductivities [S/m] and area-specific resistances [ohm m2] with their standard uncertainties.

    Parameters
    ----------
    fit : ArcFit
        From `fit_arcs`, or `arcs_of` for a circuit that was told.
    thickness, area : units.Value
        [m], [m2] with standard uncertainties, as from ``units.parse("2.1(1) mm", "length")``.
    roles : tuple of Role or str, optional
        Origin of each arc where it is known better than by its capacitance.
    interfaces : int
        Number of electrode interfaces that share an interface arc.
    series_counts : bool
        Count R0 in the totals beside a bulk arc: where it is not leads but an arc beyond the window, as of a film in
        series with a pellet.

    Returns
    -------
    dict of str to Result
        Those that the arcs allow of "bulk_ionic_conductivity", "apparent_grain_boundary_conductivity",
        "grain_boundary_conductivity" (brick layer), "total_ionic_conductivity", "total_area_specific_resistance" and
        "interface_area_specific_resistance" (of one interface). Without a bulk arc, R0 stands for the bulk and says so.

    Raises
    ------
    InputError
        No bulk or grain-boundary resistance, or geometry that is not positive.
    """
    for name, size in (("thickness", thickness), ("area", area)):
        if not (np.isfinite(size.value) and size.value > 0.0):
            raise InputError(f"conductivities: {name} must be positive, got {size.value:g}.")
    if interfaces < 1:
        raise InputError(f"conductivities: interfaces must be at least 1, got {interfaces}.")
    chosen = _roles(fit, roles)
    circuit = fit.fit
    names = circuit.circuit.parameters
    by_role: dict[Role, list[int]] = {role: [] for role in Role}
    pairs = _by_tau(circuit)
    for (r_index, _), role in zip(pairs, chosen, strict=True):
        by_role[role].append(r_index)
    warnings = list(fit.warnings)
    if "R0" in names:
        if not by_role[Role.BULK]:
            by_role[Role.BULK].append(names.index("R0"))
            warnings.append(
                "no bulk arc lies in the window: R0, which holds leads and contacts too, stands for the bulk."
            )
        elif not series_counts:
            share = circuit.params["R0"] / float(circuit.values[by_role[Role.BULK]].sum())
            if share > 0.02:
                warnings.append(
                    f"R0 is {100 * share:.2g} % of the bulk and is not counted; decide whether it is leads or an arc "
                    "beyond the window (series_counts)."
                )
    bulk, boundary = by_role[Role.BULK], by_role[Role.GRAIN_BOUNDARY]
    if not bulk and not boundary:
        raise InputError(
            "conductivities: no arc was assigned to bulk or grain boundary; give `roles` or a wider window."
        )
    geometry = (_relative(thickness), _relative(area))
    out: dict[str, Result] = {}

    def said(method: str) -> _Said:
        return _Said(method, str(circuit.circuit), warnings)

    def sigma(quantity: str, indices: list[int], method: str) -> None:
        total = float(circuit.values[indices].sum())
        spread = _relative_error(circuit, indices, geometry)
        out[quantity] = _result(quantity, conductivity(thickness.value, area.value, total), "S/m", spread, said(method))

    if bulk:
        sigma("bulk_ionic_conductivity", bulk, "sigma = L/(A R_bulk)")
    if boundary:
        sigma("apparent_grain_boundary_conductivity", boundary, "sigma = L/(A R_gb), whole thickness")
    if bulk and boundary and len(bulk) == len(boundary) == 1 and names[bulk[0]] != "R0":
        i, k = chosen.index(Role.BULK), chosen.index(Role.GRAIN_BOUNDARY)
        value = brick_layer_grain_boundary_conductivity(
            conductivity(thickness.value, area.value, fit.arcs[k].resistance),
            fit.arcs[i].capacitance,
            fit.arcs[k].capacitance,
        )
        slope = np.zeros(len(names))
        for sign, arc in ((1.0, i), (-1.0, k)):  # d ln C = ((1-a)/a) dlnR + (1/a) dlnQ - (ln(RQ)/a) dln(a)
            r, q = pairs[arc]
            a = circuit.values[q + 1] if names[q].endswith("_Q") else 1.0
            slope[r] += sign * (1.0 - a) / a
            slope[q] += sign / a
            if names[q].endswith("_Q"):
                slope[q + 1] -= sign * np.log(circuit.values[r] * circuit.values[q]) / a
        slope[pairs[k][0]] -= 1.0
        out["grain_boundary_conductivity"] = _result(
            "grain_boundary_conductivity", value, "S/m", _combined(circuit, slope, geometry),
            said("brick layer: sigma = L/(A R_gb) C_bulk/C_gb, equal permittivities"),
        )  # fmt: skip
    both = bulk + boundary
    if series_counts and "R0" in names and names.index("R0") not in both:
        both = [names.index("R0"), *both]
    sigma("total_ionic_conductivity", both, "sigma = L/(A (R_bulk + R_gb))")
    asr = (None, _relative(area))
    out["total_area_specific_resistance"] = _result(
        "total_area_specific_resistance", float(circuit.values[both].sum()) * area.value, "ohm m2",
        _relative_error(circuit, both, asr), said("(R_bulk + R_gb) A"),
    )  # fmt: skip
    if by_role[Role.INTERFACE]:
        index = by_role[Role.INTERFACE]
        out["interface_area_specific_resistance"] = _result(
            "interface_area_specific_resistance",
            float(circuit.values[index].sum()) * area.value / interfaces, "ohm m2",
            _relative_error(circuit, index, asr), said(f"R A / {interfaces}"),
        )  # fmt: skip
    return out


def _roles(fit: ArcFit, roles: tuple[Role | str, ...] | None) -> list[Role]:
    if roles is None:
        return [arc.role for arc in fit.arcs]
    if len(roles) != len(fit.arcs):
        raise InputError(f"conductivities: {len(roles)} roles stand beside {len(fit.arcs)} arcs.")
    try:
        return [Role(str(role).replace("_", " ")) for role in roles]
    except ValueError as error:
        raise InputError(f"conductivities: {error}; known roles: {', '.join(Role)}.") from None


def _by_tau(fit: CircuitFit) -> list[tuple[int, int]]:
    """Positions (R, Q or C) of the arcs by rising relaxation time."""
    names = fit.circuit.parameters
    rows = []
    for r_label, q_label in fit.circuit.arcs:
        r = names.index(r_label)
        q = names.index(q_label if q_label in names else f"{q_label}_Q")
        alpha = fit.values[q + 1] if names[q].endswith("_Q") else 1.0
        rows.append(((fit.values[r] * fit.values[q]) ** (1.0 / alpha), r, q))
    return [(r, q) for _, r, q in sorted(rows)]


def _relative(value: units.Value) -> float | None:
    return None if value.standard_uncertainty is None else value.standard_uncertainty / value.value


def _relative_error(fit: CircuitFit, indices: list[int], geometry: tuple[float | None, float | None]) -> float | None:
    values = fit.values[indices]
    slope = np.zeros(fit.values.size)
    slope[indices] = -values / values.sum()
    return _combined(fit, slope, geometry)


def _combined(fit: CircuitFit, slope: np.ndarray, geometry: tuple[float | None, float | None]) -> float | None:
    used = np.flatnonzero(slope)
    if not np.isfinite(fit.standard_errors[used]).all():
        return None
    variance = float(slope @ np.nan_to_num(fit.covariance_log) @ slope)
    return float(np.sqrt(max(variance, 0.0) + sum((part or 0.0) ** 2 for part in geometry)))


def _result(quantity: str, value: float, unit: str, relative: float | None, said: _Said) -> Result:
    warnings = list(said.warnings)
    if relative is None:
        warnings.append("no standard uncertainty: a resistance of the fit is not determined or stands at a bound.")
    show = {"S/m": "mS/cm", "ohm m2": "ohm cm2"}[unit]
    return Result(
        quantity,
        value,
        show,
        None if relative is None else value * relative,
        kind=Kind.MEASURED,
        method=f"{said.method}; fit of {said.circuit}",
        inputs=("impedance spectrum", "thickness", "area") if unit == "S/m" else ("impedance spectrum", "area"),
        warnings=tuple(dict.fromkeys(warnings)),
    )
