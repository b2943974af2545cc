"""Which language to speak: what was asked for, what the browser prefers, what there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header (RFC 9110), the most wanted first; those with weight 0 are left out."""
    weighted: list[tuple[float, str]] = []
    for item in header.split(","):
        tag, _, parameters = item.strip().partition(";")
        weight = _weight(parameters)
        if tag.strip() and weight > 0:
            weighted.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def best(wanted: Iterable[str], available: Sequence[str]) -> str:
    """The first wanted language that is available, by tag or by base language, else the first available."""
    for tag in wanted:
        if tag == "*":
            break
        for candidate in available:
            if candidate.lower() == tag.lower():
                return candidate
        for candidate in available:
            if _base(candidate) == _base(tag):
                return candidate
    return available[0]


def _base(tag: str) -> str:
    return tag.split("-", maxsplit=1)[0].lower()


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
