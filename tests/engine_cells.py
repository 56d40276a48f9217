"""Parts of small cells that several shelves of tests put together, and every kind that the engine knows."""

from ceramer import laws
from ceramer.physics import Ceramic, Polymer, _contacts, _metals, _model, _transport

T = 333.15
BINARY = {"conductivity": 0.1, "salt_concentration": 1000.0, "transference_number": 0.2, "salt_diffusivity": 8e-12}
TETHERED = {
    "anion_concentration": 600.0,
    "tethered_concentration": 400.0,
    "cation_diffusivity": 5e-12,
    "anion_diffusivity": 9e-12,
}
POLYMER = Polymer(thickness=100e-6, name="polymer", cells=20, grading=8.0, **BINARY)
CERAMIC = Ceramic(thickness=50e-6, conductivity=0.02, name="ceramic")
NEWMAN = laws.newman_number(0.1, 8e-12, 0.2, concentration=1000.0, temperature=T)


def all_kinds():
    """Return the kinds of every cell, and those of tethered anions, two skeletons and mixed conductors."""
    nodes, faces = _model.standard_kinds()
    tables = (_contacts.to_contact, _contacts.from_contact, _contacts.to_junction, _contacts.from_junction)
    touching = [face for table in (*tables, _metals.to_metal, _metals.from_metal) for face in table.values()]
    more = (_transport.TETHERED_FACE, _transport.TWO_PHASE_FACE, _transport.MIXED_FACE, *touching)
    terminal = _metals.to_terminal[_metals.METAL_TWO_PHASE]
    return (
        (*nodes, _transport.TETHERED, _transport.TWO_PHASE, _transport.MIXED, _metals.METAL_TWO_PHASE),
        tuple(dict.fromkeys((*faces, *more, terminal))),
    )
