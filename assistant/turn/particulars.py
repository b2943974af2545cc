"""What a shopper who is not signed in says of themselves."""

from __future__ import annotations

import regex

from assistant.domain.understanding import Clause

_READ_AS = {
    "email": "email",
    "person_name": "name",
    "postcode": "postcode",
    "phone": "phone",
    "order_id": "order_id",
}
"""Slots of a message, and the particular that each is."""

PARTICULARS = frozenset(_READ_AS.values())
"""Those that can be told in a conversation."""

_BARE = {
    "postcode": regex.compile(r"\d{4,6}"),
    "order_id": regex.compile(r"#?[A-Za-z]{0,6}[-_]?\d[\w-]{2,39}"),
}
"""How an answer looks that does not say what it is."""


def particulars_in(clause: Clause, wanted: frozenset[str], *, asked: bool) -> dict[str, str]:
    """The particulars of those `wanted` that a message tells. asked: it answers the question who the shopper is."""
    read: dict[str, str] = {}
    for slot in clause.slots:
        name = _READ_AS.get(slot.name)
        # Shoppers say who they are first, then speak of other places; of two e-mail addresses the later is meant.
        if name is not None and (name == "email" or name not in read):
            read[name] = slot.value
    told = {name: value for name, value in read.items() if name in wanted and not _half_a_name(name, value)}
    return {**told, **_bare(clause, wanted - read.keys())} if asked else told


def _bare(clause: Clause, wanted: frozenset[str]) -> dict[str, str]:
    """What only the question tells: "310000" is a postcode where one was asked for, and nothing else it could be."""
    rest = clause.text
    for slot in clause.slots:
        rest = rest.replace(slot.text, " ")
    words = regex.split(r"[\s,，、;；。]+", rest)
    found: dict[str, str] = {}
    for name in sorted(wanted & _BARE.keys(), reverse=True):  # postcodes first: order ids take all sorts of forms
        fitting = [word for word in words if _BARE[name].fullmatch(word)]
        if len(fitting) == 1 and fitting[0] not in found.values():
            found[name] = fitting[0].removeprefix("#")
    return found


def _half_a_name(particular: str, value: str) -> bool:
    """Whether a name in Latin script is a single one, which identifies nobody."""
    return particular == "name" and value.isascii() and " " not in value.strip()
