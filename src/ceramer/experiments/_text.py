"""Steps as sentences: ``"Charge at 0.5 mA/cm2 for 1 h or until 4.2 V"`` in, and the same sentence out again.

The grammar (words in any case; every quantity with its unit)::

    step      = action [end {"or" end}] ["," "every" sampling {"or" sampling}] ["[" label "]"]
    action    = "Rest"
              | ("Charge" | "Discharge") "at" current
              | ("Charge" | "Discharge") "from" current "to" current "at" current per time
              | "Hold" ["at" voltage]
              | "Scan" ["from" voltage] "to" voltage "at" scan rate
              | "Impedance" "from" frequency "to" frequency "," number "points per decade" "," voltage
    end       = "for" (time | charge) | "until" (voltage | "above" voltage | "below" voltage | current | charge
              | ["current"] ["rises" | "falls"] ("above" | "below") current)
    current   = mA/cm2 | mA | C-rate          charge = mAh/cm2 | mAh | "50 % of capacity"
    sampling  = time | voltage
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ceramer import units
from ceramer.errors import InputError, nearest
from ceramer.experiments._steps import (
    CHARGES,
    CURRENTS,
    ENDS,
    Action,
    Amount,
    Current,
    CurrentScan,
    Direction,
    Impedance,
    Rest,
    Scan,
    Step,
    Until,
    Voltage,
)

__all__ = ["FORMS", "amount_text", "parse_amount", "parse_step", "quantity_text", "read_quantity", "step_text"]

FORMS: Final = {
    "Rest": "Rest for 1 h",
    "Charge": "Charge at 0.5 mA/cm2 for 1 h or until 4.2 V",
    "Discharge": "Discharge at C/2 until 3 V",
    "Hold": "Hold at 10 mV for 4 h or until 1 uA/cm2",
    "Scan": "Scan from 3 V to 5 V at 0.1 mV/s",
    "Impedance": "Impedance from 1 MHz to 1 Hz, 10 points per decade, 5 mV",
}
"""The first words a step can have, each with a valid sentence."""

# Units for printing, the preferred one first.
_UNITS: Final = {
    "time": ("h", "min", "s"),
    "voltage": ("V", "mV", "uV"),
    "current": ("mA", "uA", "nA", "A"),
    "current_density": ("mA/cm2", "uA/cm2", "A/m2"),
    "charge": ("mAh", "A s"),
    "areal_capacity": ("mAh/cm2", "A s/m2"),
    "specific_capacity": ("mAh/g", "A s/kg"),
    "frequency": ("Hz", "kHz", "MHz", "mHz"),
    "scan_rate": ("mV/s", "V/s"),
    "current_rate": ("mA/s", "mA/min", "A/s"),
    "current_density_rate": ("mA/cm2/s", "mA/cm2/min", "A/m2/s"),
}
_EXTRA: Final = {
    "current_rate": units.Dimension("current_rate", "A/s", "0.1 mA/s"),
    "current_density_rate": units.Dimension("current_density_rate", "A/m2/s", "0.01 mA/cm2/s"),
}
_SI_ONLY_IF_NEEDED: Final = frozenset({"A/m2", "A s", "A s/m2", "A s/kg", "A/s", "A/m2/s"})
_KEYWORDS: Final = frozenset({"at", "for", "until", "from", "to", "or", "every", "above", "below", ","})
_LONG_WORDS: Final = ("until", "from", "every", "above", "below")
_TOKEN: Final = re.compile(r",|[^\s,]+")
_LABEL: Final = re.compile(r"\s*\[([^\[\]]*)\]\s*$")
_SHARE: Final = re.compile(r"(?P<share>.+?)\s+of\s+(?:the\s+)?(?:nominal\s+)?capacity", re.IGNORECASE)
_LONGEST: Final = 300


def read_quantity(text: str, allowed: Sequence[str], what: str) -> tuple[float, str]:
    """Read `text` as the first of the `allowed` dimensions that fits; returns (SI value, dimension)."""
    first: InputError | None = None
    for name in allowed:
        if name == "capacity_fraction":
            share = _SHARE.fullmatch(text.strip())
            if share:
                return units.to_si(share["share"], "fraction", what), name
            continue
        try:
            value = units.parse(text, _EXTRA.get(name, name), what)
        except InputError as error:
            first = first or error
            continue
        if value.standard_uncertainty is not None:
            raise InputError(f"{what}: {text!r} has an uncertainty, but a setting is a plain number.")
        return value.value, name
    assert first is not None  # `allowed` names at least one dimension that units can read
    raise first


def parse_amount(text: str, allowed: Sequence[str], what: str = "") -> Amount:
    """Read `text` ("0.5 mA/cm2", "10 uA", "C/2", "1 mAh/cm2", "50 % of capacity") as an `Amount`."""
    value, name = read_quantity(text, allowed, what)
    if value < 0.0:
        raise InputError(f"{what}: {text!r} is negative; the direction is said by 'Charge' or 'Discharge'.")
    return Amount(value, name)


def quantity_text(value: float, dimension: str) -> str:
    """Return the shortest text of an SI value that reads back to the same float."""
    table = _UNITS[dimension]
    expected = _EXTRA.get(dimension, dimension)
    found: list[tuple[int, int, str]] = []
    for rank, unit in enumerate(table):
        number = units.convert(value, unit)
        for digits in range(1, 18):
            text = f"{_plain(number, digits)} {unit}"
            if units.to_si(text, expected) == value:
                length = len(text) - len(unit) + 4 * ("e" in text.split(" ", 1)[0]) + 20 * (unit in _SI_ONLY_IF_NEEDED)
                found.append((length, rank, text))
                break
    # in SI every float reads back exactly; a coulomb is written A s, because "5 C" is a rate
    si = _EXTRA[dimension].si if dimension in _EXTRA else units.dimension(dimension).si
    return min(found)[2] if found else f"{value!r} {si.replace('C', 'A s')}"


def _plain(number: float, digits: int) -> str:
    """Return `number` rounded to some digits, without a power of ten where that is readable."""
    text = f"{number:.{digits}g}"
    return f"{float(text):.15g}" if "e" in text else text


def amount_text(amount: Amount) -> str:
    """Return an amount as text that reads back to the same amount."""
    value = amount.value
    if amount.of == "capacity_fraction":
        for digits in range(1, 18):
            text = f"{_plain(100.0 * value, digits)} %"
            if units.to_si(text, "fraction") == value:
                return f"{text} of capacity"
        return f"{value!r} of capacity"
    if amount.of == "c_rate":
        made = [f"C/{k}" for k in range(2, 201)] + [f"{_plain(3600.0 * value, digits)}C" for digits in range(1, 18)]
        exact = [text for text in made if "e" not in text and units.to_si(text, "c_rate") == value]
        return min(exact, key=len) if exact else f"{value!r} 1/s"
    return quantity_text(value, amount.of)


def step_text(step: Step) -> str:
    """Return a step as a sentence that `parse_step` reads back to the same step."""
    ends = step.until
    parts = []
    if ends.duration is not None:
        parts.append(f"for {quantity_text(ends.duration, 'time')}")
    if ends.charge is not None:
        parts.append(f"for {amount_text(ends.charge)}")
    natural = {"charge": "above", "discharge": "below"}.get(getattr(step.action, "direction", ""), "")
    for side, volts in (("above", ends.voltage_above), ("below", ends.voltage_below)):
        if volts is not None:
            parts.append(f"until {'' if side == natural else side + ' '}{quantity_text(volts, 'voltage')}")
    if ends.current_below is not None:
        parts.append(f"until {amount_text(ends.current_below)}")
    if ends.current_above is not None:
        parts.append(f"until current rises above {amount_text(ends.current_above)}")
    sampling = []
    if step.period is not None:
        sampling.append(quantity_text(step.period, "time"))
    if step.voltage_resolution is not None:
        sampling.append(quantity_text(step.voltage_resolution, "voltage"))
    text = " ".join([_action_text(step.action), " or ".join(parts)]).rstrip()
    text += f", every {' or '.join(sampling)}" if sampling else ""
    return text + (f" [{step.label}]" if step.label else "")


def _action_text(action: Action) -> str:
    match action:
        case Rest():
            return "Rest"
        case Current():
            return f"{action.direction.capitalize()} at {amount_text(action.level)}"
        case CurrentScan():
            ends = f"from {amount_text(action.start)} to {amount_text(action.end)}"
            return f"{action.direction.capitalize()} {ends} at {amount_text(action.rate)}"
        case Voltage():
            return "Hold" if action.value is None else f"Hold at {quantity_text(action.value, 'voltage')}"
        case Scan():
            start = "" if action.start is None else f"from {quantity_text(action.start, 'voltage')} "
            return f"Scan {start}to {quantity_text(action.end, 'voltage')} at {quantity_text(action.rate, 'scan_rate')}"
        case Impedance():
            return (
                f"Impedance from {quantity_text(action.f_max, 'frequency')} to "
                f"{quantity_text(action.f_min, 'frequency')}, {action.points_per_decade} points per decade, "
                f"{quantity_text(action.amplitude, 'voltage')}"
            )


def parse_step(text: str, where: str = "") -> Step:
    """Read one sentence as a step.

    Parameters
    ----------
    text : str
        Such as one of `FORMS`.
    where : str
        What to name in the message ("my.toml, step 3").

    Returns
    -------
    Step

    Raises
    ------
    InputError
        One sentence that points at the word and gives the nearest valid form.

    Examples
    --------
    >>> step = parse_step("Discharge at C/2 for 3 h or until 3.0 V, every 10 s [formation]")
    >>> step.until.voltage_below, step.period, step.label
    (3.0, 10.0, 'formation')
    >>> print(step)
    Discharge at C/2 for 3 h or until 3 V, every 10 s [formation]
    >>> parse_step("Chagre at 0.5 mA/cm2 for 1 h")
    Traceback (most recent call last):
    ...
    ceramer.errors.InputError: In 'Chagre at 0.5 mA/cm2 for 1 h', 'Chagre' is no kind of step; did you mean 'Charge', \
as in 'Charge at 0.5 mA/cm2 for 1 h or until 4.2 V'?
    """
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"{where}{': ' if where else ''}a step is a sentence such as {FORMS['Charge']!r}.")
    if len(text) > _LONGEST:
        raise InputError(f"{where}{': ' if where else ''}a step is a sentence of at most {_LONGEST} characters.")
    return _Reader(text, where).step()


class _Reader:
    """Reads the words of one sentence from left to right."""

    def __init__(self, text: str, where: str) -> None:
        self.text = " ".join(text.split())
        self.where = where
        label = _LABEL.search(self.text)
        self.label = label[1].strip() if label else ""
        self.body = self.text[: label.start()] if label else self.text
        self.words = [(m[0], m.start(), m.end()) for m in _TOKEN.finditer(self.body)]
        self.at = 0
        self.form = ""

    def fail(self, why: str) -> InputError:
        return InputError(f"{self.where + ': in' if self.where else 'In'} {self.text!r}, {why}")

    def like(self) -> str:
        return f"write it like {self.form!r}."

    def peek(self) -> str:
        return self.words[self.at][0].casefold() if self.at < len(self.words) else ""

    def shown(self) -> str:
        return f"{self.words[self.at][0]!r} is" if self.at < len(self.words) else "the end is"

    def take(self, *options: str) -> str:
        """Take the next word if it is one of `options`, else return nothing."""
        word = self.peek()
        if word and word in options:
            self.at += 1
            return word
        return ""

    def need(self, *options: str) -> str:
        word = self.take(*options)
        if not word:
            wanted = " or ".join(repr(o) for o in options)
            raise self.fail(f"{self.shown()} where {wanted} is expected; {self.like()}")
        return word

    def quantity(self, after: str) -> str:
        """Return the words up to the next keyword as one text."""
        start = self.at
        while self.at < len(self.words) and self.peek() not in _KEYWORDS:
            self.at += 1
        if self.at == start:
            raise self.fail(f"no quantity stands after {after!r}; {self.like()}")
        return self.body[self.words[start][1] : self.words[self.at - 1][2]]

    def meant(self, text: str) -> str:
        """Return what to say of a quantity that holds a word much like one of a sentence ("4.2 V till 3 h")."""
        for word in text.split():
            close = nearest(word.casefold(), _LONG_WORDS) if word.isalpha() and len(word) > 2 else []
            if close:
                return f"{word!r} is no word of a step; did you mean {close[0]!r}?"
        return ""

    def value(self, after: str, dimension: str) -> float:
        text = self.quantity(after)
        try:
            value, _ = read_quantity(text, (dimension,), f"after {after!r}")
        except InputError as error:
            raise self.fail(self.meant(text) or str(error)) from None
        return value

    def amount(self, after: str, *allowed: str) -> Amount:
        text = self.quantity(after)
        try:
            return parse_amount(text, allowed, f"after {after!r}")
        except InputError as error:
            raise self.fail(self.meant(text) or str(error)) from None

    def step(self) -> Step:
        first = self.words[0][0] if self.words else ""
        verb = first.capitalize()
        if verb not in FORMS:
            close = nearest(first, FORMS, 1)
            mend = (
                f"did you mean {close[0]!r}, as in {FORMS[close[0]]!r}?"
                if close
                else f"a step begins with {', '.join(FORMS)}, as in {FORMS['Charge']!r}."
            )
            raise self.fail(f"{first!r} is no kind of step; {mend}")
        self.form = FORMS[verb]
        self.at = 1
        try:
            action = self.action(verb)
            until = Until() if verb == "Impedance" else self.ends(action)
            period, resolution = self.sampling()
            if self.at < len(self.words):
                raise self.fail(f"{self.shown()} not understood here; {self.like()}")
            return Step(action, until, period, resolution, self.label)
        except InputError as error:
            # what a step cannot be is said by the step; which sentence it was is said here
            raise error if repr(self.text) in str(error) else self.fail(_lower(str(error))) from None

    def action(self, verb: str) -> Action:
        if verb == "Rest":
            return Rest()
        if verb in ("Charge", "Discharge"):
            direction: Direction = "charge" if verb == "Charge" else "discharge"
            if self.need("at", "from") == "at":
                return Current(direction, self.amount("at", *CURRENTS))
            self.form = f"{verb} from 0 mA/cm2 to 10 mA/cm2 at 0.01 mA/cm2/s"
            start = self.amount("from", "current_density", "current")
            self.need("to")
            end = self.amount("to", "current_density", "current")
            self.need("at")
            return CurrentScan(direction, start, end, self.amount("at", "current_density_rate", "current_rate"))
        if verb == "Hold":
            return Voltage(self.value("at", "voltage") if self.take("at") else None)
        if verb == "Scan":
            begin = self.value("from", "voltage") if self.take("from") else None
            self.need("to")
            stop = self.value("to", "voltage")
            self.need("at")
            return Scan(stop, self.value("at", "scan_rate"), begin)
        self.need("from")
        f_max = self.value("from", "frequency")
        self.need("to")
        f_min = self.value("to", "frequency")
        self.need(",")
        points = re.fullmatch(r"(\d{1,4})\s+points?\s+per\s+decade", text := self.quantity(","), re.IGNORECASE)
        if points is None:
            raise self.fail(f"{text!r} is not a number of points such as '10 points per decade'; {self.like()}")
        self.need(",")
        return Impedance(f_max, f_min, int(points[1]), self.value(",", "voltage"))

    def ends(self, action: Action) -> Until:
        found: dict[str, float | Amount] = {}
        while self.peek() in ("for", "until"):
            name, value = self.end(action)
            if name in found:
                raise self.fail(f"{name.replace('_', ' ')} is given twice; keep one.")
            found[name] = value
            if not self.take("or"):
                break
            if self.peek() not in ("for", "until"):
                raise self.fail(f"{self.shown()} where 'for' or 'until' is expected after 'or'; {self.like()}")
        return Until(**found)  # type: ignore[arg-type]

    def end(self, action: Action) -> tuple[str, float | Amount]:
        word = self.need("for", "until")
        side, current = "", False
        if word == "until":
            current = bool(self.take("current"))
            way = self.take("rises", "falls")
            side = self.need({"rises": "above", "falls": "below"}[way]) if way else self.take("above", "below")
        text = self.quantity(side or word)
        allowed: tuple[str, ...] = ("time", *CHARGES)
        if word == "until":
            allowed = CURRENTS if side else (*CURRENTS, *CHARGES)
            allowed = CURRENTS if current else ("voltage", *allowed)
        try:
            value, name = read_quantity(text, allowed, f"after {side or word!r}")
        except InputError as error:
            raise self.fail(self.meant(text) or str(error)) from None
        if name == "time":
            return "duration", value
        if name == "voltage":
            if "voltage_above" not in ENDS[type(action)]:
                raise self.fail(f"{text!r} is a voltage, which cannot end this step; {self.like()}")
            natural = {"charge": "above", "discharge": "below"}.get(getattr(action, "direction", ""), "")
            if not (side or natural):
                raise self.fail(f"it is not said from which side; write 'until above {text}' or 'until below {text}'.")
            return f"voltage_{side or natural}", value
        if value < 0.0:
            raise self.fail(f"{text!r} is negative, but a magnitude is meant; {self.like()}")
        name_of_end = "current_above" if side == "above" else "current_below"
        return "charge" if name in CHARGES else name_of_end, Amount(value, name)

    def sampling(self) -> tuple[float | None, float | None]:
        if not self.take(","):
            return None, None
        self.need("every")
        found: dict[str, float] = {}
        while True:
            text = self.quantity("every")
            try:
                value, name = read_quantity(text, ("time", "voltage"), "after 'every'")
            except InputError as error:
                raise self.fail(str(error)) from None
            if name in found:
                raise self.fail(f"the sampling by {name} is given twice; keep one.")
            found[name] = value
            if not self.take("or"):
                return found.get("time"), found.get("voltage")


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
