"""Voids that heal: size from image stacks, rates with censoring, and the law that the sizes can and cannot tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ceramer import laws
from ceramer.analysis._report import AnalysisReport, Input
from ceramer.analysis._uncertain import Array, series_of
from ceramer.errors import InputError, MissingExtraError, UnknownNameError
from ceramer.provenance import Kind, Result

__all__ = ["HEALING_LAWS", "fit_healing", "void_healing", "void_sizes"]

HEALING_LAWS = ("n=1", "n=2", "n=3", "exponential")
_RATE_UNIT = {"n=1": "um/h", "n=2": "um2/h", "n=3": "um3/h", "exponential": "1/h"}
_MEANING = {
    "n=1": "dL/dt = -K (viscous sintering)",
    "n=2": "d(L^2)/dt = -K (diffusion)",
    "n=3": "d(L^3)/dt = -K (constant volume rate)",
    "exponential": "dL/dt = -k L (closed by pressure)",
}
_CLEAR = 0.95


def void_sizes(
    images: object,
    pixel_size: float,
    *,
    void_is: Literal["dark", "bright"] = "dark",
    smoothing: float = 1.0,
    threshold: float | None = None,
    smallest_area: float = 9.0,
) -> tuple[Array, Array, Array]:
    """Return void size ``L = sqrt(area)``, its standard uncertainty and the masks of an image stack.

    Each frame is smoothed, cut at one threshold for the whole stack (halfway between void and surroundings, Otsu on
    the first frame), and the area of all connected regions above `smallest_area` is counted, as ImageJ would. The
    uncertainty holds, in quadrature: a threshold uncertain by 3 % of the contrast, half a pixel along the rim at
    random, and 0.6 s^2/L for the rounding of small voids by an edge of width s (calibrated on synthetic discs).

    Parameters
    ----------
    images : shape (frames, rows, columns), any intensity
    pixel_size : edge of a pixel, [m]
    void_is : whether the void is darker or brighter than its surroundings
    smoothing : standard deviation of the Gaussian filter, [pixels]
    threshold : intensity of the cut; None: Otsu on the first frame
    smallest_area : regions below it are noise, [pixels]

    Returns
    -------
    sizes, standard uncertainties : shape (frames,), [m]; 0 where no void is left
    masks : shape (frames, rows, columns), bool

    Raises
    ------
    InputError
        Not a stack, or no contrast.
    MissingExtraError
        scikit-image is not installed.

    References
    ----------
    .. [1] N. Otsu, IEEE Trans. Syst. Man Cybern. 9, 62 (1979), doi:10.1109/TSMC.1979.4310076
    """
    stack = np.asarray(images, dtype=float)
    if stack.ndim == 2:
        stack = stack[None]
    if stack.ndim != 3 or min(stack.shape[1:]) < 8:
        raise InputError(f"images must be a stack (frames, rows, columns) of at least 8 x 8 pixels, not {stack.shape}.")
    if not np.isfinite(stack).all():
        raise InputError("images hold values that are not finite; mask or fill them first.")
    if pixel_size <= 0.0:
        raise InputError("pixel_size must be above 0, such as 5e-6 (m).")
    if void_is not in ("dark", "bright"):
        raise UnknownNameError("value of void_is", void_is, ("dark", "bright"))
    try:
        from skimage.filters import gaussian, threshold_otsu
        from skimage.measure import label, perimeter
    except ImportError:
        raise MissingExtraError(
            "Measuring voids in images", "images", "measure the sizes and call fit_healing"
        ) from None
    smooth = np.stack([gaussian(frame, smoothing, preserve_range=True) for frame in stack])
    if np.ptp(smooth[0]) == 0.0:
        raise InputError("The first frame has no contrast, so no void can be seen in it.")
    cut = float(threshold_otsu(smooth[0])) if threshold is None else threshold
    inside = smooth[0] < cut
    if threshold is None and inside.any() and not inside.all():
        # Otsu's cut leans to the larger class; halfway between the class medians does not shift with the void's area.
        cut = 0.5 * (float(np.median(smooth[0][inside])) + float(np.median(smooth[0][~inside])))
    contrast = abs(float(np.median(smooth[0][smooth[0] < cut])) - float(np.median(smooth[0][smooth[0] >= cut])))
    sign = 1.0 if void_is == "dark" else -1.0

    def mask_of(frame: Array, level: float) -> Any:
        mask = sign * frame < sign * level
        regions = label(mask)
        areas = np.bincount(regions.ravel())
        areas[0] = 0
        return (areas >= smallest_area)[regions]

    sizes, errors, masks = [], [], []
    for frame in smooth:
        mask = mask_of(frame, cut)
        area = float(mask.sum())
        low, high = (float(mask_of(frame, cut + sign * s * 0.1 * contrast).sum()) for s in (-1.0, 1.0))
        size = math.sqrt(area)
        rim = 0.5 * math.sqrt(float(perimeter(mask))) / (2.0 * size) if area else 0.0
        shift = 0.5 * abs(math.sqrt(high) - math.sqrt(low))
        # A Gaussian edge of width s moves by 0.253 s per 10 % of contrast; L = sqrt(pi) R.
        width = shift / (0.253 * math.sqrt(math.pi))
        rounding = 0.6 * width**2 / size if area else 0.0
        systematic = math.hypot(0.3 * shift, rounding) if area else math.sqrt(smallest_area)
        sizes.append(size * pixel_size)
        errors.append(math.hypot(rim, systematic) * pixel_size)
        masks.append(mask)
    return np.array(sizes), np.array(errors), np.stack(masks)


@dataclass(frozen=True)
class _Posterior:
    law: str
    evidence: float
    rate: tuple[float, ...]
    induction: tuple[float, ...]
    rate_at_edge: bool
    best: tuple[float, float, float]
    deviance: float


def fit_healing(
    time: object,
    size: object,
    *,
    size_uncertainty: object,
    detection_limit: float | None = None,
    with_induction: bool = True,
) -> AnalysisReport:
    """Fit ``d(L^n)/dt = -K`` after an induction time to the sizes of a closing void, n and all jointly.

    The likelihood of a measured size is normal; a frame without void says only that L has fallen below the detection
    limit by then (interval censoring). For each law the posterior of rate, induction time and initial size is
    computed on a grid (rate flat in its logarithm, induction time flat from 0 to the last frame with a void), and the
    laws are compared by their evidence.

    Parameters
    ----------
    time : shape (n,), n >= 2, [s], rising; the first frame is the start
    size : L = sqrt(area), shape (n,), [m]; 0: no void was seen
    size_uncertainty : standard uncertainty of each size, a number or shape (n,), [m]
    detection_limit : smallest size that would have been seen, [m]; None: twice the uncertainty
    with_induction : whether an induction time is allowed

    Returns
    -------
    AnalysisReport
        rate_n1 [m/s], rate_n2 [m2/s], rate_n3 [m3/s], rate_exponential [1/s] with 95 % intervals, induction_time [s]
        under the likeliest law; tables of laws and of intervals. The verdict says what is not identifiable.

    Raises
    ------
    InputError
        Fewer than two frames, a void that is not there at the start, or a missing uncertainty.

    Notes
    -----
    A mean rate over an interval that ends at size 0 is a lower bound.

    References
    ----------
    .. [1] J. K. Mackenzie, R. Shuttleworth, Proc. Phys. Soc. B 62, 833 (1949), doi:10.1088/0370-1301/62/12/310
    """
    import pandas as pd

    t, y = series_of(time=time, size=size, at_least=2)
    sigma = np.broadcast_to(np.asarray(size_uncertainty, dtype=float), y.shape).astype(float)
    if not (sigma > 0.0).all():
        raise InputError("size_uncertainty must be above 0 for each size, such as half a pixel.")
    if (np.diff(t) <= 0.0).any():
        raise InputError("Frame times must rise; sort the frames.")
    if y[0] <= 0.0 or (y < 0.0).any():
        raise InputError("The first frame must show a void (size above 0), and no size may be negative.")
    limit = detection_limit if detection_limit is not None else 2.0 * float(sigma[0])
    t = t - t[0]
    seen = y > 0.0
    posteriors = [_posterior(law, t, y, sigma, limit=limit, with_induction=with_induction) for law in HEALING_LAWS]
    weight = np.array([p.evidence for p in posteriors])
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()
    top = int(np.argmax(weight))
    best = posteriors[top]
    warnings: list[str] = []
    likely = [p.law for p, w in zip(posteriors, weight, strict=True) if w > 0.05]
    shrank = y[0] - y[-1] > 3.0 * math.hypot(float(sigma[0]), float(sigma[-1]))
    if not shrank:
        warnings.append("The void did not shrink by more than its uncertainty: no healing was seen.")
    identified = weight[top] > _CLEAR
    if not identified:
        warnings.append(
            f"The exponent is not identifiable: {', '.join(likely)} fit these {t.size} frames alike; "
            "take more frames before the void closes."
        )
    low, high = best.induction[0], best.induction[4]
    at_zero = best.induction[1] < 0.05 * float(t[-1])
    if with_induction and identified and high - low > 0.3 * float(t[-1]):
        warnings.append(
            f"The induction time is not identifiable: anything from {low / 3600.0:.2g} to {high / 3600.0:.2g} h fits."
        )
    if best.rate_at_edge:
        warnings.append("The rate has no upper limit: the void may have closed at any speed between two frames.")
    if not seen[-1]:
        last = float(t[seen][-1])
        gone = float(t[int(np.argmax(~seen))])
        warnings.append(
            "The last interval ends at size 0: the void closed some time between "
            f"{last / 3600.0:.3g} and {gone / 3600.0:.3g} h, "
            "so the mean rate over it is a lower bound."
        )
    if best.deviance > 20.0 + 3.0 * float(seen.sum()):
        warnings.append(
            "No law of this family follows the sizes within their uncertainties: the void grew, or the law is another."
        )
    results = [
        Result(
            f"rate_{p.law.replace('=', '')}",
            p.rate[2],
            _RATE_UNIT[p.law],
            None if p.rate_at_edge or p.rate[3] > 3.0 * p.rate[1] else 0.5 * (p.rate[3] - p.rate[1]),
            interval=(p.rate[0], p.rate[4]),
            kind=Kind.INFERRED,
            method=f"{_MEANING[p.law]}; probability of the law {w:.0%}",
        )
        for p, w in sorted(zip(posteriors, weight, strict=True), key=lambda pair: -pair[1])
    ]
    if with_induction:
        results.append(
            Result(
                "induction_time",
                best.induction[2],
                "h",
                0.5 * (best.induction[3] - best.induction[1]),
                interval=(low, high),
                kind=Kind.INFERRED,
                method=f"under {best.law}{', compatible with 0' if at_zero else ''}",
            )
        )
    grid = np.linspace(0.0, float(t[-1]), 201)
    series: dict[str, Array] = {"time": t, "size": y, "size_uncertainty": sigma, "fit_time": grid}
    for p in posteriors:
        series[f"fit_{p.law}"] = _curve(p.law, grid, *p.best)
    verdict = (
        f"{_MEANING[best.law]} (probability {weight[top]:.0%})."
        if identified and shrank
        else "The law of healing is not identifiable from these frames."
        if shrank
        else "No healing was seen."
    )
    return AnalysisReport(
        "void_healing",
        tuple(results),
        verdict=verdict,
        warnings=tuple(warnings),
        notes=(f"A void below {limit * 1e6:.3g} um counts as not seen.",),
        inputs=(
            Input("frames", float(t.size), "1", source="data"),
            Input("last frame", float(t[-1]), "h", source="data"),
            Input(
                "detection_limit", limit, "um", source="twice the uncertainty" if detection_limit is None else "given"
            ),
        ),
        tables={
            "laws": pd.DataFrame(
                {
                    "law": [p.law for p in posteriors],
                    "equation": [_MEANING[p.law] for p in posteriors],
                    "probability": weight,
                    "misfit (chi square)": [p.deviance for p in posteriors],
                }
            ),
            "intervals": _intervals(t, y, sigma),
        },
        series=series,
    )


def _curve(law: str, t: Array, initial: Any, rate: Any, induction: Any) -> Array:
    if law == "exponential":
        return np.asarray(laws.exponential_void_size(t, initial, rate, induction))
    return np.asarray(laws.void_size(t, initial, rate, float(law[2:]), induction))


def _posterior(law: str, t: Array, y: Array, sigma: Array, *, limit: float, with_induction: bool) -> _Posterior:
    """Grid posterior over initial size, induction time and rate, refined once around its bulk."""
    seen = y > 0.0
    span = float(t[-1])
    size0, s0 = float(y[0]), float(sigma[0])
    power = 0.0 if law == "exponential" else float(law[2:])
    unit = 1.0 if power == 0.0 else size0**power
    log_rate = (math.log(unit / (300.0 * span)), math.log(unit / (0.003 * span)))
    last_seen = float(t[seen][-1])
    wait = (0.0, max(last_seen, 0.5 * float(t[1]))) if with_induction else (0.0, 0.0)
    start = (max(size0 - 4.0 * s0, 0.05 * size0), size0 + 4.0 * s0)
    prior_rate, prior_wait = log_rate[1] - log_rate[0], wait[1] - wait[0]
    full_log_rate = log_rate
    result: tuple[Array, ...] | None = None
    # Coarse passes with blurred data find the ridge of rate against induction time, the last one resolves it.
    for blur, points in ((0.08, (41, 31, 5)), (0.02, (41, 31, 5)), (0.0, (41, 31, 7)), (0.0, (61, 45, 9))):
        r = np.linspace(*log_rate, points[0])
        w = np.linspace(*wait, points[1]) if with_induction else np.zeros(1)
        a = np.linspace(*start, points[2])
        spread = np.maximum(sigma, blur * size0)
        grid_a, grid_w, grid_r = a[:, None, None, None], w[None, :, None, None], np.exp(r)[None, None, :, None]
        model = _curve(law, t[None, None, None, :], grid_a, grid_r, grid_w)
        z = (y - model) / spread
        terms = np.where(seen, -0.5 * z**2, 0.0)
        if not seen.all():
            terms[..., ~seen] = _log_below(limit, model[..., ~seen], spread[~seen])
        log_like = terms.sum(axis=-1)
        result = (a, w, r, log_like)
        like = np.exp(log_like - log_like.max())
        new: list[tuple[float, float]] = []
        for values, axes in ((a, (1, 2)), (w, (0, 2)), (r, (0, 1))):
            marginal = like.sum(axis=axes)
            keep = np.flatnonzero(marginal > 1e-5 * marginal.max())
            new.append((float(values[max(keep[0] - 1, 0)]), float(values[min(keep[-1] + 1, values.size - 1)])))
        start, wait, log_rate = new[0], new[1], new[2]
    assert result is not None
    a, w, r, log_like = result
    peak = float(log_like.max())
    like = np.exp(log_like - peak)
    # Cells of the (uniform) final grid: their volume against the prior's gives the evidence.
    cell = (
        (r[1] - r[0])
        / prior_rate
        * ((w[1] - w[0]) / prior_wait if with_induction and w.size > 1 and prior_wait else 1.0)
    )
    evidence = peak + math.log(float(like.sum()) * cell * (a[1] - a[0]))
    at = np.unravel_index(int(np.argmax(like)), like.shape)
    rate_marginal, wait_marginal = like.sum(axis=(0, 1)), like.sum(axis=(0, 2))
    edge = bool(r[-1] >= full_log_rate[1] - 1e-9 and rate_marginal[-1] > 0.02 * rate_marginal.max())
    quantiles = np.exp(_quantiles(r, rate_marginal))
    waits = _quantiles(w, wait_marginal) if w.size > 1 else np.zeros(5)
    centre = (float(a[at[0]]), float(np.exp(r[at[2]])), float(w[at[1]]))
    return _Posterior(
        law,
        evidence,
        tuple(quantiles.tolist()),
        tuple(waits.tolist()),
        edge,
        centre,
        -2.0 * peak,
    )


def _log_below(limit: float, model: Array, sigma: Array) -> Array:
    from scipy.special import log_ndtr

    return np.asarray(log_ndtr((limit - model) / sigma))


def _quantiles(values: Array, density: Array) -> Array:
    """2.5, 15.9, 50, 84.1 and 97.5 % of a piecewise linear density."""
    cumulative = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    if cumulative[-1] <= 0.0:
        return np.full(5, float(values[int(np.argmax(density))]))
    return np.interp([0.025, 0.15865, 0.5, 0.84135, 0.975], cumulative / cumulative[-1], values)


def _intervals(t: Array, y: Array, sigma: Array) -> Any:
    """Mean rates between frames, each marked where it is a lower bound."""
    import pandas as pd

    step = np.diff(t)
    rate = -np.diff(y) / step
    closed = y[1:] == 0.0
    return pd.DataFrame(
        {
            "from / h": t[:-1] / 3600.0,
            "to / h": t[1:] / 3600.0,
            "size before / um": y[:-1] * 1e6,
            "size after / um": y[1:] * 1e6,
            "mean rate / um/h": rate * 3.6e9,
            "standard uncertainty / um/h": np.hypot(sigma[1:], sigma[:-1]) / step * 3.6e9,
            "remark": np.where(
                closed & (y[:-1] > 0.0), "lower bound: closed before the frame", np.where(closed, "no void", "")
            ),
        }
    )


def void_healing(
    images: object,
    time: object,
    *,
    pixel_size: float,
    void_is: Literal["dark", "bright"] = "dark",
    smoothing: float = 1.0,
    threshold: float | None = None,
    with_induction: bool = True,
) -> AnalysisReport:
    """Measure a void in each frame of an image stack (`void_sizes`) and fit the law of its closure (`fit_healing`).

    Parameters
    ----------
    images : shape (frames, rows, columns)
    time : shape (frames,), [s]
    pixel_size : [m]
    void_is, smoothing, threshold : as `void_sizes`
    with_induction : as `fit_healing`

    Returns
    -------
    AnalysisReport
        As `fit_healing`, with a table of frames and the masks in `series`.

    Raises
    ------
    InputError
        As `void_sizes` and `fit_healing`.
    """
    import pandas as pd

    sizes, errors, masks = void_sizes(images, pixel_size, void_is=void_is, smoothing=smoothing, threshold=threshold)
    (t,) = series_of(time=time)
    if t.size != sizes.size:
        raise InputError(f"{sizes.size} frames but {t.size} times were given; give one time for each frame.")
    report = fit_healing(t, sizes, size_uncertainty=np.maximum(errors, 0.3 * pixel_size), with_induction=with_induction)
    touching = [
        k for k, mask in enumerate(masks) if mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()
    ]
    extra = (
        (f"The void touches the edge of the image in {len(touching)} frames: its size there is a lower bound.",)
        if touching
        else ()
    )
    frames = pd.DataFrame({"time / h": t / 3600.0, "size / um": sizes * 1e6, "standard uncertainty / um": errors * 1e6})
    return AnalysisReport(
        report.method,
        report.results,
        verdict=report.verdict,
        warnings=(*extra, *report.warnings),
        notes=(*report.notes, f"Size = sqrt(area); the void is the {void_is} region."),
        inputs=(*report.inputs, Input("pixel_size", pixel_size, "um")),
        tables={"frames": frames, **report.tables},
        series={**report.series, "masks": masks.astype(float)},
    )
