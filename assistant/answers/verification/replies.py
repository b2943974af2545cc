"""Checks what is about to be said against the evidence named for it."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from assistant.domain.evidence import Evidence
from assistant.domain.folding import fold
from assistant.domain.reply import Part, Reply

_NUMBER = regex.compile(r"\d+(?:[.,:]\d+)*")
_LIST_MARK = regex.compile(r"^\s*\d{1,2}[.、)]\s*", regex.MULTILINE)


def unsupported(part: Part, evidence: Sequence[Evidence], said: str = "") -> tuple[str, ...]:
    """Numbers of a part that neither its evidence nor what the shopper `said` holds, nor follow from what they hold."""
    named = set(part.evidence_ids)
    sources = " ".join(f"{item.title} {item.text} {item.as_of or ''}" for item in evidence if item.id in named)
    known = {_value(number) for number in _numbers(f"{sources} {said}")}
    for derived in part.derived:  # in order: one may build on the one before
        if all(_value(f"{operand:f}") in known for operand in derived.operands):
            known.add(_value(f"{derived.value:f}"))
    numbers = _numbers(_LIST_MARK.sub("", part.text))
    return tuple(number for number in numbers if _value(number) not in known)


def faults(reply: Reply, said: str = "") -> list[str]:
    """What in the reply is not covered: one line a part."""
    return [
        f"{', '.join(missing)} in: {part.text}"
        for part in reply.parts
        if part.evidence_ids and (missing := unsupported(part, reply.evidence, said))
    ]


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(fold(text.replace("，", "； ")))  # a Chinese comma stands between numbers, not within one


def _value(number: str) -> str:
    """1,299.00 and 1299 are the same number."""
    plain = number.replace(",", "")
    if plain.count(".") == 1:
        plain = plain.rstrip("0").rstrip(".")
    return plain.lstrip("0") or "0"
