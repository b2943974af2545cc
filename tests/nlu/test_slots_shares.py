"""How much of something: "三成", "20%", "a third"."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.nlu.quantities import Quantities
from assistant.nlu.slots import SlotReader

READER = SlotReader(Quantities())


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        ("大概坏了三成", ["30"]),
        ("三成半", ["35"]),
        ("百分之十五吧", ["15"]),
        ("坏了一半", ["50"]),
        ("三分之一烂了", ["33"]),
        ("about 20% of them", ["20"]),
        ("12.5 percent", ["12.5"]),
        ("two thirds are mouldy", ["67"]),
        ("八成新", []),
        ("half a dozen", []),
        ("300%", []),
    ],
)
def test_a_share_is_told_in_hundredths(said: str, percent: list[str]) -> None:
    slots = READER.in_text(said, today=date(2026, 11, 22), chinese=not said.isascii())
    assert [slot.value for slot in slots if slot.name == "percent"] == percent
