from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.verification.replies import faults
from assistant.domain.evidence import Evidence, EvidenceKind
from assistant.domain.ids import EvidenceId
from assistant.domain.reply import Action, ActionKind, Derived, Operation, Part, Reply

EVIDENCE = Evidence(EvidenceId("ev_1"), EvidenceKind.FACT, "整机保修24个月，检测费1,299.00元", "保修", "a.md")


def reply(text: str) -> Reply:
    return Reply("zh", Action(ActionKind.ANSWER), (Part(text, (EVIDENCE.id,)),), (EVIDENCE,))


@pytest.mark.parametrize("text", ["保修24个月", "检测费1299元", "1. 保修２４个月"])
def test_numbers_that_the_evidence_holds_pass(text: str) -> None:
    assert faults(reply(text)) == []


@pytest.mark.parametrize("text", ["保修36个月", "检测费1298元", "保修2个月"])
def test_a_number_that_the_evidence_does_not_hold_is_a_fault(text: str) -> None:
    assert len(faults(reply(text))) == 1


def test_a_number_that_the_shopper_said_may_be_said_back() -> None:
    assert faults(reply("80升的保修24个月"), said="80升的呢") == []


def test_evidence_that_a_part_does_not_name_does_not_count() -> None:
    other = replace(EVIDENCE, id=EvidenceId("ev_2"), text="48")
    shown = Reply("zh", Action(ActionKind.ANSWER), (Part("保修48个月", (EVIDENCE.id,)),), (EVIDENCE, other))
    assert len(faults(shown)) == 1


def test_a_number_that_follows_from_the_evidence_passes_and_no_other() -> None:
    difference = Derived(Operation.DIFFERENCE, (Decimal("1299"), Decimal("24")))
    shown = Reply("zh", Action(ActionKind.ANSWER), (Part("相差1275", (EVIDENCE.id,), (difference,)),), (EVIDENCE,))
    assert faults(shown) == []
    invented = Derived(Operation.DIFFERENCE, (Decimal("1299"), Decimal("25")))
    assert len(faults(replace(shown, parts=(Part("相差1274", (EVIDENCE.id,), (invented,)),)))) == 1


@given(st.integers(min_value=0, max_value=10**9))
def test_no_invented_number_passes(number: int) -> None:
    expected = [] if str(number) in {"24", "1299"} else 1
    found = faults(reply(f"是{number}元"))
    assert found == [] if expected == [] else len(found) == 1
