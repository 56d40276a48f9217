# ruff: noqa: E501 (tables of prose)
"""Write docs/formats/*.md from the models that read the files.

python docs/formats.py --write

The fields, their dimensions and defaults come from the JSON schemas; what a field means stands in `MEANING` below, and
a field without a meaning, or a meaning without a field, stops the script.
"""

import sys
from importlib.resources import files
from inspect import signature
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ceramer import formulation, units
from ceramer.cell import CellSpec, StackSpec
from ceramer.experiments import ProtocolSpec, protocols
from ceramer.microstructure import STRUCTURES, MediumSpec
from ceramer.microstructure.voxels import GENERATORS, MicrostructureSpec

DOCS = Path(__file__).parent

_HEADER = {
    "kind": "What it is.",
    "schema_version": "Version of the format.",
    "name": "Name to show.",
    "title": "One line for people.",
    "source": "Where it comes from.",
    "system": "Published system that it belongs to (for information).",
    "notes": "Remarks to show.",
    "preparation": "Steps, in order (for information).",
}
_AMOUNTS = {
    "name": "Its name in this recipe, without a slash.",
    "mass": "Weighed mass.",
    "volume": "Measured volume, of the component before curing.",
    "mass_parts": "Parts by mass, relative to the other parts beside it.",
    "molar_parts": "Parts by amount of substance (formula or repeat units).",
    "volume_parts": "Parts by volume.",
    "mass_fraction": "Mass percentage; `of` says of what.",
    "volume_fraction": "Volume percentage; `of` says of what.",
    "mass_fraction_from_tga": "Mass fraction from two weight losses.",
    "balance": "`true`: what is missing to 100 %. One component at most.",
    "of": 'What a percentage is of: `"total"` (with itself), `"rest"` (added on top), or a component or group. Not given:'
    " of the total where the percentages make 100 %, else added on top, with a remark that gives both readings.",
    "printed_mass_fraction": "A percentage printed beside the amount, to be compared with it.",
    "group": "Group that it belongs to.",
}

MEANING: dict[str, dict[str, str]] = {
    "Recipe": {
        **_HEADER,
        "notes": "Remarks (text).",
        "thickness": "Of the pore-free layer: gives areal density and lithium per area.",
        "linear_shrinkage": "Of a tape when sintered, in every direction: gives the porosity after burn-out.",
        "components": "One `[[components]]` table for each thing weighed in.",
        "groups": "Components that share one amount, or a common name.",
        "cure": "Free-radical cure: conversion against time and temperature.",
        "removed": "What is mixed in but not in the product.",
        "infiltration": "A liquid put into a porous film: how much of it the pores can hold.",
        "weight_losses": "Printed losses, compared with the share of the components they are blamed on.",
        "recipes": "Sub-recipes, written inline as `[recipes.NAME]`.",
    },
    "Component": {
        **_AMOUNTS,
        "material": "Name in the [catalogue](../materials.md).",
        "recipe": "Another recipe: `[recipes.NAME]` of this file, or `NAME.toml` beside it.",
        "role": "What it does; solid roles are not part of the polymer phase. Default: the catalogue's.",
        "printed_as": "The name that a paper printed, where it is another substance.",
        "cured_material": "What a monomer has become: its density counts in the finished film.",
        "formula": "Overrides the catalogue; a salt needs one.",
        "density": "Overrides the catalogue.",
        "molar_mass": "Overrides the one computed from the formula.",
        "groups": "Counts of `ether_oxygen`, `nitrile` and `tethered_anion` in a formula unit, where ceramer does not know them.",
        "note": "A remark.",
    },
    "Group": _AMOUNTS,
    "TgaFraction": {
        "composite_loss": "Loss of the composite.",
        "ceramic_loss": "Loss of the bare ceramic.",
        "organic_residue": "Share of the organics that stays. Not given: they leave completely.",
    },
    "Cure": {
        "initiator": "Its component.",
        "temperature": "Of the cure.",
        "time": "Of the cure.",
        "wavelength": "Of the light (recorded, not used).",
        "decomposition_rate": "k_d of the initiator: at one temperature, or under light.",
        "decomposition_prefactor": "Or: prefactor of its Arrhenius law,",
        "decomposition_activation_energy": "and activation energy.",
        "efficiency": "Share of the radicals that start a chain.",
        "propagation": "k_p.",
        "termination": "k_t.",
        "observed": "A measured conversion: k_p is scaled to it.",
        "note": "A remark.",
    },
    "ObservedConversion": {
        "conversion": "Measured,",
        "time": "after this time,",
        "temperature": "at this temperature.",
    },
    "Removed": {
        "dried": "Components that evaporate.",
        "burnt_out": "Components that burn during sintering and leave pores.",
    },
    "Infiltration": {
        "volume": "Of one injection.",
        "count": "Number of injections.",
        "film_diameter": "Of the porous film.",
        "film_thickness": "Of the porous film.",
        "porosity": "Default: what the solids of the recipe leave free.",
    },
    "WeightLoss": {
        "loss": "Printed loss.",
        "attributed_to": "Components it is blamed on.",
        "from_temperature": "Start (for information).",
        "to_temperature": "End (for information).",
    },
    "StackSpec": {
        **_HEADER,
        "layers": "One `[[layers]]` table for each layer, from the negative (lithium) to the positive side.",
        "interfaces": "Contact resistances between two layers.",
        "media": "Media of your own, `[media.NAME]`; they come before published ones of the same name.",
    },
    "LayerSpec": {
        "name": "Name of the layer.",
        "thickness": "Of the layer.",
        "medium": "What fills it: a medium of this file, of a published system, or a catalogue material. Default: its name.",
        "diameter": "Where it differs from the electrode's (recorded, not used by the resistance).",
    },
    "InterfaceSpec": {
        "between": "Names of the two layers.",
        "area_specific_resistance": "Of the contact, to lithium ions.",
        "capacitance": "Beside the resistance: the contact is an arc of its own in a spectrum. Not given: none.",
        "blocks_salt": "`true`: the salts of two polymers stay apart, and only lithium crosses.",
    },
    "MediumSpec": {
        **_HEADER,
        "recipe": "Recipe behind it (a published one, or a path that ends in `.toml`): volume fractions and density.",
        "material": "Catalogue material: gives what is not given here.",
        "ionic_conductivity": "At a temperature.",
        "electronic_conductivity": "At a temperature.",
        "density": "Of the medium.",
        "current_fraction": "Steady over initial current between lithium electrodes (Bruce–Vincent); 1 for a ceramic.",
        "salt_concentration": "Of the conducting volume. Not given: the dissolved salt of the recipe; else 1 mol/L, and said.",
        "transference_number": "Of lithium. Not given: the current fraction, as in an ideal dilute solution.",
        "salt_diffusivity": "Not given: of an ideal dilute salt with this conductivity, transference number and concentration.",
        "tethered_concentration": "Anions fixed to the polymer. Not given: none.",
        "relative_permittivity": "Not given: no displacement current in this layer.",
        "grain_conductivity": "Of a ceramic without its grain boundaries; what the layer resists beyond it, they do.",
        "grain_boundary_capacitance": "Of all boundaries across the layer together, per area of it.",
        "mixed": "Makes it a conductor of ions and electrons whose lithium content varies.",
        "exchange": "Between a polymer and a ceramic that both percolate: gives the composite two potentials.",
        "phases": "Makes it a composite: the media that share the volume, the matrix first.",
        "structure": "How the phases touch, see below.",
        "structure_weight": "For `between_bounds`: 0 (lower) to 1 (upper); 0.5 where not given.",
        "tortuosity": "For `filled_pores`; ε^−0.5 where not given.",
        "interphase": "A fast path along the internal interface, in parallel.",
        "microstructure": "A voxel image in place of a `structure`: its file, or the table below. Needs the extra `engine`.",
    },
    "MixedSpec": {
        "maximum_concentration": "Lithium that it holds when full.",
        "stoichiometry": "Share of the sites that hold lithium at the start.",
        "equilibrium_potential": "Against lithium, at that stoichiometry.",
        "slope": "Of the linear part of the potential over stoichiometry; the rest is that of a lattice gas. Not given: 0.",
    },
    "ExchangeSpec": {
        "area_specific_resistance": "Of the surface between polymer and ceramic.",
        "sphere_diameter": "Diameter d of spheres of the last phase whose surface this is: area per volume 6 φ/d.",
    },
    "VoxelsSpec": {
        "file": "A [microstructure](microstructure.md) recipe (a published one, or a path that ends in `.toml`), "
        "whose contacts and sheets count too; or a segmented image.",
        "voxel_size": "Edge of a voxel, for an image that does not say.",
        "direction": "Of the current through the layer; `mean` of the three for an image without a direction of its own.",
    },
    "MicrostructureSpec": {
        **{key: _HEADER[key] for key in ("kind", "schema_version", "name", "title", "notes")},
        "generator": "What makes it, see below.",
        "shape": "Voxels along z, y, x, or one number for a cube (`layered_web`: across the film).",
        "voxel_size": "Edge of a voxel.",
        "seed": "The same seed gives the same image.",
        "parameters": "Those of the generator, below.",
        "phases": "Conductivity of each phase that the generator makes; left out where media give it.",
        "permittivities": "Relative permittivity of each phase, for impedance (`--frequencies`).",
        "interfaces": "Contacts between phases, or between the grains of one.",
        "sheets": "Fast paths along surfaces; none on a pair that has a contact.",
    },
    "ContactSpec": {
        "between": "Names of two phases; one twice for the boundaries between its grains.",
        "areal_conductance": 'Such as `"10 S/cm2"`; `"0 S/cm2"` blocks.',
        "areal_capacitance": 'Of the same area, beside its conductance, for impedance: `"1 uF/cm2"`.',
    },
    "SheetSpec": {
        "between": "Names of two phases.",
        "sheet_conductance": "Along their surface.",
    },
    "PropertySpec": {
        "value": "The conductivity,",
        "temperature": "where it was measured.",
        "activation_energy": "Carries it to other temperatures (form σ = A exp(−Ea/kT)). Without one, it holds within 10 K.",
    },
    "PhaseSpec": {
        "medium": "What it is made of; media may be nested.",
        "volume_fraction": 'A number, `"rest"` (one phase at most), `"recipe"` (from the recipe of the medium), or '
        '`"image"` (all phases: as in the microstructure).',
        "component": "Its name in that recipe, where it is another.",
        "image_phase": "Its name in the microstructure, where it is another.",
    },
    "InterphaseSpec": {
        "sheet_conductance": "Along the interface.",
        "sphere_diameter": "Diameter d of spheres of the last phase whose surface this is: area per volume 6 φ/d.",
    },
    "CellSpec": {
        **_HEADER,
        "format": "Geometry (for information).",
        "stack": "The electrolyte: a published system, the path of a stack file, or a `[stack]` table.",
        "negative": "Negative electrode.",
        "positive": "Positive electrode.",
        "area": "Of the electrodes.",
        "diameter": "Instead of the area.",
        "temperature": "Of the cell.",
        "stack_pressure": "Recorded, not used yet.",
        "packaging_areal_mass": "Packaging spread over one electrode pair. Not given: there is no packaged basis.",
        "packaging_thickness": "The same for Wh/L; 0 where not given.",
        "media": "Media for the pores of the electrodes.",
    },
    "ElectrodeSpec": {
        "type": "Lithium foil, blocking metal, bare metal to plate lithium on, or porous composite.",
        "material": "Catalogue name of the active material or metal.",
        "recipe": "Recorded, not used yet.",
        "thickness": "Of the foil, or of the coating (default: from loading, density and porosity).",
        "loading": "Active material per area of a porous electrode.",
        "active_fraction": "Active material in the dry coating, by mass.",
        "specific_capacity": "Per active material.",
        "areal_capacity": "Overrides loading times specific capacity; for lithium, gives the thickness.",
        "mean_voltage": "Of discharge; needed for Wh/kg and Wh/L.",
        "porosity": "Of the coating.",
        "tortuosity": "Factor of its pores, which conduct porosity/tortuosity times what fills them. Not given: by Bruggeman's "
        "rule, with the exponent of any cathode in the catalogue.",
        "pore_medium": "What fills its pores; its mass counts.",
        "interface_resistance": "Of one electrode against the electrolyte: film and charge transfer together.",
        "film_resistance": "The part of it that is a film; the rest is charge transfer (Butler–Volmer). A film that grows "
        "starts from it. Not given: 0.",
        "double_layer_capacitance": "Not given: that of the metal in the catalogue, and said; on particles none, and said.",
        "oxidation_onset": "Potential against lithium at which the electrolyte is oxidised here with",
        "oxidation_current": "this current density (of the metal, or of the particles' surface); without one, nothing is "
        "oxidised.",
        "tafel_slope": "Volts for ten times that current; that of any metal in the catalogue where not given.",
        "nucleation_overpotential": "Of the first lithium on bare metal (type `plating`). Not given: 0.",
        "particle_radius": "Of the active material, as spheres. Not given: the catalogue's.",
        "lithium_diffusivity": "In the active material. Not given: the catalogue's.",
        "exchange_current_density": "Of the half full active material beside 1 mol/L of salt. Not given: the catalogue's.",
        "electronic_conductivity": "Of the whole coating. Not given: the catalogue's.",
        "stoichiometry": "Lithium per site of the active material as assembled. Not given: the catalogue's.",
        "collector": "Current collector.",
        "ageing": "How it ages, see below. Nothing ages that is not given: there are no default values.",
    },
    "AgeingSpec": {
        "film": "A film that grows: SEI on lithium or on bare metal, CEI on the particles of a porous electrode. It starts "
        "from `film_resistance`.",
        "interphase": "Instead of a film: a ceramic that the lithium reduces (LATP). It starts from `film_resistance`.",
        "dead_lithium": "Share of the plated lithium that never comes back (`lithium`, `plating`).",
        "voids": "Contact that stripping takes from lithium (`lithium`).",
        "contact_loss": "Share of the particles' contact that is lost per unit of stoichiometry that passes, in or out "
        "(`porous`).",
        "active_material_loss": "Share of the active material that drops out in each cycle, with its lithium (`porous`).",
    },
    "FilmGrowthSpec": {
        "conductivity": "Of the film to lithium ions: its resistance is its thickness over this.",
        "molar_volume": "Film per mole of what reacts.",
        "lithium": "Lithium that each mole of it binds.",
        "rate_constant": "Of the reaction under the film.",
        "diffusivity": "Of what reacts, through the film.",
        "concentration": "Of what reacts, outside the film.",
    },
    "InterphaseGrowthSpec": {
        "ionic_conductivity": "Of the interphase,",
        "electronic_conductivity": "and to electrons; the smaller of the two decides.",
        "voltage": "Between lithium and the potential at which the ceramic is reduced.",
        "molar_volume": "Interphase per formula unit of the ceramic.",
        "lithium": "Lithium that each formula unit takes up.",
    },
    "VoidGrowthSpec": {
        "borne_current_density": "Stripping that diffusion and creep of lithium replace, so that no void opens.",
        "roughness": "Mean depth of missing lithium that leaves 1/e of the contact.",
        "refilled_share": "Share of a void that plating fills again; the rest is closed over.",
        "closure_rate": "At which pressure and creep take the depth of voids away.",
    },
    "CollectorSpec": {
        "material": "Catalogue name of the foil.",
        "thickness": "Of the foil.",
        "shared": "`true`: coated on both sides, so half of it counts for one pair.",
    },
    "ProtocolSpec": {
        **_HEADER,
        "technique": "What the measurement says that it is.",
        "period": "Time between two rows, for the steps that give none. Not given: the points of the solver.",
        "c_rate_capacity": "What `1C` and `50 % of capacity` refer to: an areal capacity, a charge, or a specific capacity "
        "(`1.5 mAh/cm2`, `2 mAh`, `200 mAh/g`). It is never guessed.",
        "separate": "`true`: each step becomes a measurement of its own.",
        "steps": "Sentences, see below, and repeats of sentences.",
        "safety": "Where the run ends, whatever the step.",
        "instrument": "What an instrument adds to the record.",
    },
    "RepeatSpec": {
        "repeat": "How often. Each pass of an innermost repeat counts as a cycle.",
        "steps": "Sentences, and repeats of sentences.",
    },
    "SafetySpec": {
        "voltage_below": "The run ends below this voltage,",
        "voltage_above": "and above this one.",
    },
    "InstrumentSpec": {
        "name": "Its name.",
        "voltage_noise": "Standard deviation of Gaussian noise on the voltage.",
        "voltage_noise_relative": "The same, relative to the voltage; both add in quadrature.",
        "current_noise": "On the current.",
        "current_noise_relative": "Relative to the current.",
        "impedance_noise": "On real and imaginary part each.",
        "impedance_noise_relative": "Relative to the modulus.",
        "voltage_resolution": "Voltages are rounded to multiples of this.",
        "current_resolution": "Currents are rounded to multiples of this.",
        "lead_resistance": "In series with the cell.",
        "lead_inductance": "In series; only impedance sees it.",
        "contact_resistance": "In series, of one unit of area.",
        "frequency_min": "Points below are cut.",
        "frequency_max": "Points above are cut.",
        "period": "Shortest time between two rows of a step.",
    },
}

TITLES = {
    "ProtocolSpec": "The file",
    "RepeatSpec": "`{ repeat, steps }`",
    "SafetySpec": "`[safety]`",
    "InstrumentSpec": "`[instrument]`",
    "Recipe": "The file",
    "StackSpec": "The file",
    "CellSpec": "The file",
    "MediumSpec": "The table",
    "Component": "`[[components]]`",
    "Group": "`[[groups]]`",
    "TgaFraction": "`mass_fraction_from_tga`",
    "Cure": "`[cure]`",
    "ObservedConversion": "`[cure.observed]`",
    "Removed": "`[removed]`",
    "Infiltration": "`[infiltration]`",
    "WeightLoss": "`[[weight_losses]]`",
    "LayerSpec": "`[[layers]]`",
    "InterfaceSpec": "`[[interfaces]]`",
    "PropertySpec": "`ionic_conductivity`, `electronic_conductivity`",
    "PhaseSpec": "`[[media.NAME.phases]]`",
    "InterphaseSpec": "`interphase`",
    "VoxelsSpec": "`microstructure`",
    "MicrostructureSpec": "The file",
    "ContactSpec": "`[[interfaces]]`",
    "SheetSpec": "`[[sheets]]`",
    "MixedSpec": "`mixed`",
    "ExchangeSpec": "`exchange`",
    "ElectrodeSpec": "`[negative]`, `[positive]`",
    "CollectorSpec": "`collector`",
    "AgeingSpec": "`[negative.ageing]`, `[positive.ageing]`",
    "FilmGrowthSpec": "`film`",
    "InterphaseGrowthSpec": "`interphase`",
    "VoidGrowthSpec": "`voids`",
}

PAGES = {"StackSpec": "[stack](stack.md)", "MediumSpec": "[medium](medium.md)", "Recipe": "recipe"}
COUNTS = ("mass_parts", "molar_parts", "volume_parts", "count")

NUMBERS = """# How numbers are written

A number in a file of ceramer is text with its unit. Without a unit it is refused, unless it has no dimension.

| you write | it means |
|---|---|
| `"350 um"` | 350 µm, exactly (in an [audit](audit.md): rounded to its last digit) |
| `"350(10) um"`, `"350 +/- 10 um"` | with a standard uncertainty of 10 µm; `"0.750(12)"` is 0.750 ± 0.012 |
| `"1.2(1)e-4 S/cm"` | powers of ten |
| `"30 degC"` | a temperature; differences are in `K` |
| `"70 wt%"`, `"51 vol%"`, `"0.51"`, `0.51` | a fraction |
| `"0.5C"`, `"C/2"` | a rate, never a charge |
| `"46.7 ohm cm2"`, `"5 mS cm-1"`, `"0.2 mA/cm^2"` | units are products and quotients; `*`, `/` and powers |

An unknown unit gets one sentence with the nearest valid spelling, a unit of another dimension is refused by name.

## A table says more

```toml
diameter = {{ value = "12.0 mm", low = "11.9 mm", high = "12.1 mm", source = "calliper, five spots" }}
structure_weight = {{ value = "0.4", low = "0.3", high = "0.6", assumed = true, source = "pressed powder" }}
ionic_conductivity = {{ fact = "A0067" }}
density = {{ catalogue = "LATP.density" }}
thickness = {{ fact = "F003-001", minus = ["F003-003", "F003-004"] }}
```

| key | meaning |
|---|---|
| `value` | the number, as above. Exactly one of `value`, `fact` and `catalogue` |
| `low`, `high` | both ends of a range: it is sampled uniformly (in the logarithm, where the ends differ by more than a factor 3) |
| `assumed` | `true`: nobody measured it here. It needs a range, and every result that it moves names it |
| `source`, `note` | where it comes from, and what a reader should know |
| `temperature` | where it was measured |
| `fact` | a printed number of the four papers, by its id; without an uncertainty of its own it has that of its last digit |
| `catalogue` | a value of the [catalogue](../materials.md): `"MATERIAL.property"` |
| `minus` | with `fact` or `catalogue`: further ids to subtract |

## Dimensions

| dimension | SI unit inside | example | must be |
|---|---|---|---|
{dimensions}
"""

AUDIT = """# Audit

{new}

A file has `kind = "audit"`, an optional `schema_version`, `title` and `note`, and one table `[context.NAME]` for each
sample, cell or claim. In a context, every number stands under its *role*; the relations that link the roles of one context
are checked.

## How a number is written

As [everywhere](numbers.md), and with the words that papers use. A printed number stands for an interval:

| you write | interval |
|---|---|
| `"350 um"` | half a unit of its last digit either way, 5 % at most |
| `"350(10) um"` | two standard uncertainties either way |
| `"about 400 um"`, `"~ 400 um"` | 5 % either way, or its rounding if that is wider |
| `"> 2000 h"`, `"< 1 mA"` | a bound |
| `{{ value = "1 mA/cm2", exact = true }}` | a setting: exactly this |
| `{{ value = "4 V", low = "3.7 V", high = "4.2 V", assumed = true }}` | the range |
| `{{ fact = "A0067" }}`, `{{ catalogue = "LATP.density" }}` | a printed number, a catalogue value |
| `{{ fact = "A0132", condition = "c_rate" }}` | a setting among the conditions of a printed number |
| `{{ sum = ["350 um", "120 um"] }}`, `{{ difference = [whole, part] }}` | of the numbers in the list |
| `["4.2 V", "4.3 V"]` | one quantity, printed in several places |

Keys of a table: {keys}. *Nature* below: a **rounded** number moves by its last digit, a **setting** is exact, a
**weighed** amount moves by its last digit, 1 % at most.

## Roles

| role | dimension | shown in | nature |
|---|---|---|---|
{roles}

## Lists of tables

A context may hold lists: layers of a stack, parts of a recipe, steps of a test.

| list | roles of each table |
|---|---|
{records}

Every table may have {texts}.

## Template

{template}
"""


def _kind(schema: dict[str, Any]) -> str:
    """Say in words what a field takes."""
    title = str(schema.get("title", ""))
    if title in units.DIMENSIONS:
        return title.replace("_", " ")
    if any("fact" in option.get("properties", {}) for option in schema.get("anyOf", ())):
        return "number with its unit"
    if "anyOf" in schema:
        return " or ".join(_kind(option) for option in schema["anyOf"] if option.get("type") != "null")
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return PAGES.get(name) or f"table ({TITLES[name]})"
    if "const" in schema:
        return f"`{schema['const']!r}`".replace("'", '"')
    if "enum" in schema:
        return ", ".join(f"`{option}`" for option in schema["enum"])
    if "prefixItems" in schema:
        kind = _kind(schema["prefixItems"][0])
        return f"{len(schema['prefixItems'])} {kind}s"
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items']).replace('table', 'tables').replace('text', 'texts')}"
    if schema.get("type") == "object":
        if schema["additionalProperties"] is True:
            return "table"
        inside = _kind(schema["additionalProperties"])
        if inside.startswith("number"):
            return f"{inside.replace('number', 'numbers').replace('its unit', 'their units')} by name"
        return f"tables by name, each a {inside}"
    return {"string": "text", "integer": "integer", "boolean": "true or false", "number": "number"}[schema["type"]]


def _default(field: dict[str, Any], required: bool) -> str:
    if required:
        return "**required**"
    default = field.get("default")
    if default in (None, "", [], {}) or isinstance(default, dict):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _table(name: str, schema: dict[str, Any], used: set[str]) -> str:
    meaning = MEANING[name]
    missing, stale = set(schema["properties"]) - set(meaning), set(meaning) - set(schema["properties"])
    stale -= set(_HEADER)
    if missing or stale:
        raise SystemExit(f"{name}: without a meaning: {sorted(missing)}; not a field: {sorted(stale)}")
    used.add(name)
    lines = ["| field | takes | default | meaning |", "|---|---|---|---|"]
    for field, item in schema["properties"].items():
        takes = "number" if field in COUNTS else _kind(item)
        default = _default(item, field in schema.get("required", ()))
        lines.append(f"| `{field}` | {takes} | {default} | {meaning[field]} |")
    return "\n".join(lines)


def _page(title: str, intro: str, model: type[BaseModel], order: list[str], used: set[str], *, end: str = "") -> str:
    schema = model.model_json_schema()
    tables = {**schema.get("$defs", {}), model.__name__: schema}
    tables[model.__name__] = schema.get("$defs", {}).get(model.__name__, schema)
    parts = [f"# {title}", intro]
    for name in order:
        parts += [f"## {TITLES[name]}", _table(name, tables[name], used)]
    return "\n\n".join([*parts, *([end] if end else [])]).rstrip() + "\n"


def _new(kind: str) -> str:
    return (
        f"`ceramer new {kind}` writes a commented file that runs as it is. Numbers are written [like this](numbers.md)."
    )


def _template(kind: str) -> str:
    if kind == "recipe":
        text = formulation.template()
    else:
        text = files("ceramer.library").joinpath(f"data/templates/{kind}.toml").read_text(encoding="utf-8")
    return f"```toml\n{text.rstrip()}\n```"


def _generators() -> str:
    rows = []
    for name, function in GENERATORS.items():
        known = [p for p in signature(function).parameters.values() if p.name not in ("shape", "voxel_size", "seed")]
        shown = ", ".join(f"**{p.name}**" if p.default is p.empty else p.name for p in known)
        rows.append(f"| `{name}` | {str(function.__doc__).splitlines()[0].rstrip('.')} | {shown} |")
    return (
        "## Generators\n\n| `generator` | makes | parameters (bold: needed) |\n|---|---|---|\n"
        + "\n".join(rows)
        + '\n\nA diameter is one length, or a range: `{ low = "1 um", high = "5 um", weight = "number" }` '
        "(or `volume`). What each parameter means stands in the [API](../api/voxels.md)."
    )


def _audit() -> str:
    from ceramer.library.audit._numbers import _KEYS
    from ceramer.library.audit._roles import RECORDS, ROLES, TEXTS

    roles = [
        f"| `{role.name}` | {role.dimension.replace('_', ' ')} | {role.unit} | {role.nature} |"
        for role in ROLES.values()
    ]
    records = [f"| `{name}` | {', '.join(f'`{role}`' for role in members)} |" for name, members in RECORDS.items()]
    words = {str: "text", bool: "true or false", list: "list of names"}
    return AUDIT.format(
        new=_new("audit").split(" Numbers")[0],
        keys=", ".join(f"`{key}`" for key in _KEYS),
        roles="\n".join(roles),
        records="\n".join(records),
        texts=", ".join(f"`{name}` ({words[kind]})" for name, kind in TEXTS.items()),
        template=_template("audit"),
    )


SENTENCES = """## Sentences

Words in any case; every quantity with its unit.

| a step begins with | for example |
|---|---|
{forms}

| part | written |
|---|---|
| a current | `0.5 mA/cm2`, `10 uA`, `C/2`, `0.5C` |
| it moves | `Charge from 0 mA/cm2 to 10 mA/cm2 at 0.01 mA/cm2/s for 1 h` |
| an end | `for 1 h`, `for 1 mAh/cm2`, `for 50 % of capacity`, `until 4.2 V`, `until below 3 V`, `until 1 uA/cm2`, `until C/20`, `until current rises above 1 uA/cm2` |
| several ends | `for 4 h or until 1 uA/cm2`: the first one met ends the step |
| from the present voltage | `Scan to 4.6 V at 1 mV/s`, `Hold for 10 min` |
| a row at least every | `Rest for 1 h, every 10 s`, `Charge at C/10 until 4.2 V, every 60 s or 5 mV` |
| a label | `Rest for 1 h [relaxation]` |

`until 4.2 V` is above it for a charge and below it for a discharge; elsewhere, write `until above` or `until below`. A charge
plates the negative electrode. Steps outside the innermost repeats belong to the cycle before them.

## Ready protocols

In Python, `ceramer.protocols` makes them:

| function | what it does |
|---|---|
{ready}

"""


def _sentences() -> str:
    from ceramer.experiments._text import FORMS

    forms = "\n".join(f"| {word} | `{form}` |" for word, form in FORMS.items())
    ready = "\n".join(
        f"| `{name}` | {str(getattr(protocols, name).__doc__).splitlines()[0].rstrip('.')} |"
        for name in protocols.__all__
    )
    return SENTENCES.format(forms=forms, ready=ready)


def pages() -> dict[str, str]:
    """Return every page of the file formats as Markdown, by its name."""
    used: set[str] = set()
    dimensions = "\n".join(
        f"| {d.name.replace('_', ' ')} | {d.si} | `{d.example}` | "
        f"{'of any sign' if d.minimum is None else 'above 0' if d.strict else '0 or more'} |"
        for d in units.DIMENSIONS.values()
    )
    template = "## Template\n\n{}".format
    structures = "\n".join(f"| `{name}` | {picture} |" for name, picture in STRUCTURES.items())
    medium = (
        "A medium fills a layer. It is written as a table `[media.NAME]` of a stack (or `[stack.media.NAME]` of a cell), "
        "and is one of three things: a catalogue `material`, a homogeneous medium with its own properties, or a "
        "composite with `phases`. Numbers are written [like this](numbers.md)."
    )
    recipe = _new("recipe") + (
        " Each component and group states its amount in exactly one way. Everything the recipe implies (fractions, "
        "densities, lithium, residue, conversion) follows by `ceramer show` and `ceramer.formulation.evaluate`."
    )
    recipe_order = ["Recipe", "Component", "Group", "TgaFraction", "Cure", "ObservedConversion", "Removed"]
    made = {
        "formats/numbers.md": NUMBERS.format(dimensions=dimensions),
        "formats/recipe.md": _page(
            "Recipe",
            recipe,
            formulation.Recipe,
            [*recipe_order, "Infiltration", "WeightLoss"],
            used,
            end=template(_template("recipe")),
        ),
        "formats/stack.md": _page(
            "Stack",
            _new("stack") + " What a `[media.NAME]` table takes is in [Medium](medium.md).",
            StackSpec,
            ["StackSpec", "LayerSpec", "InterfaceSpec"],
            used,
            end=template(_template("stack")),
        ),
        "formats/cell.md": _page(
            "Cell",
            _new("cell")
            + " The `[stack]` table is a [stack](stack.md); for its `[stack.media.NAME]`, see [Medium](medium.md).",
            CellSpec,
            [
                *("CellSpec", "ElectrodeSpec", "CollectorSpec"),
                *("AgeingSpec", "FilmGrowthSpec", "InterphaseGrowthSpec", "VoidGrowthSpec"),
            ],
            used,
            end=template(_template("cell")),
        ),
        "formats/medium.md": _page(
            "Medium",
            medium,
            MediumSpec,
            ["MediumSpec", "PropertySpec", "PhaseSpec", "InterphaseSpec", "VoxelsSpec", "MixedSpec", "ExchangeSpec"],
            used,
            end=f"## Structures\n\n| `structure` | picture |\n|---|---|\n{structures}\n\n"
            "The laws behind them are in [Composites](../theory/composites.md).",
        ),
        "formats/microstructure.md": _page(
            "Microstructure",
            _new("microstructure") + " How it is solved is in [Voxel images](../theory/microstructure.md).",
            MicrostructureSpec,
            ["MicrostructureSpec", "ContactSpec", "SheetSpec"],
            used,
            end=f"{_generators()}\n\n{template(_template('microstructure'))}",
        ),
        "formats/protocol.md": _page(
            "Protocol",
            _new("protocol") + " Here they are settings: exact, without an uncertainty.",
            ProtocolSpec,
            ["ProtocolSpec", "RepeatSpec", "SafetySpec", "InstrumentSpec"],
            used,
            end=_sentences() + template(_template("protocol")),
        ),
        "formats/audit.md": _audit(),
    }
    if set(MEANING) - used:
        raise SystemExit(f"described, but on no page: {sorted(set(MEANING) - used)}")
    return {name: f"<!-- written by docs/formats.py -->\n{text.rstrip()}\n" for name, text in made.items()}


if __name__ == "__main__":
    for name, text in pages().items():
        if "--write" in sys.argv:
            (DOCS / name).write_text(text, encoding="utf-8")
        else:
            print(text)
