"""Experiments: protocols, what an instrument adds, and `simulate(cell, protocol) -> Measurement`.

A `Protocol` is steps and repeats of steps, each a sentence (`parse_step`, `load_protocol`) or made by a function of
`ceramer.protocols`; `resolve` turns it into what the engine takes, `pack` the engine's answer into measurements, and
`observe` adds what an instrument adds. `cycle` repeats one cycle of a protocol for the life of a cell and returns a
`Life`; `spread` draws the uncertain numbers of a cell and says how far its lives differ.
"""

from __future__ import annotations

from ceramer.experiments import protocols
from ceramer.experiments._isotopes import simulate_isotopes
from ceramer.experiments._life import Life, Mechanism, cycle, first_crossing
from ceramer.experiments._pack import pack, pack_impedance, pack_series
from ceramer.experiments._protocol import (
    Protocol,
    ProtocolSpec,
    Repeat,
    RepeatSpec,
    ResolvedStep,
    SafetySpec,
    Scheduled,
    load_protocol,
    protocol_of,
    resolve,
)
from ceramer.experiments._realism import Instrument, InstrumentSpec, observe
from ceramer.experiments._simulate import OUTCOMES, Experiment, Outcome, Profiles, run, simulate
from ceramer.experiments._spread import ALIKE, Spread, spread
from ceramer.experiments._steps import (
    Action,
    Amount,
    Current,
    CurrentScan,
    Impedance,
    Rest,
    Scan,
    Step,
    Until,
    Voltage,
)
from ceramer.experiments._text import parse_step

__all__ = [
    "ALIKE",
    "OUTCOMES",
    "Action",
    "Amount",
    "Current",
    "CurrentScan",
    "Experiment",
    "Impedance",
    "Instrument",
    "InstrumentSpec",
    "Life",
    "Mechanism",
    "Outcome",
    "Profiles",
    "Protocol",
    "ProtocolSpec",
    "Repeat",
    "RepeatSpec",
    "ResolvedStep",
    "Rest",
    "SafetySpec",
    "Scan",
    "Scheduled",
    "Spread",
    "Step",
    "Until",
    "Voltage",
    "cycle",
    "first_crossing",
    "load_protocol",
    "observe",
    "pack",
    "pack_impedance",
    "pack_series",
    "parse_step",
    "protocol_of",
    "protocols",
    "resolve",
    "run",
    "simulate",
    "simulate_isotopes",
    "spread",
]
