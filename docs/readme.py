"""Write the table of the README from `reproduce` (run with --write), so that it tells the truth.

python docs/readme.py --write
"""

import re
import sys
from pathlib import Path

from ceramer import library

README = Path(__file__).parents[1] / "README.md"
SHOWN = {
    "A0067": "PCE: ionic conductivity, 30 °C",
    "A0018": "PCE: electronic conductivity",
    "A0069": "PCE: transference number",
    "A0033": "PCE: closing time of a 282 um void (bound)",
    "A0108": "H-SSE: ionic conductivity, 30 °C",
    "A0172": "H-SSE pouch: coulombic efficiency left by the leak",
    "F001-118": "CSE: ionic conductivity, 30 °C",
    "F001-120": "CSE: activation energy",
    "F001-123": "CSE: transference number",
    "F003-043": "LFP/PLM/Li: capacity after 600 cycles, 0.5C (fade from 1C)",
    "A0149": "NMC811/H-SSE/Li: capacity after 640 cycles (fade from another electrolyte)",
    "F001-164": "NCM811/CSE/Li: capacity at 1C (fitted to 0.1C to 0.5C)",
    "A0001": "PCE: life at 1 mA/cm2, were it a polymer without ceramic",
    "F001-150": "CSE: overpotential at 0.2 mA/cm2 (from that at 0.1)",
    "F003-002": "PLM: areal density",
    "F003-025": "PLM: ionic conductivity",
    "F003-084": "PLM pouch: specific energy, foils counted",
    "A0409": "UVEA-LATP-UVEA: ionic conductivity, dry series",
    "A0390": "UVEA: voltage at 20 uA (from 0.1 and 50 uA)",
}


def short(value: float) -> str:
    """Return a number with three digits, four from ten on."""
    return f"{value:.4g}" if abs(value) >= 10 else f"{value:.3g}"


def table() -> str:
    """Return the table as Markdown."""
    rows = {row.id: row for row in library.reproduce().rows}
    lines = ["| claim | printed | ours (95 %) | verdict |", "|---|---|---|---|"]
    for key, label in SHOWN.items():
        row = rows[key]
        span = f" ({short(row.interval[0])} to {short(row.interval[1])})" if row.interval else ""
        sign = "" if row.relation == "=" else f"{row.relation} "
        unit = "" if row.unit == "1" else f" {row.unit}"
        lines.append(f"| {label} | {sign}{row.printed_text}{unit} | {short(row.value)}{span} | {row.verdict} |")
    return "\n".join(lines)


def written(text: str) -> str:
    """Return the README's text with a fresh table."""
    pattern = r"(<!-- table: begin[^\n]*-->\n).*?(<!-- table: end -->)"
    return re.sub(pattern, lambda match: f"{match[1]}{table()}\n{match[2]}", text, flags=re.DOTALL)


if __name__ == "__main__":
    fresh = written(README.read_text(encoding="utf-8"))
    if "--write" in sys.argv:
        README.write_text(fresh, encoding="utf-8")
    else:
        print(table())
