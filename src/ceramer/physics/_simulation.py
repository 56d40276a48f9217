"""A chain with the names of its parts: what it holds and conserves, where a run failed, how to go back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ceramer.numerics.chain import Chain

if TYPE_CHECKING:
    from ceramer.physics._layers import Metal
    from ceramer.physics._model import CellModel

__all__ = ["Simulation", "Snapshot"]


@dataclass(frozen=True)
class Snapshot:
    """What a `Simulation` needs to go back to a state."""

    y: NDArray[np.float64]
    parameters: NDArray[np.float64]
    weights: dict[str, NDArray[np.float64]]
    time: float
    active: float
    trapped: dict[str, float]


@dataclass
class Simulation:
    """A chain with the names of its parts: where each layer lies, and what a failed guard means."""

    model: CellModel
    chain: Chain
    position: NDArray[np.float64]
    """Of every node [m] from the negative electrode."""
    layer_of: tuple[str, ...]
    """Name of the layer of every node ("" for contacts and electrodes)."""
    guards: tuple[tuple[str, str], ...]
    """Outcome and sentence of each guard."""
    conserved: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]] = field(default_factory=dict)
    """Unknowns and weights of each quantity that no experiment changes."""
    active: float = 1.0
    """Active material that takes part, over the first."""
    trapped: dict[str, float] = field(default_factory=dict)
    """What dropped out with active material, of each conserved quantity."""

    def amount(self, name: str) -> float:
        """Return a conserved quantity ("salt" [mol/m2], "lithium" [C/m2])."""
        places, weights = self.conserved[name]
        return float(math.fsum(weights * self.chain.y[places])) + self.trapped.get(name, 0.0)

    def failure(self, code: int, worst: int = -1) -> tuple[str, str]:
        """Return the outcome and the sentence of a run that did not go through (`code` and `worst` of a `Run`)."""
        if code >= 10:
            return self.guards[code - 10]
        bare = "".join(
            f"; the {side} electrode ({metal.name}) holds no lithium to strip: plate some first"
            for side, metal, node in (("negative", self.model.negative, 0), ("positive", self.model.positive, -2))
            if metal.holds_lithium and metal.stripping_reserve > 0.0 and self._held(metal, node) < 1e-3
        )
        if code == -1:
            return (
                "no consistent state",
                f"The cell cannot carry the current or take the voltage that is asked: ask for less{bare}.",
            )
        if code == -2:
            return (
                "time step underflow",
                f"The time step fell to nothing because of the {self._where(worst)}; the current is too high for this "
                f"cell, or a law leaves its range of validity: ask for less, or check its numbers{bare}.",
            )
        return (
            "too many time steps",
            f"This step took more than {self.chain.max_steps} steps of the solver; shorten it or loosen "
            f"relative_tolerance{bare}.",
        )

    def _held(self, metal: Metal, node: int) -> float:
        """Return the lithium held by a metal, over what leaves half of it bare."""
        held = float(self.chain.y[self.chain.unknown(node, "inventory")])
        for name in ("overpotential", "ceramic_overpotential"):
            if any(u.name == name for u in self.chain.nodes[node].kind.unknowns):
                held += metal.capacitance * float(self.chain.y[self.chain.unknown(node, name)])
        return held / metal.stripping_reserve

    def _where(self, unknown: int) -> str:
        """Return the name and the place of an unknown."""
        chain = self.chain
        if unknown >= int(chain.offset[len(chain.nodes)]):
            return "lithium in the particles of the cathode"
        node = int(np.searchsorted(chain.offset, unknown, side="right")) - 1
        node = min(max(node, 0), len(chain.nodes) - 1)
        name = chain.nodes[node].kind.unknowns[unknown - int(chain.offset[node])].name.replace("_", " ")
        if node == 0 or node >= len(chain.nodes) - 2:
            return f"{name} of the {'negative' if node == 0 else 'positive'} electrode"
        place = f"{self.position[node] * 1e6:.3g} um from the negative electrode"
        layer = self.layer_of[node]
        return f"{name} {place}, " + (f"in {layer}" if layer else "where two layers touch")

    def lose_active_material(self, share: float) -> None:
        """Let a share of the active material that takes part drop out, with the lithium in it."""
        if share == 0.0 or not self.chain.particles:
            return
        for name, (places, weights) in self.conserved.items():
            inside = places >= self.chain.offset[-1]
            dropped = share * float(math.fsum(weights[inside] * self.chain.y[places[inside]]))
            self.trapped[name] = self.trapped.get(name, 0.0) + dropped
            weights[inside] *= 1.0 - share
        for group in self.chain.particles:
            kind = self.chain.nodes[group.node].kind
            columns = [j for j, name in enumerate(kind.parameters) if name.startswith("area_")]
            number = kind.particles.index(group.particles)
            nodes = slice(group.node, group.node + group.shells.shape[1])
            self.chain.model[1][nodes, columns[number]] *= 1.0 - share
        self.active *= 1.0 - share

    def snapshot(self) -> Snapshot:
        """Return all that `restore` needs to go back to this state."""
        chain = self.chain
        weights = {name: table[1].copy() for name, table in self.conserved.items()}
        return Snapshot(chain.y.copy(), chain.model[1].copy(), weights, chain.time, self.active, dict(self.trapped))

    def restore(self, kept: Snapshot) -> None:
        """Go back to a snapshot."""
        self.chain.y[:], self.chain.model[1][:] = kept.y, kept.parameters
        for name, weights in kept.weights.items():
            self.conserved[name][1][:] = weights
        self.chain.time, self.active, self.trapped = kept.time, kept.active, dict(kept.trapped)

    def profile(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return position [m] and value of an unknown ("concentration", "potential") wherever a layer has it."""
        chain = self.chain
        chosen = [
            k
            for k, node in enumerate(chain.nodes)
            if self.layer_of[k] and any(u.name == name for u in node.kind.unknowns)
        ]
        return self.position[chosen], np.array([chain.y[chain.unknown(k, name)] for k in chosen])
