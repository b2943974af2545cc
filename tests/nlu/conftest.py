from collections.abc import Callable, Sequence
from datetime import date

import pytest
import regex

from assistant.domain.understanding import Slot
from assistant.nlu.quantities import Quantities
from assistant.nlu.slots import SlotReader

WEDNESDAY = date(2026, 3, 18)
"""Today, in the tests of slots."""

Read = Callable[[str], Sequence[Slot]]


@pytest.fixture(scope="session")
def slot_reader() -> SlotReader:
    return SlotReader(Quantities())


@pytest.fixture(scope="session")
def read(slot_reader: SlotReader) -> Read:
    """The slots of a message, Chinese where it holds a Chinese character."""

    def read(text: str) -> Sequence[Slot]:
        return slot_reader.in_text(text, today=WEDNESDAY, chinese=regex.search(r"\p{Han}", text) is not None)

    return read


def values(slots: Sequence[Slot], *names: str) -> list[str]:
    """The values of the slots of these names, in their order."""
    return [slot.value for slot in slots if slot.name in names]
