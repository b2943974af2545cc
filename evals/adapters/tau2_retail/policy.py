"""The shop's rules, taken from instructions that were written for an agent.

What tells the agent how to behave (what it should say, which tool it calls, how it proves who a user is) stays out, and
so does what describes records: lists, and what stands above the first section. What is left are rules that a shopper
may hear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADING = re.compile(r"^(#{1,6})\s+(.*\S)\s*$")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
# "... if its status is 'pending', and you should check its status": the rule stays, what the agent does about it goes.
_ASIDE = re.compile(r", and you (?:should|must)[^.]*")
_CONDUCT = re.compile(
    r"\b(?:you|your|agents?|tools?|database|authenticat\w+|remind|user id|attributes|item id|for example)\b",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"\*\*|__|`")


@dataclass(frozen=True, slots=True)
class Rule:
    """A paragraph of rules under its headings; `line` is its line in the file."""

    heading: tuple[str, ...]
    text: str
    line: int


def rules_of(policy: str) -> Iterator[Rule]:
    """The rules a shopper may hear, in the order of the file. The title of the file is no heading of theirs."""
    headings: list[tuple[int, str]] = []
    for number, line in enumerate(policy.splitlines(), start=1):
        if found := _HEADING.match(line):
            depth = len(found[1])
            headings = [*(known for known in headings if known[0] < depth), (depth, found[2])]
        elif (heading := tuple(name for depth, name in headings if depth > 1)) and (text := _for_shopper(line)):
            yield Rule(heading, text, number)


def _for_shopper(line: str) -> str:
    """A paragraph without what is the agent's business; "" for a list's items and introduction."""
    text = _ASIDE.sub("", _EMPHASIS.sub("", line)).strip()
    if text.startswith(("-", "*", "|")) or text.endswith(":"):
        return ""
    return " ".join(sentence for sentence in _SENTENCE_END.split(text) if not _CONDUCT.search(sentence))
