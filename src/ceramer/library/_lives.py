"""The published lives that other lives answer, and what a layer must have stopped to bear what it bore."""

from __future__ import annotations

from functools import partial

from ceramer.library._failures import (
    BLOCKING,
    CALIBRATED,
    LIFE_METHOD,
    LIFE_MISFITS,
    PREDICTED,
    UNBLOCKED,
    blocked_share_needed,
    calibrated_life,
    implied_current_density,
    life_as_peo,
    predicted_life,
    unblocked_life,
)
from ceramer.library._registry import finding, predict
from ceramer.provenance import Kind

__all__: list[str] = []

_SAMPLES = 32  # the quantile of the distribution carries nearly all of the uncertainty

for _claim in PREDICTED:
    predict(_claim, LIFE_METHOD, misfit=LIFE_MISFITS.get(_claim, ""), samples=_SAMPLES)(partial(predicted_life, _claim))
for _claim in CALIBRATED:
    predict(
        _claim,
        "median of the law fitted to the two observed shorts of polymers without ceramic",
        kind=Kind.CALIBRATED,
        calibrated_to=CALIBRATED,
        samples=2,
    )(partial(calibrated_life, _claim))
for _claim in UNBLOCKED:
    predict(
        _claim,
        "law of the two observed shorts of polymers without ceramic, lives in proportion to 1/j: as if ceramic or "
        "framework stopped nothing",
        misfit="what it outlives that law by is what ceramic or framework stopped; the least share stands among the "
        "inferred numbers",
        samples=_SAMPLES,
        gap="not_identifiable",
    )(partial(unblocked_life, _claim))
for _claim in ("F003-031", "F003-032"):
    predict(
        _claim,
        "the printed life of PEO, run at the same current density (not in the text): as if web and MOF stopped "
        "nothing; scatter by the law of polymers without ceramic",
        misfit="what it outlives PEO by is what web or MOF stopped, if both were run alike",
        samples=_SAMPLES,
        gap="not_identifiable",
    )(life_as_peo)

finding(
    "PEO:current density of its life",
    "current_density",
    "mA/cm2",
    "at which PEO would short when printed, by the law of polymers without ceramic",
    needs="F003-030",
    samples=_SAMPLES,
)(implied_current_density)
for _system, _claim in BLOCKING.items():
    finding(
        f"{_system}:share of the growth that the ceramic stopped",
        "fraction",
        "%",
        "1 - T_polymer/T: the least that must be stopped to bear the longest printed life, by the law of polymers "
        "without ceramic",
        needs=_claim,
        samples=_SAMPLES,
    )(partial(blocked_share_needed, _system))
