"""Dotted names of intents: `aftersale.return.policy` is a kind of `aftersale.return`, which is one of `aftersale`."""

from __future__ import annotations

from collections.abc import Mapping


def parent(name: str) -> str | None:
    """The name before the last dot; None at the top."""
    before, dot, _ = name.rpartition(".")
    return before if dot else None


def is_kind_of(name: str, general: str) -> bool:
    """Whether `name` is `general` or stands below it."""
    return name == general or name.startswith(f"{general}.")


def akin(name: str, other: str) -> bool:
    """Whether both are kinds of one matter, which the first two parts of a name tell."""
    return name.split(".")[:2] == other.split(".")[:2]


def branch(likely: Mapping[str, float], general: str) -> float:
    """The probability of an intent or any kind of it, from the probabilities of all intents."""
    return sum(value for name, value in likely.items() if is_kind_of(name, general))
