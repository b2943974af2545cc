"""What the README tells people to run exists, with the options it names; what it links to is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.cli.app import command_line
from assistant.cli.terminal import Terminal

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`((?:make|storebot) [^`]+)`")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def commands(program: str) -> list[list[str]]:
    return [words for document in DOCUMENTS for words in _commands_of(document) if words[0] == program]


def _commands_of(document: str) -> Iterator[list[str]]:
    text = (ROOT / document).read_text(encoding="utf-8")
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()] + _INLINE.findall(text)
    for line in lines:
        if words := shlex.split(line, comments=True):
            yield words


@pytest.mark.parametrize("words", commands("make"), ids=" ".join)
def test_each_make_target_named_exists(words: list[str]) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert words[1] in targets


@pytest.mark.parametrize("words", commands("storebot"), ids=" ".join)
def test_each_storebot_command_named_is_understood(words: list[str]) -> None:
    group = command_line(Terminal("en"))
    command = group.commands[words[1]]
    arguments = [word for word in words[2:] if word != "..."]
    if arguments:
        command.make_context("storebot", arguments, resilient_parsing=False)


def test_the_readme_shows_every_command_at_work() -> None:
    group = command_line(Terminal("en"))
    assert set(group.commands) == {words[1] for words in commands("storebot")}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_linked_to_exists(document: str) -> None:
    links = _LINK.findall((ROOT / document).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []
