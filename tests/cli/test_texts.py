"""Everything the command line says is there in both languages, and nothing is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import cli
from assistant.cli.app import command_line, hint_for
from assistant.cli.terminal import Terminal, load_texts
from assistant.domain.errors import NotFound, StorebotError

CODE = "\n".join(path.read_text(encoding="utf-8") for path in Path(cli.__file__).parent.glob("*.py"))


def codes(error: type[StorebotError] = StorebotError) -> Iterator[str]:
    yield error.code
    for narrower in error.__subclasses__():
        yield from codes(narrower)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_is_in_the_readers_language(language: str) -> None:
    group = command_line(Terminal(language))
    for command in (group, *group.commands.values()):
        helps = [command.help, *(getattr(parameter, "help", None) for parameter in command.params)]
        assert command.help
        for text in filter(None, helps):
            assert bool(re.search(r"[\u4e00-\u9fff]", text)) == (language == "zh"), f"{command.name}: {text}"


def test_every_hint_is_for_an_error_that_there_is() -> None:
    hints = {name.removeprefix("hint.") for name in load_texts().names() if name.startswith("hint.")}
    assert hints - set(codes()) == {"settings"}


def test_no_text_is_left_over() -> None:
    explained = (f"explain.{code}." for code in ("kind", "route", "rule", "why", "slot", "mood", "course", "language"))
    # Named by what is at hand: an error's code, a stage, a kind of entry, what a turn notes.
    made = (
        "hint.",
        "llm.check.",
        "llm.means.",
        "llm.do.",
        "stage.",
        "kind.",
        "explain.signal.",
        "procedure.way.",
        "procedure.rule_state.",
        *explained,
    )
    unused = [
        name for name in load_texts().names() if not name.startswith(made) and not re.search(f"[\"']{name}[\"']", CODE)
    ]
    assert unused == []


@pytest.mark.parametrize(("language", "words"), [("zh", "--shopper 给出"), ("en", "Give --shopper an id")])
def test_a_shopper_who_is_not_known_is_told_apart_from_a_store_that_is_not(language: str, words: str) -> None:
    terminal = Terminal(language)

    assert words in hint_for(NotFound("There is no shopper.", shopper="u9"), terminal)
    assert "storebot stores" in hint_for(NotFound("There is no store."), terminal)
