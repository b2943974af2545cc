"""The judge of the outage scenario finds every kind of damage; else its silence would mean nothing."""

from __future__ import annotations

from typing import Any

import pytest

from evals.bench.outages.verdict import Fault, judge

GREETING = {"seq": 1, "type": "reply", "answers": 0, "reply": {"text": "你好"}}
FIRST = {"seq": 2, "type": "message", "message": {"client_message_id": "m-1"}}
SECOND = {"seq": 3, "type": "message", "message": {"client_message_id": "m-2"}}
REPLY = {"seq": 4, "type": "reply", "answers": 3, "reply": {"text": "8 元"}}
LOG = [GREETING, FIRST, SECOND, REPLY]
SENT = ["m-1", "m-2"]


def faults(**told: Any) -> set[Fault]:
    sides: dict[str, Any] = {"sent": SENT, "seen": LOG, "history": LOG, "stored": LOG} | told
    return {found.fault for found in judge("conv", **sides)}


def both(log: list[dict[str, Any]]) -> dict[str, Any]:
    """A log that all sides agree on."""
    return {"seen": log, "history": log, "stored": log}


def test_a_conversation_on_which_all_agree_has_no_fault() -> None:
    assert faults() == set()


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"seen": LOG[:-1]}, Fault.LOST),
        ({"seen": [*LOG, {**REPLY, "seq": 5}]}, Fault.INVENTED),
        ({"seen": [*LOG, REPLY]}, Fault.DUPLICATED),
        ({"seen": [GREETING, SECOND, FIRST, REPLY]}, Fault.REORDERED),
        ({"seen": [GREETING, FIRST, SECOND, {**REPLY, "reply": {"text": "9 元"}}]}, Fault.CHANGED),
        ({"history": LOG[:-1]}, Fault.HISTORY),
        ({"history": [GREETING, SECOND, FIRST, REPLY]}, Fault.HISTORY),
        ({"sent": [*SENT, "m-3"]}, Fault.MESSAGE_LOST),
        ({"sent": ["m-2", "m-1"]}, Fault.MESSAGE_REORDERED),
        (both([GREETING, FIRST, {**SECOND, "message": FIRST["message"]}, REPLY]), Fault.MESSAGE_REPEATED),
        (both([GREETING, FIRST, SECOND, {**REPLY, "answers": 2}]), Fault.UNANSWERED),
        (both([*LOG, {**REPLY, "seq": 5}]), Fault.ANSWERED_TWICE),
        (both([GREETING, FIRST, SECOND, {**REPLY, "seq": 5}]), Fault.GAP),
    ],
)
def test_each_kind_of_damage_is_found(told: dict[str, Any], fault: Fault) -> None:
    assert fault in faults(**told)
