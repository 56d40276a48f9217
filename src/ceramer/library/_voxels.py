"""The voxel answer beside the closed form: the same phases and fractions on a generated image, solved.

Geometry comes from the files in ``data/microstructures``; volume fractions and conductivities are read through the
ledger like everywhere else. The error is that of the voxels: the difference to the same image at half the resolution.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ceramer import laws, units
from ceramer.library._systems import load_medium, load_microstructure, load_stack
from ceramer.microstructure import Composite
from ceramer.microstructure.voxels import Mixture, VoxelImage, coarsened, effective_conductivity, interface_area
from ceramer.provenance import Book, Ledger

__all__ = ["VOXELS", "VOXEL_FINDINGS", "VoxelFinding", "VoxelModel"]

_T22, _T25, _T30 = (units.ZERO_CELSIUS + t for t in (22.0, 25.0, 30.0))
_TOLERANCE = 1e-4
Parameters = Callable[[Ledger], Mapping[str, float | str]]


@dataclass(frozen=True, slots=True)
class VoxelModel:
    """One claim on an image: `calculate(ledger, image)` in SI units, run on the image and on its half.

    `parameters(ledger)` are those of the generator that the inputs decide; a dot leads into a table ("lower.fraction").
    """

    picture: str
    structure: str
    parameters: Parameters
    calculate: Callable[[Ledger, VoxelImage], float]

    def run(self, ledger: Ledger) -> tuple[float, float]:
        """Return the value and what the voxels cost it."""
        fine, half = _images(self.structure, tuple(_rounded(self.parameters(ledger))))
        value = self.calculate(ledger, fine)
        return value, abs(value - self.calculate(ledger, half))


def _rounded(parameters: Mapping[str, float | str]) -> Iterator[tuple[str, float | str]]:
    """Round fractions to what an image can show, so that it is made once."""
    for name, value in parameters.items():
        yield name, round(value, 4) if isinstance(value, float) else value


@functools.lru_cache(maxsize=16)
def _images(structure: str, parameters: tuple[tuple[str, float | str], ...]) -> tuple[VoxelImage, VoxelImage]:
    """Return an image with the given parameters in place of those in its file, and the image at half the resolution."""
    spec = load_microstructure(structure)
    changed = dict(spec.parameters)
    for name, value in parameters:
        table, dot, key = name.rpartition(".")
        if dot:
            changed[table] = {**changed[table], key: value}
        else:
            changed[name] = value
    image = spec.model_copy(update={"parameters": changed}).make(Book().ledger())
    return image, coarsened(image)


def _mix(image: VoxelImage, conductivities: Mapping[str, float]) -> float:
    largest = max(conductivities.values())
    scaled = {name: value / largest for name, value in conductivities.items()}  # homogeneous of degree 1
    return largest * float(effective_conductivity(image, scaled, tolerance=_TOLERANCE).mean)


def _composite(name: str, ledger: Ledger) -> Composite:
    medium = load_medium(name, ledger)
    assert isinstance(medium, Composite)
    return medium


def _ionic(name: str, phases: tuple[str, str], ledger: Ledger, image: VoxelImage) -> float:
    values = [medium.ionic_conductivity(_T30) for medium, _ in _composite(name, ledger).phases]
    return _mix(image, dict(zip(phases, values, strict=True)))


def _electronic(name: str, phases: tuple[str, str], ledger: Ledger, image: VoxelImage) -> float:
    values = [medium.electronic_conductivity(_T30) for medium, _ in _composite(name, ledger).phases]
    return _mix(image, dict(zip(phases, values, strict=True)))


def _arc(name: str, phases: tuple[str, str], ledger: Ledger, image: VoxelImage) -> float:
    """What the printed total leaves for contacts that an arc shows."""
    return 1.0 / (1.0 / ledger("A0067") - 1.0 / _ionic(name, phases, ledger, image))


def _transference(name: str, phases: tuple[str, str], ledger: Ledger, image: VoxelImage) -> float:
    """Two solves: t_BV = H[f s_p, s_c] / H[s_p, s_c]."""
    (polymer, _), (ceramic, _) = _composite(name, ledger).phases
    soft, hard = polymer.ionic_conductivity(_T30), ceramic.ionic_conductivity(_T30)
    start = _mix(image, {phases[0]: soft, phases[1]: hard})
    return _mix(image, {phases[0]: soft * polymer.current_fraction(_T30), phases[1]: hard}) / start


def _sandwich(name: str, ledger: Ledger, image: VoxelImage) -> float:
    stack = load_stack(name, ledger)
    film, pellet = stack.layers[0], stack.layers[1]
    soft, hard = film.medium.ionic_conductivity(_T22), pellet.medium.ionic_conductivity(_T22)
    wet = _mix(image, {"pore": soft, "grain": hard})
    both = stack.thickness - pellet.thickness
    return float(laws.series_conductivity([both, pellet.thickness], [soft, wet]))


def _only(parameter: str, share: Callable[[Ledger], float]) -> Parameters:
    return lambda ledger: {parameter: share(ledger)}


def _fraction(name: str, phase: int, ledger: Ledger) -> float:
    return _composite(name, ledger).fractions[phase]


_PCE, _CSE = ("matrix", "particle"), ("pore", "framework")
_Calculation = Callable[[str, tuple[str, str], Ledger, VoxelImage], float]


def _pce(calculate: _Calculation) -> tuple[VoxelModel, ...]:
    return tuple(
        VoxelModel(
            f"voxels: {picture}",
            structure,
            _only("fraction", functools.partial(_fraction, "PCE", 1)),
            functools.partial(calculate, "PCE", _PCE),
        )
        for picture, structure in (("spheres kept apart", "PCE_coated"), ("spheres that may touch", "PCE_touching"))
    )


_POROSITY = _only("porosity", functools.partial(_fraction, "CSE", 0))


def _cse(calculate: _Calculation) -> tuple[VoxelModel, ...]:
    return (
        VoxelModel("voxels: filled framework", "CSE_framework", _POROSITY, functools.partial(calculate, "CSE", _CSE)),
    )


def _pellet(name: str, porosity: str) -> tuple[VoxelModel, ...]:
    return (
        VoxelModel(
            "voxels: every pore of the pellet filled",
            "pressed_pellet",
            _only("relative_density", lambda ledger: 1.0 - ledger(porosity)),
            functools.partial(_sandwich, name),
        ),
    )


# --- CSE: polymer, ceramic and the interphase between them -----------------------------------------------------------


@functools.lru_cache(maxsize=8)
def _mixture(image: VoxelImage) -> Mixture:
    return Mixture(image, tolerance=_TOLERANCE)


def _cse_conductivities(ledger: Ledger) -> tuple[dict[str, float], float]:
    """Return what pores and framework conduct, and the polymer's I_ss/I_0."""
    (polymer, _), (ceramic, _) = _composite("CSE", ledger).phases
    values = (polymer.ionic_conductivity(_T30), ceramic.ionic_conductivity(_T30))
    return dict(zip(_CSE, values, strict=True)), polymer.current_fraction(_T30)


def _cse_sheet(ledger: Ledger, image: VoxelImage) -> float:
    """Sheet conductance [S] that the printed conductivity needs in this image [as large as it is drawn]."""
    return _mixture(image).sheet_needed(_cse_conductivities(ledger)[0], _CSE, ledger("F001-118"))


def _interphase(ledger: Ledger, image: VoxelImage) -> float:
    """The same where the framework has the assumed area: an image enlarged k times needs k times the sheet."""
    drawn = interface_area(image, *_CSE).specific
    return _cse_sheet(ledger, image) * drawn / ledger("LLZT-framework.specific_interface_area")


def _interphase_conductivity(thickness: float, ledger: Ledger, image: VoxelImage) -> float:
    return float(laws.sheet_thickness_conductivity(_interphase(ledger, image), thickness))


def _cse_shares(ledger: Ledger, image: VoxelImage) -> dict[str, float]:
    sheet = _mixture(image).with_sheet(_CSE, _cse_sheet(ledger, image))
    return sheet.shares(_cse_conductivities(ledger)[0])


def _cse_share(path: str, ledger: Ledger, image: VoxelImage) -> float:
    return _cse_shares(ledger, image)[path]


def _cse_energy(ledger: Ledger, image: VoxelImage) -> float:
    """Activation energy of the third path: Ea = sum p_k Ea_k with the printed Ea of the whole."""
    shares = _cse_shares(ledger, image)
    bulk = shares["pore"] * ledger("F001-121") + shares["framework"] * ledger(
        "LLZTO.grain_conductivity_activation_energy"
    )
    return (ledger("F001-120") - bulk) / shares["pore|framework"]


def _cse_three_paths(ledger: Ledger, image: VoxelImage) -> float:
    """t_BV with the interphase that the printed conductivity needs, a path for lithium alone."""
    sigma, fraction = _cse_conductivities(ledger)
    sheets = {_CSE: _cse_sheet(ledger, image)}
    steady = effective_conductivity(
        image, {**sigma, "pore": fraction * sigma["pore"]}, sheets=sheets, tolerance=_TOLERANCE
    )
    return float(steady.mean) / ledger("F001-118")


# --- PLM: three layers in one image ----------------------------------------------------------------------------------


def _plm_layers(ledger: Ledger) -> tuple[Composite, Composite, Composite]:
    mof, web, llzo = (layer.medium for layer in load_stack("PLM", ledger).layers)
    assert isinstance(mof, Composite)
    assert isinstance(web, Composite)
    assert isinstance(llzo, Composite)
    return mof, web, llzo


def _plm_parameters(ledger: Ledger) -> dict[str, float | str]:
    mof, web, llzo = _plm_layers(ledger)
    lower, middle, upper = (f"{layer.thickness:.2g} m" for layer in load_stack("PLM", ledger).layers)
    return {
        "lower.fraction": mof.fractions[1],
        "lower.thickness": lower,
        "web_fraction": web.fractions[0],
        "web_thickness": middle,
        "upper.fraction": llzo.fractions[1],
        "upper.thickness": upper,
    }


def _through(image: VoxelImage, conductivities: Mapping[str, float]) -> float:
    largest = max(conductivities.values())
    scaled = {name: value / largest for name, value in conductivities.items()}
    return largest * float(effective_conductivity(image, scaled, directions="z", tolerance=_TOLERANCE).along("z"))


def _plm_phases(ledger: Ledger) -> dict[str, tuple[float, float]]:
    """Return conductivity and I_ss/I_0 of every phase of the image."""
    mof, web, llzo = _plm_layers(ledger)
    media = {"MOF": mof.phases[1][0], "web": web.phases[0][0], "polymer": web.phases[1][0], "LLZO": llzo.phases[1][0]}
    found = {}
    for name, medium in media.items():
        sigma = medium.ionic_conductivity(_T25)
        found[name] = sigma, medium.current_fraction(_T25) if sigma else 0.0
    return found


def _plm_conductivity(ledger: Ledger, image: VoxelImage) -> float:
    return _through(image, {name: sigma for name, (sigma, _) in _plm_phases(ledger).items()})


def _plm_transference(ledger: Ledger, image: VoxelImage) -> float:
    steady = {name: sigma * fraction for name, (sigma, fraction) in _plm_phases(ledger).items()}
    return _through(image, steady) / _plm_conductivity(ledger, image)


def _plm(calculate: Callable[[Ledger, VoxelImage], float]) -> tuple[VoxelModel, ...]:
    picture = "voxels: particles and web of straight fibres, the three layers in one image"
    return (VoxelModel(picture, "PLM_layers", _plm_parameters, calculate),)


VOXELS: Mapping[str, tuple[VoxelModel, ...]] = {
    "A0067": _pce(_ionic),
    "A0015": _pce(_arc),
    "A0018": _pce(_electronic),
    "A0069": _pce(_transference),
    "F001-118": _cse(_ionic),
    "F001-123": (
        *_cse(_transference),
        VoxelModel(
            "voxels: with the interphase that the printed conductivity needs, for lithium alone",
            "CSE_framework",
            _POROSITY,
            _cse_three_paths,
        ),
    ),
    "F003-025": _plm(_plm_conductivity),
    "F003-028": _plm(_plm_transference),
    "A0409": _pellet("UVEA-LATP-UVEA", "pellet.porosity_sintered"),
    "A0410": _pellet("UVEA-LVO-UVEA", "pellet.porosity_cold_pressed"),
}
"""Voxel models by the claim that they answer."""


# --- What printed values would need ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VoxelFinding:
    """An inferred number on an image, beside the closed form that reads the same inputs.

    `reads(ledger)` is a number that moves with the same inputs as the answer and costs no solve.
    """

    id: str
    quantity: str
    unit: str
    method: str
    model: VoxelModel
    reads: Callable[[Ledger], float]

    @property
    def system(self) -> str:
        """Of which the number is."""
        return self.id.split(":", maxsplit=1)[0]


def _missing(ledger: Ledger) -> float:
    """Conductivity that the bulk lacks, by the symmetric Bruggeman law."""
    return ledger("F001-118") - Composite("CSE", _composite("CSE", ledger).phases).ionic_conductivity(_T30)


def _missing_per_area(ledger: Ledger) -> float:
    return _missing(ledger) / ledger("LLZT-framework.specific_interface_area")


def _missing_energy(ledger: Ledger) -> float:
    energies = ledger("F001-120") + ledger("F001-121") + ledger("LLZTO.grain_conductivity_activation_energy")
    return energies * (1.0 + _missing(ledger))


def _pce_contact(ledger: Ledger, image: VoxelImage) -> float:
    """Area resistance [ohm m2] between polymer and grains that brings the image to the printed conductivity."""
    values = [medium.ionic_conductivity(_T30) for medium, _ in _composite("PCE", ledger).phases]
    return 1.0 / _mixture(image).contact_needed(dict(zip(_PCE, values, strict=True)), _PCE, ledger("A0067"))


def _pce_reads(ledger: Ledger) -> float:
    return ledger("A0067") / Composite("PCE", _composite("PCE", ledger).phases).ionic_conductivity(_T30)


def _latp_boundary(ledger: Ledger, image: VoxelImage) -> float:
    """Conductance of a grain boundary [S/m2]: 1/H = 1/sigma_grain + 1/sigma_gb, as an impedance plot gives them."""
    grain = load_medium("LATP grain", ledger).ionic_conductivity(_T30)
    target = 1.0 / (1.0 / grain + 1.0 / ledger("A0016"))
    return _mixture(image).contact_needed({"grain": grain}, ("grain", "grain"), target)


def _latp_reads(ledger: Ledger) -> float:
    return ledger("A0016") * load_medium("LATP grain", ledger).ionic_conductivity(_T30)


def _found(
    quantity: str,
    what: str,
    unit: str,
    method: str,
    *,
    model: VoxelModel,
    reads: Callable[[Ledger], float],
) -> VoxelFinding:
    return VoxelFinding(f"{what}, voxels", quantity, unit, f"voxels: {method}", model, reads)


def _cse_on(calculate: Callable[[Ledger, VoxelImage], float]) -> VoxelModel:
    return VoxelModel("voxels: filled framework", "CSE_framework", _POROSITY, calculate)


_AT_S = "at the sheet conductance that the printed conductivity needs"
VOXEL_FINDINGS: tuple[VoxelFinding, ...] = (
    _found(
        "sheet_conductance",
        "CSE:interphase sheet conductance",
        "nS",
        "H[polymer, LLZTO, S] = printed conductivity, solved for S on a framework of the assumed area per volume",
        model=_cse_on(_interphase),
        reads=_missing_per_area,
    ),
    *(
        _found(
            "ionic_conductivity",
            f"CSE:interphase conductivity if {nm} nm thick",
            "S/cm",
            "that sheet conductance over thickness",
            model=_cse_on(functools.partial(_interphase_conductivity, 1e-9 * nm)),
            reads=_missing_per_area,
        )
        for nm in (1, 10, 100)
    ),
    *(
        _found(
            "dissipation_share",
            f"CSE:share of the {name} path",
            "1",
            f"p = dlnH/dln(path), {_AT_S}",
            model=_cse_on(functools.partial(_cse_share, path)),
            reads=_missing,
        )
        for name, path in (("polymer", "pore"), ("LLZTO", "framework"), ("interphase", "pore|framework"))
    ),
    _found(
        "activation_energy",
        "CSE:activation energy of the interphase path",
        "eV",
        f"(printed Ea - p_k Ea_k of polymer and LLZTO) / p of the interphase, {_AT_S}; near or below 0 is unphysical",
        model=_cse_on(_cse_energy),
        reads=_missing_energy,
    ),
    *(
        _found(
            "area_specific_resistance",
            f"PCE:area resistance of polymer|LATP, {model.picture.removeprefix('voxels: ')}",
            "ohm cm2",
            "1/G of the contact for which H = printed conductivity; spheres of 2 to 5 um",
            reads=_pce_reads,
            model=dataclasses.replace(model, calculate=_pce_contact),
        )
        for model in _pce(_ionic)
    ),
    _found(
        "areal_conductance",
        "LATP:areal conductance of its grain boundaries",
        "S/cm2",
        "G of the faces between grains of 1 to 5 um for which 1/H = 1/sigma_grain + 1/sigma_gb, sigma_gb printed",
        reads=_latp_reads,
        model=VoxelModel("voxels: dense grains", "LATP_pellet", lambda _: {}, _latp_boundary),
    ),
)
"""Voxel answers beside the closed forms of what a printed value would need."""
