"""One full cell in a file, whose ageing the tests of lives choose: one structure, so that few engines are compiled."""

CELL = """
kind = "cell"
name = "Li|film|NMC811"
area = "1 cm2"
temperature = "60 degC"

[stack]
name = "film"
[[stack.layers]]
name = "film"
thickness = "30 um"
[stack.media.film]
ionic_conductivity = {{ value = "1 mS/cm", temperature = "60 degC" }}
current_fraction = 0.3
salt_concentration = "1 mol/L"

[negative]
type = "lithium"
material = "Li"
thickness = "20 um"
interface_resistance = "20 ohm cm2"
film_resistance = "5 ohm cm2"
double_layer_capacitance = "10 uF/cm2"
{negative}

[positive]
type = "porous"
material = "NMC811"
loading = "5 mg/cm2"
active_fraction = "90 wt%"
porosity = "30 vol%"
specific_capacity = "180 mAh/g"
double_layer_capacitance = "0 uF/cm2"
{positive}
"""
FILM = """
[negative.ageing.film]
conductivity = "5e-8 S/cm"
molar_volume = "96 cm3/mol"
lithium = 2
rate_constant = "1e-13 m/s"
diffusivity = "2e-20 m2/s"
concentration = "4.5 mol/L"
"""


def text(negative: str = "", positive: str = "") -> str:
    """Return the file; `negative` and `positive` are further lines of the electrodes."""
    return CELL.format(negative=negative, positive=positive)


def write(folder, negative: str = "", positive: str = "", name: str = "life.toml") -> str:
    """Write the file and return its path."""
    path = folder / name
    path.write_text(text(negative, positive), encoding="utf-8")
    return str(path)
