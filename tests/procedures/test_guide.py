"""docs/procedures.md: its procedure is sound, its expressions and texts give what it says."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import assistant
from assistant.domain.procedures import ProcedureFile, SlotKind
from assistant.nlu.intents.definitions import load
from assistant.procedures import wording
from assistant.procedures.expressions import Scope
from assistant.procedures.files import check
from assistant.procedures.functions import KNOWN
from assistant.procedures.shop_checks import Shop
from assistant.procedures.written import WrittenOption, WrittenProcedure, WrittenSlot, keys_of

GUIDE = (Path(assistant.__file__).parents[1] / "docs" / "procedures.md").read_text(encoding="utf-8")
ORDER: dict[str, Any] = {
    "id": "A1",
    "stage": "paid",
    "total": Decimal(130),
    "placed_on": "2026-11-02",
    "payment": None,
    "fields": {"礼品": True},
    "lines": [
        {"title": "lamp", "price": Decimal("60.50"), "quantity": 2},
        {"title": "bulb", "price": Decimal(9), "quantity": 1},
    ],
}
VALUES = {"order": ORDER, "today": "2026-11-22"}


def rows(after: str) -> list[tuple[str, str]]:
    """The pairs of code in the table that begins so; what follows a pair is for people."""
    table = GUIDE.split(after, 1)[1].split("\n\n", 1)[0]
    found = re.findall(r"^\| `(.*?)` \| `(.*?)`", table, re.MULTILINE)
    assert len(found) > 4
    return [(code.replace("\\|", "|"), given) for code, given in found]


@pytest.mark.parametrize(("expression", "given"), rows("| expression | gives |\n|---|---|\n"))
def test_an_expression_gives_what_the_guide_says(expression: str, given: str) -> None:
    assert Scope(VALUES).evaluate(expression) == json.loads(given, parse_float=Decimal)


@pytest.mark.parametrize(("template", "told"), rows("| in a text | tells |\n|---|---|\n"))
def test_a_text_tells_what_the_guide_says(template: str, told: str) -> None:
    assert wording.say(template, "zh", VALUES) == told


def test_the_first_procedure_is_sound() -> None:
    (text,) = re.findall(r"^```yaml\n(procedure: .*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    shop = Shop(intents={definition.name for definition in load()})
    assert [str(fault) for fault in check([ProcedureFile("cancel.yaml", text)], shop).faults] == []


def test_every_key_kind_and_function_is_in_the_guide() -> None:
    words = set(re.findall(r"[a-zA-Z_]+", " ".join(re.findall(r"`(.*?)`", GUIDE))))
    keys = {key for model in (WrittenProcedure, WrittenSlot, WrittenOption) for key in keys_of(model)}
    assert keys | {*SlotKind} | KNOWN <= words
