"""Cases and their outcomes: what a suite asks, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

Content = TypeVar("Content")


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    ABSTAINED = "abstained"  # said that it does not know, asked back, handed over
    CRASHED = "crashed"  # an error instead of an answer: counts as wrong in every figure


class Fault(StrEnum):
    """Whose fault a case is that did not come to its end."""

    ASSISTANT = "assistant"
    SIMULATOR = "simulator"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the suite's files a case stands; `line` counts from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Case:
    """`content` is of the suite's own type. `id` is unique in a run."""

    id: str
    place: Place
    content: object


def content_of(case: Case, kind: type[Content]) -> Content:
    """The content of a case of a suite whose cases are of this kind. Raises TypeError for another suite's."""
    if not isinstance(case.content, kind):
        raise TypeError(f"{case.id} is no case with a {kind.__name__}")
    return case.content


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a shopper said, and what came back: the reply and the trace as the API gives them (None: none came).

    earlier: replies that came before the last message of a burst was covered.
    """

    said: tuple[str, ...]
    reply: Mapping[str, object] | None
    trace: Mapping[str, object] = field(default_factory=dict)
    milliseconds: float = 0.0
    earlier: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case in one run. Everything in it can be written as JSON and read back.

    measured: the numbers, labels and flags that the suite's figures are computed from. tags: for reports apart
    ("image", "excluded", the kind of question). note: why the verdict is what it is, in English, for people.
    expected: what would have been right, in words.
    """

    case_id: str
    run: int
    verdict: Verdict
    measured: Mapping[str, float | str | bool | None]
    exchanges: tuple[Exchange, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    expected: str = ""
    fault: Fault | None = None
    milliseconds: tuple[float, ...] = ()
    tokens: int = 0
    cost: Decimal = Decimal(0)
