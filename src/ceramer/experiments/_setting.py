"""A setting of an instrument or a protocol in a file: text with a unit, read to an SI float."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from ceramer import units
from ceramer.errors import InputError

__all__ = [
    "AreaSpecificResistanceSetting",
    "CurrentSetting",
    "FractionSetting",
    "FrequencySetting",
    "InductanceSetting",
    "ResistanceSetting",
    "TimeSetting",
    "VoltageSetting",
]


class _Setting:
    """Pydantic marker: read a field as an SI float of one dimension (a setting is exact)."""

    def __init__(self, dimension: str) -> None:
        self.dimension = dimension

    def read(self, raw: Any, name: str) -> float:
        value = units.parse(raw, self.dimension, name)
        if value.standard_uncertainty is not None:
            raise InputError(f"{name}: {raw!r} has an uncertainty, but a setting is a plain number.")
        return value.value

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> Any:
        from pydantic_core import core_schema

        def validate(raw: object, info: Any) -> float:
            return self.read(raw, getattr(info, "field_name", None) or self.dimension)

        return core_schema.with_info_plain_validator_function(validate)

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        return {"type": "string", "examples": [units.dimension(self.dimension).example], "title": self.dimension}


TimeSetting: TypeAlias = Annotated[float, _Setting("time")]
VoltageSetting: TypeAlias = Annotated[float, _Setting("voltage")]
CurrentSetting: TypeAlias = Annotated[float, _Setting("current")]
ResistanceSetting: TypeAlias = Annotated[float, _Setting("resistance")]
AreaSpecificResistanceSetting: TypeAlias = Annotated[float, _Setting("area_specific_resistance")]
InductanceSetting: TypeAlias = Annotated[float, _Setting("inductance")]
FrequencySetting: TypeAlias = Annotated[float, _Setting("frequency")]
FractionSetting: TypeAlias = Annotated[float, _Setting("fraction")]
