"""Prompt files are checked when they are read, and what is wrong is named with file and line."""

from __future__ import annotations

import pytest

from assistant.domain.models import Purpose
from assistant.prompts import PromptFault, Prompts
from assistant.prompts.files import read

_GOOD = """---
name: greet
version: 2
purpose: answer
budget: 300
most_tokens: 50
---
# Always
You are {bot}.
# Now
{question}
"""


def test_the_prompts_that_come_with_the_assistant_are_there_in_both_languages() -> None:
    prompts = Prompts.load()
    for name in prompts.names():
        assert prompts.get(name, "zh-TW").language == "zh"
        assert prompts.get(name, "en-GB").language == "en"


def test_a_prompt_file_tells_what_it_is_for_and_what_is_filled_in() -> None:
    prompt = read("greet.en.md", _GOOD)
    assert (prompt.purpose, prompt.version, prompt.budget, prompt.most_tokens) == (Purpose.ANSWER, "2", 300, 50)
    assert (prompt.values, prompt.blocks) == ({"bot"}, {"question"})


@pytest.mark.parametrize(
    ("change", "line", "word"),
    [
        (("---\nname", "name"), 1, "front matter"),
        (("most_tokens: 50\n---", "most_tokens: 50"), 1, "never closed"),
        (("name: greet", "name: other"), 2, "greet"),
        (("version: 2", "version: two"), 3, "whole number"),
        (("purpose: answer", "purpose: answering"), 4, "understand"),
        (("budget: 300", "budget: 0"), 5, "above 0"),
        (("budget: 300", "budgets: 300"), 5, "budgets"),
        (("budget: 300", "version: 3"), 5, "twice"),
        (("budget: 300", "budget: [300]"), 5, "one value"),
        (("budget: 300\n", ""), 1, "budget is missing"),
        (("budget: 300", "budget: '300"), 6, ""),
        (("# Always", "# Never"), 8, "# Always"),
        (("# Always", "Hello\n# Always"), 8, "before"),
        (("You are {bot}.\n", ""), 8, "empty"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(change: tuple[str, str], line: int, word: str) -> None:
    with pytest.raises(PromptFault, match=r"greet\.en\.md, line") as caught:
        read("greet.en.md", _GOOD.replace(*change, 1))
    assert caught.value.line == line
    assert word in caught.value.problem


@pytest.mark.parametrize("file", ["greet.md", "greet.fr.md", "Greet.en.md"])
def test_a_file_whose_name_does_not_tell_prompt_and_language_is_refused(file: str) -> None:
    with pytest.raises(PromptFault, match="called"):
        read(file, _GOOD)


@pytest.mark.parametrize("change", [("version: 2", "version: 3"), ("{bot}", "{shop}"), ("{question}", "{questions}")])
def test_a_prompt_says_the_same_in_each_language(change: tuple[str, str]) -> None:
    chinese = read("greet.zh.md", _GOOD.replace(*change))
    with pytest.raises(PromptFault, match="are not those of"):
        Prompts([read("greet.en.md", _GOOD), chinese])


def test_a_prompt_in_one_language_only_is_refused() -> None:
    with pytest.raises(PromptFault, match=r"no greet\.zh\.md"):
        Prompts([read("greet.en.md", _GOOD)])
