"""One measurement: read-only columns with Battery Data Format labels, and what was measured on what."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.errors import InputError, UnknownNameError
from ceramer.measurement._labels import LABELS
from ceramer.units import Value, parse

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Measurement"]

_QUANTITIES: Final[Mapping[str, tuple[str, str]]] = {
    "area": ("area", "1.131 cm2"),
    "thickness": ("length", "350(10) um"),
    "temperature": ("temperature", "30 degC"),
    "pressure": ("pressure", "0.1 MPa"),
}
_SI: Final = {"area": "m2", "thickness": "m", "temperature": "K", "pressure": "Pa"}
_TEXTS: Final = ("electrodes", "instrument", "technique", "source", "sha256", "started")


@final
@dataclass(frozen=True, eq=False, repr=False)
class Measurement:
    """Columns of equal length and the metadata that an analysis needs. Immutable.

    Impedance is stored with its true sign (Z'' < 0 for a capacitor) and current is positive on charge, whatever
    the instrument writes. Columns are in the unit of their label; metadata are SI with a standard uncertainty
    where one was given, or None where nobody said.

    Parameters
    ----------
    columns : mapping of str to array
        Battery Data Format labels ("Test Time / s", "Voltage / V", "Current / A", ...) and the columns by which
        we extend that format ("Frequency / Hz", "Real Impedance / ohm", "Imaginary Impedance / ohm", ...).
    area, thickness, temperature, pressure : Value, str or None
        [m2], [m], [K], [Pa]; text such as "350(10) um" is read.
    electrodes, instrument, technique, source, sha256, started : str or None
        Electrodes ("stainless steel | Li"), instrument, technique, file name, hash of the file, local start time.
    details : mapping of str to str
        What else the header says.
    warnings : tuple of str
        Sentences a user must know; they do not count in comparisons.

    Examples
    --------
    >>> m = Measurement({"Frequency / Hz": [1e3, 1e2], "Real Impedance / ohm": [5.0, 6.0],
    ...                  "Imaginary Impedance / ohm": [-1.0, -2.0]}, area="1.131 cm2")
    >>> m.impedance
    array([5.-1.j, 6.-2.j])
    >>> m.area
    Value(value=0.0001131, standard_uncertainty=None)
    >>> m.require("thickness")
    Traceback (most recent call last):
    ...
    ceramer.errors.InputError: The thickness is needed and neither the file nor you gave it: pass \
thickness="350(10) um" in Python or --thickness "350(10) um" on the command line.
    """

    columns: Mapping[str, NDArray[np.float64]]
    area: Value | None = None
    thickness: Value | None = None
    temperature: Value | None = None
    pressure: Value | None = None
    electrodes: str | None = None
    instrument: str | None = None
    technique: str | None = None
    source: str | None = None
    sha256: str | None = None
    started: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "columns", MappingProxyType(_frozen_columns(self.columns)))
        for name, (dimension, _) in _QUANTITIES.items():
            given: Any = getattr(self, name)
            if given is not None and not isinstance(given, Value):
                set_(self, name, parse(given, dimension, name))
        set_(self, "details", MappingProxyType({str(key): str(value) for key, value in self.details.items()}))
        set_(self, "warnings", tuple(self.warnings))

    def __reduce__(self) -> tuple[Any, ...]:
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        values["columns"], values["details"] = dict(self.columns), dict(self.details)
        return _rebuild, (values,)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.columns.values())))

    def __repr__(self) -> str:
        what = self.technique or "measurement"
        where = f" from {self.source}" if self.source else ""
        noted = f"; {len(self.warnings)} warnings" if self.warnings else ""
        return f"<Measurement: {what}{where}, {len(self)} rows of {', '.join(self.columns)}{noted}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Measurement):
            return NotImplemented
        return (
            self.metadata() == other.metadata()
            and list(self.columns) == list(other.columns)
            and all(np.array_equal(self.columns[x], other.columns[x], equal_nan=True) for x in self.columns)
        )

    def __hash__(self) -> int:
        return hash((tuple(self.columns), len(self), self.sha256, self.source, self.technique))

    @property
    def frame(self) -> pd.DataFrame:
        """A pandas table of the columns: a copy, free to change."""
        import pandas as pd

        return pd.DataFrame({label: values.copy() for label, values in self.columns.items()})

    def column(self, label: str) -> NDArray[np.float64]:
        """Return one column (read-only), shape (rows,), in the unit of its label; a wrong label raises."""
        try:
            return self.columns[label]
        except KeyError:
            raise UnknownNameError("column", label, self.columns, "It is not in this measurement.") from None

    def has(self, *labels: str) -> bool:
        """Whether all these columns are there."""
        return all(label in self.columns for label in labels)

    @property
    def frequency(self) -> NDArray[np.float64]:
        """Frequency [Hz]."""
        return self.column("Frequency / Hz")

    @property
    def impedance(self) -> NDArray[np.complex128]:
        """Complex impedance Z = Z' + i Z'' [ohm], Z'' < 0 for a capacitor."""
        return np.asarray(self.column("Real Impedance / ohm") + 1j * self.column("Imaginary Impedance / ohm"))

    @property
    def time(self) -> NDArray[np.float64]:
        """Test time [s]."""
        return self.column("Test Time / s")

    @property
    def voltage(self) -> NDArray[np.float64]:
        """Cell voltage [V]."""
        return self.column("Voltage / V")

    @property
    def current(self) -> NDArray[np.float64]:
        """Current [A], positive on charge."""
        return self.column("Current / A")

    def require(self, name: str) -> Any:
        """Return `area`, `thickness`, ... or raise a sentence that says how to give it.

        Returns a `Value` in SI units for a quantity, text for "electrodes" and the like.
        """
        if name not in (*_QUANTITIES, *_TEXTS):
            raise UnknownNameError("metadata", name, (*_QUANTITIES, *_TEXTS))
        value = getattr(self, name)
        if value is None:
            example = _QUANTITIES[name][1] if name in _QUANTITIES else "stainless steel | Li"
            raise InputError(
                f"The {name} is needed and neither the file nor you gave it: pass {name}={_quoted(example)} in Python "
                f"or --{name} {_quoted(example)} on the command line."
            )
        return value

    def with_metadata(self, **changes: Any) -> Measurement:
        """Return a new measurement with other metadata (``area="1.131 cm2"``, ``thickness="350(10) um"``).

        An area or thickness that differs from the one the file gave is accepted and noted in `warnings`.
        """
        known = [f.name for f in dataclasses.fields(self) if f.name != "columns"]
        for name in changes:
            if name not in known:
                raise UnknownNameError("metadata", name, known)
        changed = dataclasses.replace(self, **changes)
        notes = [note for name in _QUANTITIES if name in changes and (note := _contradiction(self, changed, name))]
        return dataclasses.replace(changed, warnings=(*changed.warnings, *notes)) if notes else changed

    def with_warnings(self, *sentences: str) -> Measurement:
        """Return a new measurement with further warnings."""
        return dataclasses.replace(self, warnings=(*self.warnings, *sentences))

    def rows(self, chosen: NDArray[Any] | slice) -> Measurement:
        """Return a new measurement with the chosen rows (a mask, indices or a slice)."""
        return dataclasses.replace(self, columns={label: values[chosen] for label, values in self.columns.items()})

    def metadata(self) -> dict[str, Any]:
        """Return the metadata as a JSON-ready dictionary, quantities in SI units."""
        out: dict[str, Any] = {}
        for name in _QUANTITIES:
            value: Value | None = getattr(self, name)
            out[name] = (
                None
                if value is None
                else {"value": value.value, "standard_uncertainty": value.standard_uncertainty, "unit": _SI[name]}
            )
        out |= {name: getattr(self, name) for name in _TEXTS}
        out["details"] = dict(self.details)
        return out

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON-ready dictionary (NaN as None)."""
        return {
            "columns": {
                label: [x if math.isfinite(x) else None for x in values.tolist()]
                for label, values in self.columns.items()
            },
            "metadata": self.metadata(),
            "warnings": list(self.warnings),
        }


def metadata_from(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Read what `Measurement.metadata` wrote; anything of another form raises."""
    out: dict[str, Any] = {}
    for name in _QUANTITIES:
        entry = stored.get(name)
        if entry is not None:
            spread = entry["standard_uncertainty"]
            out[name] = Value(float(entry["value"]), None if spread is None else float(spread))
    for name in _TEXTS:
        text = stored.get(name)
        if text is not None and not isinstance(text, str):
            raise TypeError(name)
        out[name] = text
    out["details"] = {str(key): str(value) for key, value in dict(stored.get("details") or {}).items()}
    return out


def _rebuild(values: dict[str, Any]) -> Measurement:
    return Measurement(**values)


def _quoted(text: str) -> str:
    return f'"{text}"'


def _frozen_columns(columns: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    if not columns:
        raise InputError("A measurement needs at least one column.")
    out: dict[str, NDArray[np.float64]] = {}
    for label, values in columns.items():
        if label not in LABELS:
            raise UnknownNameError("column", label, LABELS)
        array = np.array(values, dtype=np.float64)
        if array.ndim != 1:
            raise InputError(f"The column {label!r} has {array.ndim} dimensions; a measurement has flat columns.")
        array.setflags(write=False)
        out[label] = array
    lengths = {label: len(array) for label, array in out.items()}
    if len(set(lengths.values())) != 1:
        raise InputError(f"The columns differ in length ({lengths}); a measurement is one table.")
    return out


def _contradiction(before: Measurement, after: Measurement, name: str) -> str:
    old: Value | None = getattr(before, name)
    new: Value | None = getattr(after, name)
    if old is None or new is None:
        return ""
    spread = math.hypot(old.standard_uncertainty or 0.0, new.standard_uncertainty or 0.0)
    if abs(new.value - old.value) <= max(2.0 * spread, 0.005 * abs(old.value)):
        return ""
    return (
        f"The {name} given, {new.value:.4g} {_SI[name]}, contradicts {old.value:.4g} {_SI[name]} from the file; "
        "the one given is used."
    )
