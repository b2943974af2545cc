"""The writes that reached a shop's system, compared with those that are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from evals.systems.recording import Write

HANDOFFS = frozenset({"transfer_to_human_agents", "transfer_to_specialist"})
"""A gold write of this name asks for a handoff to a human; a handoff that no gold asks for fails nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """made: how many of the `gold` writes were made. missing: those that were not. unwanted: writes no gold has."""

    gold: int
    made: int
    missing: tuple[Write, ...]
    unwanted: tuple[Write, ...]

    @property
    def equal(self) -> bool:
        return not self.missing and not self.unwanted


def compare(writes: Sequence[Write], alternatives: Sequence[Sequence[Write]], *, handed_over: bool) -> Comparison:
    """The writes against each set of gold writes that is as good as the others: the comparison that is nearest.

    The order of writes does not matter, nor that of lists in them; numbers count by value; what a gold write does not
    tell may be anything.
    """
    compared = [_compared(writes, gold, handed_over=handed_over) for gold in alternatives]
    return min(compared, key=lambda found: len(found.missing) + len(found.unwanted))


def _compared(writes: Sequence[Write], gold: Sequence[Write], *, handed_over: bool) -> Comparison:
    wanted = [write for write in gold if write.operation not in HANDOFFS]
    handoffs = [write for write in gold if write.operation in HANDOFFS]
    done = [write for write in writes if write.operation not in HANDOFFS]
    paired = _pairs(len(wanted), len(done), lambda one, other: _fits_write(done[other], wanted[one]))
    happened = handed_over or len(done) < len(writes)
    missing = [write for place, write in enumerate(wanted) if place not in paired]
    missing += [] if happened else handoffs
    taken = set(paired.values())
    unwanted = tuple(write for place, write in enumerate(done) if place not in taken)
    return Comparison(len(gold), len(gold) - len(missing), tuple(missing), unwanted)


def _fits_write(write: Write, gold: Write) -> bool:
    return write.operation == gold.operation and fits(write.arguments, gold.arguments)


def fits(value: object, wanted: object) -> bool:
    """Whether a value is what is wanted, or holds at least that."""
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and all(fits(value.get(name), each) for name, each in wanted.items())
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        return isinstance(value, Sequence) and not isinstance(value, str) and _same_elements(value, wanted)
    if wanted is None or wanted == "":
        return value is None or value == ""
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    if isinstance(wanted, str) and isinstance(value, str):
        return value.strip() == wanted.strip()
    numbers = _number(value), _number(wanted)
    return None not in numbers and numbers[0] == numbers[1]


def _same_elements(values: Sequence[object], wanted: Sequence[object]) -> bool:
    if len(values) != len(wanted):
        return False
    return len(_pairs(len(wanted), len(values), lambda one, other: fits(values[other], wanted[one]))) == len(wanted)


def _number(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if isinstance(value, int | float | Decimal | str) else None
    except InvalidOperation:
        return None


def _pairs(ones: int, others: int, fit: Callable[[int, int], bool]) -> dict[int, int]:
    """As many pairs of one and another that fit as there can be (Kuhn's augmenting paths)."""
    taken: dict[int, int] = {}

    def pair(one: int, tried: set[int]) -> bool:
        for other in range(others):
            if other in tried or not fit(one, other):
                continue
            tried.add(other)
            if other not in taken or pair(taken[other], tried):
                taken[other] = one
                return True
        return False

    for one in range(ones):
        pair(one, set())
    return {one: other for other, one in taken.items()}
