"""A cell as the engine sees it: layers, contacts and electrodes in a row, made into one chain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.numerics.chain import (
    TERMINAL,
    Chain,
    Face,
    FaceKind,
    Filling,
    Node,
    NodeKind,
    graded_cells,
    spherical_shells,
)
from ceramer.physics import _cathode as cathodes
from ceramer.physics import _contacts as joints
from ceramer.physics import _metals as metals
from ceramer.physics import _transport as transport
from ceramer.physics._ageing import ageing_metal
from ceramer.physics._growth import split
from ceramer.physics._layers import (
    Ceramic,
    Contact,
    Layer,
    Metal,
    MixedConductor,
    Polymer,
    PorousCathode,
    TetheredPolymer,
    TwoPhase,
)
from ceramer.physics._simulation import Simulation
from ceramer.units import FARADAY, VACUUM_PERMITTIVITY

__all__ = ["CellModel", "standard_kinds"]

_POTENTIAL = {"cathode": 1, "polymer": 1, "tethered": 1, "ceramic": 0, "two_phase": 1, "mixed": 1}
_HUGE = 1e20
_PERFECT = 1e-9
"""[ohm m2] of a perfect contact of two skeletons with one polymer: two ways without any resistance have no shares."""
_EMPTY = 1e-9
"""Of the sites of a mixed conductor: where so few are left, taken or free, its law no longer holds."""
_COMPLIANCE = 100.0
"""[V]: no instrument for cells goes further, and no law here is meant to."""
_DEPLETED = 1e-4
"""Of its mean: where the salt has fallen so low the phase no longer conducts, and a run ends."""


def standard_kinds() -> tuple[tuple[NodeKind, ...], tuple[FaceKind, ...]]:
    """Return the kinds of polymer, ceramic, contact and metal, which one compiled module serves."""
    nodes = (
        transport.POLYMER,
        transport.CERAMIC,
        joints.CONTACT,
        joints.JUNCTION,
        metals.METAL,
        TERMINAL,
    )
    faces = (
        transport.polymer_face(transport.BinaryLaws()),
        transport.CERAMIC_FACE,
        joints.to_contact["polymer"],
        joints.from_contact["polymer"],
        joints.to_contact["ceramic"],
        joints.from_contact["ceramic"],
        joints.to_junction["polymer"],
        joints.from_junction["polymer"],
        metals.to_metal["polymer"],
        metals.from_metal["polymer"],
        metals.to_metal["ceramic"],
        metals.from_metal["ceramic"],
        metals.to_terminal[metals.METAL],
    )
    return nodes, faces


def _bulk(layer: Layer, width: float, temperature: float) -> Node:
    """Return one node of a layer, which stands for `width` [m] of it (half an interval on a surface)."""
    if isinstance(layer, PorousCathode):
        return _cathode_node(layer, width, temperature)
    if isinstance(layer, TwoPhase):
        mass = (layer.salt_volume_fraction * width, 0.0, 0.0)
        return Node(
            transport.TWO_PHASE, (layer.salt_concentration, 0.0, 0.0), mass, (layer.exchange_conductance * width,)
        )
    if isinstance(layer, Polymer):
        return Node(transport.POLYMER, (layer.salt_concentration, 0.0), (layer.salt_volume_fraction * width, 0.0))
    if isinstance(layer, TetheredPolymer):
        return Node(transport.TETHERED, (layer.anion_concentration, 0.0), (layer.salt_volume_fraction * width, 0.0))
    if isinstance(layer, Ceramic):
        return Node(transport.CERAMIC, (0.0,), (0.0,))
    if isinstance(layer, MixedConductor):
        potential = -layer.equilibrium_potential
        return Node(transport.MIXED, (layer.stoichiometry, potential), (layer.maximum_concentration * width, 0.0))
    raise InputError(f"{layer.name}: {type(layer).__name__} is not a layer that the cell engine knows.")


def _cathode_node(layer: PorousCathode, width: float, temperature: float) -> Node:
    values = [temperature]
    fillings = []
    capacity = 0.0
    first = layer.materials[0]
    for m in layer.materials:
        area = m.specific_area * width
        capacity += m.capacitance * area
        grows = m.laws.cei_growth is not None
        values += [area, m.maximum_concentration, m.exchange_factor]
        values += [0.0, m.film_lithium, *split(m.laws.cei_growth)[1]] if grows else [m.film_resistance]
        films = [0.0, m.film_resistance] if grows else [0.0]
        if m.surface.loses_contact:
            values += [m.radius, 1.0 / m.contact_loss]
        if m.surface.oxidises:
            values += [m.oxidation_current, m.oxidation_onset, m.tafel_slope, layer.salt_concentration]
        losses = [0.0] * (m.surface.loses_contact + m.surface.oxidises)
        fillings.append(
            Filling(
                spherical_shells(m.radius, m.shells, m.shell_grading),
                m.stoichiometry,
                (m.diffusivity_factor,),
                (*films, *losses),
                (0.0, *[1.0] * (len(films) - 1 + len(losses))),
            )
        )
    potential = float(first.laws.open_circuit_potential(first.stoichiometry))
    return Node(
        cathodes.cathode_node(tuple(m.surface for m in layer.materials)),
        (layer.salt_concentration, 0.0, potential),
        (layer.porosity * layer.salt_volume_fraction * width, 0.0, 0.0),
        tuple(values),
        fillings=tuple(fillings),
        capacity=capacity,
        capacity_unknowns=(1, 2),
    )


def _anion_share(layer: Layer, displacement: bool) -> float:
    """Return the share of the current that the rows of salt leave out (see `ceramer.physics._transport`)."""
    if isinstance(layer, PorousCathode) or (displacement and getattr(layer, "permittivity", 0.0) > 0.0):
        return 0.0  # there the ions do not carry the whole current
    if isinstance(layer, TetheredPolymer):
        anions = layer.anion_diffusivity * layer.anion_concentration
        return anions / (anions + layer.cation_diffusivity * (layer.anion_concentration + layer.tethered_concentration))
    return 1.0 - layer.transference_number if isinstance(layer, Polymer) else 0.0


def _between(layer: Layer, temperature: float, width: float, displacement: bool) -> Face:
    """Return the face between two nodes of one layer, `width` [m] apart."""
    permittivity = getattr(layer, "permittivity", 0.0) if displacement else 0.0
    capacity = permittivity * VACUUM_PERMITTIVITY / width
    potential = _POTENTIAL[layer.kind]
    if isinstance(layer, Polymer):
        values: tuple[float, ...] = (
            width,
            layer.conductivity,
            layer.conductivity_exponent,
            layer.salt_concentration,
            layer.salt_diffusivity,
            layer.transference_number,
            layer.thermodynamic_factor,
            temperature,
            _anion_share(layer, displacement),
        )
        if isinstance(layer, PorousCathode):
            path = (width / layer.transport, *values[1:], layer.electronic_conductivity / width)
            return Face(cathodes.cathode_face(layer.laws), path)
        if isinstance(layer, TwoPhase):
            return Face(transport.TWO_PHASE_FACE, (*values, layer.ceramic_conductivity), capacity, (1, 1))
        return Face(transport.polymer_face(layer.laws), values, capacity, (potential, potential))
    if isinstance(layer, TetheredPolymer):
        values = (
            width,
            layer.tethered_concentration,
            layer.cation_diffusivity,
            layer.anion_diffusivity,
            temperature,
            _anion_share(layer, displacement),
        )
        return Face(transport.TETHERED_FACE, values, capacity, (1, 1))
    if isinstance(layer, Ceramic):
        return Face(transport.CERAMIC_FACE, (width, layer.conductivity), capacity, (0, 0))
    assert isinstance(layer, MixedConductor)
    values = (
        width,
        layer.ionic_conductivity,
        layer.electronic_conductivity,
        layer.stoichiometry,
        layer.equilibrium_potential,
        layer.slope,
        temperature,
    )
    return Face(transport.MIXED_FACE, values)


@dataclass(frozen=True, kw_only=True)
class CellModel:
    """Layers between two metals, in SI.

    Parameters
    ----------
    layers : sequence of Layer
        From the negative electrode to the positive one.
    contacts : sequence of Contact
        One between each two layers; perfect ones where empty.
    negative, positive : Metal
    temperature : float
        [K].
    leak_conductance : float
        Electronic, of the whole stack [S/m2]: ``i_e = V g`` beside the ions.
    displacement : bool
        Keep the displacement current (geometric capacitance) in time as well as in frequency.
    """

    layers: Sequence[Layer]
    negative: Metal
    positive: Metal
    temperature: float
    contacts: Sequence[Contact] = ()
    leak_conductance: float = 0.0
    displacement: bool = True
    name: str = "cell"

    def __post_init__(self) -> None:
        if not self.layers:
            raise InputError(f"{self.name} has no layers.")
        if self.contacts and len(self.contacts) != len(self.layers) - 1:
            raise InputError(
                f"{self.name}: {len(self.layers)} layers touch in {len(self.layers) - 1} contacts, "
                f"but {len(self.contacts)} are given."
            )
        for layer in self.layers[:-1]:
            if isinstance(layer, PorousCathode):
                raise InputError(f"{self.name}: {layer.name} is a cathode; it must be the last layer.")
        if isinstance(self.layers[0], PorousCathode):
            raise InputError(f"{self.name}: {self.layers[0].name} touches the lithium; put a separator before it.")
        if not self.temperature > 0.0:
            raise InputError(f"{self.name}: the temperature is {self.temperature:.4g} K; it must be above 0 K.")

    def simulation(
        self,
        *,
        method: str = "rodas4",
        relative_tolerance: float = 1e-4,
        absolute_tolerance: float | None = None,
        max_steps: int = 200_000,
        voltage_window: tuple[float, float] = (-math.inf, math.inf),
    ) -> Simulation:
        """Assemble the chain at rest; a run ends outside `voltage_window` [V], or beyond 100 V."""
        assembly = _Assembly(self)
        assembly.window = voltage_window
        return assembly.simulation(method, relative_tolerance, absolute_tolerance, max_steps)


class _Assembly:
    """Nodes and faces of a `CellModel`, appended from left to right."""

    def __init__(self, model: CellModel) -> None:
        self.model = model
        self.window = (-math.inf, math.inf)
        self.nodes: list[Node] = []
        self.faces: list[Face] = []
        self.position: list[float] = []
        self.layer_of: list[str] = []
        self.x = 0.0

    def _add(self, node: Node, face: Face | None, layer: str = "") -> None:
        if self.nodes:
            assert face is not None
            self.faces.append(face)
        self.nodes.append(node)
        self.position.append(self.x)
        self.layer_of.append(layer)

    def _metal(self, metal: Metal, beside: Layer, side: float) -> Node:
        two = beside.kind == "two_phase"
        kind = metals.METAL_TWO_PHASE if two else metals.METAL
        film = metal.film_resistance if metal.film_resistance > 0.0 else 1e-12
        initial: tuple[float, ...] = (0.0, 0.0, metal.inventory, film)
        mass: tuple[float, ...] = (metal.capacitance, 0.0, 1.0, 1.0)
        exponents: tuple[float, ...] = (metal.exponent, 1.0, 1.0, 1.0)
        if two:
            initial, mass = (*initial, 0.0, 0.0), (*mass, metal.capacitance, 0.0)
            exponents = (*exponents, metal.exponent, 1.0)
        parameters: tuple[float, ...] = (side, metal.film_growth, metal.series_resistance)
        if metal.ages:
            if two:
                raise InputError(f"The electrode {metal.name} ages; it cannot touch a layer of two skeletons.")
            law, numbers = split(metal.film_law)
            bare = metal.stripping_reserve > 0.0
            kind = ageing_metal(law, metal.voids is not None, len(numbers), bare)
            more = 1 if metal.voids is None else 1 + len(metals.VOIDS)
            initial, mass, exponents = (*initial, *[0.0] * more), (*mass, *[1.0] * more), (*exponents, *[1.0] * more)
            parameters = (*parameters, metal.film_lithium, metal.dead_lithium)
            if metal.voids is not None:
                v = metal.voids
                parameters = (
                    *parameters,
                    v.borne_current_density,
                    v.roughness,
                    v.refilled_share,
                    v.closure_rate,
                    v.volume_per_charge,
                )
            parameters = (*parameters, *numbers, *((metal.stripping_reserve, metal.capacitance) if bare else ()))
        return Node(kind, initial, mass, parameters, exponents)

    def _metal_face(self, metal: Metal, layer: Layer, *, right: bool) -> Face:
        faces = metals.to_metal if right else metals.from_metal
        if metal.voids is not None:
            faces = metals.to_losing_metal if right else metals.from_losing_metal
            if layer.kind not in faces:
                raise InputError(
                    f"The electrode {metal.name} opens voids; it can touch a polymer or a ceramic, not {layer.name}."
                )
        if isinstance(layer, MixedConductor):
            values: tuple[float, ...] = (
                metal.electronic_conductance,
                layer.stoichiometry,
                layer.equilibrium_potential,
                layer.slope,
                self.model.temperature,
            )
            return Face(faces[layer.kind], values)
        reference = getattr(layer, "salt_concentration", getattr(layer, "anion_concentration", 1.0))
        values = (
            metal.exchange_current_density,
            metal.alpha_a,
            metal.alpha_c,
            reference,
            metal.order,
            self.model.temperature,
            metal.stripping_reserve,
            metal.nucleation_overpotential,
            metal.nucleation_charge,
            metal.oxidation_current,
            metal.oxidation_onset,
            metal.tafel_slope,
            0.0,
            metal.capacitance,
            1.0 if metal.holds_lithium else 0.0,
            _anion_share(layer, self.model.displacement),
        )
        if metal.voids is not None:
            values = (*values, metal.voids.roughness)
        if layer.kind == "two_phase":
            values = (*values, metal.ceramic_exchange_current_density)
        return Face(faces[layer.kind], values)

    def _layer(self, layer: Layer, into: Face) -> None:
        model = self.model
        widths = [float(w) for w in graded_cells(layer.thickness, layer.cells, layer.grading)]
        start = self.x
        self._add(_bulk(layer, 0.5 * widths[0], model.temperature), into, layer.name)
        for k, width in enumerate(widths):
            self.x = start + sum(widths[: k + 1])
            held = 0.5 * (width + (widths[k + 1] if k + 1 < len(widths) else 0.0))
            self._add(
                _bulk(layer, held, model.temperature),
                _between(layer, model.temperature, width, model.displacement),
                layer.name,
            )
        self.x = start + layer.thickness
        if isinstance(layer, Ceramic) and layer.boundary_resistance > 0.0:
            boundary = Contact(
                resistance=layer.boundary_resistance,
                capacitance=layer.boundary_capacitance,
                exponent=layer.boundary_exponent,
            )
            self._contact(boundary, layer)
            self._add(_bulk(layer, 0.0, model.temperature), Face(joints.from_contact["ceramic"]), layer.name)

    def _shares(self, layer: Layer) -> tuple[float, ...]:
        """Return the parameters of the face between a layer and a contact that only lithium ions cross."""
        if isinstance(layer, Ceramic):
            return ()
        return (1.0 if isinstance(layer, MixedConductor) else _anion_share(layer, self.model.displacement),)

    def _contact(self, contact: Contact, layer: Layer) -> None:
        """Append a contact that only lithium ions cross, after a layer's last node."""
        node = Node(
            joints.CONTACT,
            (0.0, 0.0),
            (contact.resistance * contact.capacitance, 0.0),
            (contact.resistance, contact.series_resistance),
            (contact.exponent, 1.0),
        )
        self._add(node, Face(joints.to_contact[layer.kind], self._shares(layer)))

    def _join(self, left: Layer, right: Layer, contact: Contact) -> Face:
        salty = joints.to_junction
        shares_salt = left.kind in salty and right.kind in salty and not contact.blocks_salt
        if shares_salt:
            closed = left.kind != "two_phase" and right.kind != "two_phase"
            blocked = closed or not math.isfinite(contact.ceramic_resistance)
            node = Node(
                joints.JUNCTION,
                (0.0, 0.0, 0.0),
                (0.0, 0.0, 0.0),
                (
                    contact.resistance + contact.series_resistance,
                    _HUGE if blocked else max(contact.ceramic_resistance, _PERFECT),
                ),
            )
            tethered = (getattr(left, "tethered_concentration", 0.0), getattr(right, "tethered_concentration", 0.0))
            shares = _anion_share(left, self.model.displacement), _anion_share(right, self.model.displacement)
            self._add(node, Face(salty[left.kind], (1.0 / contact.partition, tethered[0], shares[0])))
            return Face(joints.from_junction[right.kind], (1.0, tethered[1], shares[1]))
        for layer in (left, right):
            if layer.kind not in joints.to_contact:
                other = right if layer is left else left
                raise InputError(
                    f"{layer.name} holds two skeletons and touches {other.name}, which carries no salt: put a thin "
                    "polymer layer between them, or describe it as one medium."
                )
        self._contact(contact, left)
        return Face(joints.from_contact[right.kind], self._shares(right))

    def simulation(
        self, method: str, relative_tolerance: float, absolute_tolerance: float | None, max_steps: int
    ) -> Simulation:
        model = self.model
        layers = list(model.layers)
        contacts = list(model.contacts) or [Contact() for _ in layers[1:]]
        self._add(self._metal(model.negative, layers[0], 1.0), None)
        into = self._metal_face(model.negative, layers[0], right=False)
        for k, layer in enumerate(layers):
            self._layer(layer, into)
            if k + 1 < len(layers):
                into = self._join(layer, layers[k + 1], contacts[k])
        if isinstance(layers[-1], PorousCathode):
            collector = Node(cathodes.COLLECTOR, (0.0,), (0.0,), (model.positive.series_resistance,))
            self._add(collector, Face(cathodes.cathode_to_collector))
            out = cathodes.collector_to_terminal
        else:
            self._add(
                self._metal(model.positive, layers[-1], -1.0), self._metal_face(model.positive, layers[-1], right=True)
            )
            out = metals.to_terminal.get(self.nodes[-1].kind, metals.to_terminal[metals.METAL])
        self._add(Node(TERMINAL, (0.0,) * 5, (0.0, 0.0, 1.0, 1.0, 1.0), (0.0, 0.0, model.leak_conductance)), Face(out))
        return self._finish(method, relative_tolerance, absolute_tolerance, max_steps)

    def _shared_kinds(self) -> tuple[tuple[NodeKind, ...], tuple[FaceKind, ...]] | None:
        """Return the standard kinds where they suffice, or suffice beside a cathode, so that cells share a module."""
        nodes, faces = standard_kinds()
        more_nodes = tuple(dict.fromkeys(n.kind for n in self.nodes if n.kind not in nodes))
        more_faces = tuple(dict.fromkeys(f.kind for f in self.faces if f.kind not in faces))
        names = {kind.name for kind in more_nodes} | {kind.name for kind in more_faces}
        beside = {"cathode", "collector", "cathode_to_collector", "collector_to_terminal"}
        return ((*nodes, *more_nodes), (*faces, *more_faces)) if names <= beside else None

    def _finish(
        self, method: str, relative_tolerance: float, absolute_tolerance: float | None, max_steps: int
    ) -> Simulation:
        model = self.model
        offset = np.concatenate([[0], np.cumsum([len(n.kind.unknowns) for n in self.nodes])])
        guards: list[tuple[int, float, float] | tuple[int, float, float, int, float]] = []
        meanings: list[tuple[str, str]] = []
        salt: list[tuple[int, float]] = []
        lithium: list[tuple[int, float]] = []
        for k, node in enumerate(self.nodes):
            names = [u.name for u in node.kind.unknowns]
            at = int(offset[k])
            where_ = f"{self.position[k] * 1e6:.3g} um from the negative electrode, in {self.layer_of[k]}"
            if "concentration" in names:
                salt.append((at, node.mass[0]))
                guards.append((at, _DEPLETED * node.initial[0], 1.0))
                meanings.append(("salt depleted", f"The salt is used up {where_}; lower the current."))
            if node.capacity:
                lithium += [(at + node.capacity_unknowns[0], node.capacity)]
                lithium += [(at + node.capacity_unknowns[1], -node.capacity)]
            if "stoichiometry" in names:
                lithium.append((at, node.mass[0] * FARADAY))
                guards += [(at, _EMPTY, 1.0), (at, 1.0 - _EMPTY, -1.0)]
                meanings += [
                    (
                        f"mixed conductor {what}",
                        f"The mixed conductor {said} {where_}; lower the current or the voltage.",
                    )
                    for what, said in (("empty", "holds no more lithium"), ("full", "is full of lithium"))
                ]
            if "inventory" in names:
                metal = model.negative if k == 0 else model.positive
                lithium.append((at + names.index("inventory"), 1.0))
                if "lost" in names:
                    lithium.append((at + names.index("lost"), 1.0))
                if metal.inventory > 0.0 and metal.stripping_reserve == 0.0:
                    guards.append((at + names.index("inventory"), 1e-6 * metal.inventory, 1.0))
                    side = "negative" if k == 0 else "positive"
                    meanings.append(
                        ("lithium exhausted", f"The {side} electrode has no lithium left; use a thicker foil.")
                    )
        for limit, sign, side in ((self.window[0], 1.0, "below"), (self.window[1], -1.0, "above")):
            far = not -_COMPLIANCE < limit < _COMPLIANCE
            guards.append((int(offset[-2]), -sign * _COMPLIANCE if far else limit, sign))
            more = f"{-sign * _COMPLIANCE:g} V, further than an instrument goes; lower the current" if far else ""
            meanings.append(("outside the safety window", f"The voltage went {side} {more or f'{limit:g} V'}."))
        chain = Chain(
            self.nodes,
            self.faces,
            guards,
            self._shared_kinds(),
            method,
            relative_tolerance,
            absolute_tolerance,
            max_steps,
        )

        if chain.particles:
            cathode = model.layers[-1]
            assert isinstance(cathode, PorousCathode)
            for number, (m, group) in enumerate(zip(cathode.materials, chain.particles, strict=True)):
                nodes = self.nodes[group.node : group.node + group.shells.shape[1]]
                column = nodes[0].kind.parameters.index(f"area_{number}")
                area = np.array([n.parameters[column] for n in nodes])
                held = FARADAY * m.maximum_concentration * group.volume[:, None] * area
                lithium += list(zip(group.shells.ravel().tolist(), held.ravel().tolist(), strict=True))
                if m.film_lithium > 0.0:
                    film = group.places(f"cei_{number}").tolist()
                    lithium += list(zip(film, (m.film_lithium * area).tolist(), strict=True))
                if m.surface.oxidises:  # electrons without lithium, and the anions that are gone for them
                    oxidised = group.places(f"oxidised_{number}").tolist()
                    lithium += list(zip(oxidised, (-area).tolist(), strict=True))
                    salt += list(zip(oxidised, (area / FARADAY).tolist(), strict=True))
                share = self.nodes[group.node].fillings[number].shells.surface[1]
                size = f"{m.name} of {m.radius * 1e6:.3g} um"
                low, high = max(m.window[0], 1e-6), min(m.window[1], 1.0 - 1e-6)
                for k, (outermost, before) in enumerate(group.shells[-2:].T[:, ::-1], group.node):
                    surface = int(before), -share
                    guards += [(int(outermost), low, 1.0, *surface), (int(outermost), high, -1.0, *surface)]
                    at_ = f"{self.position[k] * 1e6:.3g} um from the negative electrode, in {cathode.name}"
                    meanings += [
                        (
                            "particles empty",
                            f"The surface of the particles of {size} holds no more lithium {at_}; lower the current or "
                            "the upper limit of the voltage.",
                        ),
                        (
                            "particles full",
                            f"The surface of the particles of {size} is full of lithium {at_}; lower the current or "
                            "raise the lower limit of the voltage.",
                        ),
                    ]
            chain.guard(guards)

        def table(entries: list[tuple[int, float]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
            return np.array([e[0] for e in entries], np.int64), np.array([e[1] for e in entries], float)

        return Simulation(
            model,
            chain,
            np.array(self.position),
            tuple(self.layer_of),
            tuple(meanings),
            {"salt": table(salt), "lithium": table(lithium)},
        )
