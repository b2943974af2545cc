"""The plots of a report, as SVG that takes the page's colours."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from evals.cases import Outcome, Verdict
from evals.metrics.curves import reliability, risk_coverage

_INK, _ACCENT = "#010203", "#040506"  # stand for colours of the page, which sets them for light and dark
_SIZE = (4.6, 3.2)  # inches
_MOST_CLASSES = 14  # of a confusion matrix; the commonest ones
_LEAST_CONFIDENT = 10  # stated answers that a curve needs to mean anything
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "storebot",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True, slots=True)
class Plot:
    """`name` names its title, its axes and what it says in the report's texts."""

    name: str
    svg: str


def plots(outcomes: Sequence[Outcome]) -> list[Plot]:
    """Those for which the outcomes hold the numbers."""
    drawn: list[Plot] = []
    sure = _confidences(outcomes)
    if len(sure) >= _LEAST_CONFIDENT:
        confidence, right = np.array([c for c, _ in sure]), np.array([r for _, r in sure])
        drawn.append(Plot("risk_coverage", _drawn(lambda axes: _risk_coverage(axes, confidence, right))))
        drawn.append(Plot("calibration", _drawn(lambda axes: _calibration(axes, confidence, right))))
    if pairs := _labels(outcomes):
        side = 2.6 + 0.26 * min(_MOST_CLASSES, len({label for pair in pairs for label in pair}))
        drawn.append(Plot("confusion", _drawn(lambda axes: _confusion(axes, pairs), (side + 1.2, side))))
    if waits := [milliseconds for outcome in outcomes for milliseconds in outcome.milliseconds]:
        drawn.append(Plot("latency", _drawn(lambda axes: _latency(axes, waits))))
    return drawn


def _drawn(draw: Callable[[Axes], None], size: tuple[float, float] = _SIZE) -> str:
    with rc_context(_STYLE):
        canvas = Canvas(figsize=size, layout="constrained")
        draw(canvas.add_subplot())
        buffer = io.StringIO()
        canvas.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].replace(_INK, "currentColor").replace(_ACCENT, "var(--accent)")
    return re.sub(r'(<svg[^>]*?) width="[^"]*"| height="[^"]*pt"', lambda match: match[1] or "", svg, count=2)


def _risk_coverage(axes: Axes, confidence: np.ndarray, right: np.ndarray) -> None:
    curve = risk_coverage(confidence, right)
    axes.plot(curve.coverage, curve.risk, color=_ACCENT, linewidth=2)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, max(0.1, float(curve.risk.max()) * 1.15))
    axes.grid(alpha=0.2)


def _calibration(axes: Axes, confidence: np.ndarray, right: np.ndarray) -> None:
    bins = reliability(confidence, right, bins=min(10, max(2, len(confidence) // 10)))
    axes.plot([0, 1], [0, 1], color=_INK, linewidth=1, linestyle=":")
    axes.plot(bins.confidence, bins.right, color=_ACCENT, linewidth=2, marker="o")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)
    axes.grid(alpha=0.2)


def _confusion(axes: Axes, pairs: Sequence[tuple[str, str]]) -> None:
    counts: dict[str, int] = {}
    for expected, _ in pairs:
        counts[expected] = counts.get(expected, 0) + 1
    classes = sorted(sorted(counts, key=lambda name: -counts[name])[:_MOST_CLASSES])
    columns = [*classes, "…"]
    matrix = np.zeros((len(classes), len(columns)))
    for expected, given in pairs:
        if expected in classes:
            matrix[classes.index(expected), columns.index(given) if given in classes else -1] += 1
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    for row, column in zip(*np.nonzero(matrix), strict=True):
        share = float(shares[row, column])
        place = (column - 0.5, row - 0.5)
        axes.add_patch(Rectangle(place, 1, 1, color=_ACCENT, alpha=0.08 + 0.6 * share, linewidth=0))
        axes.text(column, row, f"{int(matrix[row, column])}", ha="center", va="center", fontsize=8)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(classes) - 0.5, -0.5)
    axes.set_xticks(range(len(columns)), columns, rotation=60, ha="right")
    axes.set_yticks(range(len(classes)), classes)


def _latency(axes: Axes, waits: Sequence[float]) -> None:
    highest = float(np.percentile(waits, 99))
    axes.hist(np.minimum(waits, highest), bins=min(40, max(5, len(waits) // 4)), color=_ACCENT, alpha=0.7)
    for percentile, style in ((50, "-"), (95, "--")):
        axes.axvline(float(np.percentile(waits, percentile)), color=_INK, linestyle=style, linewidth=1)
    axes.grid(alpha=0.2, axis="y")


def _confidences(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """(confidence, right) of outcomes that state an answer."""
    return [
        (float(confidence), float(outcome.verdict is Verdict.RIGHT))
        for outcome in outcomes
        if isinstance(confidence := outcome.measured.get("confidence"), int | float)
        and outcome.verdict in (Verdict.RIGHT, Verdict.WRONG)
    ]


def _labels(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """(expected, given): routes where the suite tells them, else labels."""
    for expected, given in (("expected_route", "route"), ("expected", "predicted"), ("label", "predicted")):
        pairs = [_pair(outcome.measured, expected, given) for outcome in outcomes]
        told = [pair for pair in pairs if pair]
        if len({pair[0] for pair in told}) > 1:
            return told
    return []


def _pair(measured: Mapping[str, float | str | bool | None], expected: str, given: str) -> tuple[str, str] | None:
    first, second = measured.get(expected), measured.get(given)
    return (first, str(second or "–")) if isinstance(first, str) and expected in measured else None
