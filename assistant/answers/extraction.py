"""Cuts the part out of a text that answers."""

from __future__ import annotations

from collections.abc import Callable

import regex

_CLAUSE = regex.compile(r"(?:[^，,；;、]|(?<=\d),(?=\d))+[，,；;、]*")  # "1,299" is one number
_MARK = regex.compile(r"^\s*(?:\(?\d{1,2}[.、)）]|[①-⑳]|[-*•])\s*(?!\d)")
_DANGLING = "，,；;、 "


def excerpt(text: str, score: Callable[[str], float], limit: int) -> str:
    """`text` where it is short enough, else its best clause with as many neighbours as fit into `limit` characters."""
    if len(text) <= limit:
        return text
    clauses = _CLAUSE.findall(text)
    if len(clauses) < 2:
        return text
    best = max(range(len(clauses)), key=lambda index: score(clauses[index]))
    first = last = best
    length = len(clauses[best])
    while True:
        grew = False
        if last + 1 < len(clauses) and length + len(clauses[last + 1]) <= limit:
            last, length, grew = last + 1, length + len(clauses[last + 1]), True
        if first > 0 and length + len(clauses[first - 1]) <= limit:
            first, length, grew = first - 1, length + len(clauses[first - 1]), True
        if not grew:
            return "".join(clauses[first : last + 1]).strip(_DANGLING)


def without_mark(text: str) -> str:
    """The text without the number or bullet of the list it stood in."""
    return _MARK.sub("", text)
