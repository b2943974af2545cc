"""Prompts: the stable part first, data marked as data, and all of it within its budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.models import Speaker
from assistant.prompts import Block, Datum, Laid, Layout, marked, plain
from assistant.prompts.files import read

_FILE = """---
name: greet
version: 1
purpose: answer
budget: {budget}
most_tokens: 50
---
# Always
You are {{bot}}.
# Now
{{evidence}}
{{turns}}
{{question}}
"""
_WORDS = [f"word{index}" for index in range(60)]


def _count(text: str) -> int:
    return len(text.split())


def _laid(budget: int, evidence: list[str], turns: list[str], question: str = "how long", bot: str = "Hattie") -> Laid:
    layout = Layout(read("greet.en.md", _FILE.format(budget=budget)), _count)
    blocks = [
        Block("question", (Datum("question", question),)),
        Block("evidence", tuple(Datum("evidence", text) for text in evidence)),
        Block("turns", tuple(Datum("said", text) for text in turns), last_first=True),
    ]
    return layout.lay({"bot": bot}, blocks)


def test_the_stable_part_stands_first_and_does_not_depend_on_the_message() -> None:
    one, other = _laid(100, ["a b"], []), _laid(100, ["c"], ["d"], "what else")
    assert one.prompt.lines[0] == other.prompt.lines[0]
    assert one.prompt.lines[0].speaker is Speaker.STORE
    assert one.prompt.lines[0].text == "You are Hattie."


def test_what_changes_stands_in_the_order_evidence_turns_question() -> None:
    text = _laid(100, ["first", "second"], ["before", "after"]).prompt.lines[1].text
    places = [text.index(word) for word in ("first", "second", "before", "after", "how long")]
    assert places == sorted(places)


def test_the_question_stays_where_there_is_room_for_nothing_else() -> None:
    laid = _laid(24, ["one two three"], ["four five six"])
    assert laid.kept == {"question": 1, "evidence": 0, "turns": 0}
    assert "how long" in laid.prompt.lines[1].text


def test_evidence_goes_before_turns_and_the_latest_turns_before_earlier_ones() -> None:
    laid = _laid(32, ["a b c"], ["w " * 10, "last said"])
    assert laid.kept == {"question": 1, "evidence": 1, "turns": 1}
    assert "last said" in laid.prompt.lines[1].text


def test_a_first_item_too_long_for_the_budget_is_cut_and_not_left_out() -> None:
    laid = _laid(80, [" ".join(_WORDS + _WORDS)], [])
    assert laid.kept["evidence"] == 1
    assert "word9" in laid.prompt.lines[1].text
    assert "…</evidence>" in laid.prompt.lines[1].text


@given(
    budget=st.integers(30, 300),
    evidence=st.lists(st.lists(st.sampled_from(_WORDS), max_size=90).map(" ".join), max_size=6),
    turns=st.lists(st.lists(st.sampled_from(_WORDS), max_size=30).map(" ".join), max_size=6),
)
def test_a_prompt_keeps_to_its_budget(budget: int, evidence: list[str], turns: list[str]) -> None:
    laid = _laid(budget, evidence, turns)
    assert laid.tokens <= budget
    assert sum(_count(line.text) for line in laid.prompt.lines) <= laid.tokens


@given(st.text(alphabet=st.characters(), max_size=200), st.text(max_size=50))
def test_no_text_opens_or_closes_a_mark(text: str, label: str) -> None:
    shown = marked("evidence", text, source=label)
    assert shown.count("<") == 2
    assert shown.count(">") == 2
    assert shown.count('"') == (2 if 'source="' in shown else 0) + plain(text).count('"')


def test_what_no_reader_sees_is_not_sent() -> None:
    assert plain("a\u202eb\u200bc\x00d\U000e0041e") == "a b c d e"


def test_a_value_that_looks_like_a_slot_stays_as_it_is() -> None:
    laid = _laid(100, ["{question}"], [], bot="{shop}")
    assert laid.prompt.lines[0].text == "You are {shop}."
    assert "<evidence>{question}</evidence>" in laid.prompt.lines[1].text
