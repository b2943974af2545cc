"""YAML in which every scalar is text: what it holds, and what it refuses."""

from __future__ import annotations

import pytest

from assistant.nlu import plain_yaml
from assistant.nlu.intents import IntentFault, parse


def test_every_scalar_is_text() -> None:
    assert plain_yaml.read("{no: [on, 1.0, 2026-11-22, null]}", "words.yaml") == {
        "no": ["on", "1.0", "2026-11-22", "null"]
    }


@pytest.mark.parametrize(
    "text",
    ["[" * 60_000, "{a: " * 60_000, "- " * 60_000, "\n".join(f"{' ' * depth}-" for depth in range(500))],
    ids=["lists", "maps", "dashes", "lines"],
)
def test_nesting_without_end_is_refused_and_does_not_break_the_process(text: str) -> None:
    with pytest.raises(plain_yaml.Malformed, match=r"words\.yaml, line .* nested"):
        plain_yaml.read(text, "words.yaml")


def test_a_stores_intents_nested_without_end_are_a_fault_in_their_file() -> None:
    with pytest.raises(IntentFault) as refused:
        parse("[" * 60_000, "intents/own.yaml")
    assert (refused.value.file, refused.value.line, refused.value.code) == ("intents/own.yaml", 1, "bad_yaml")
