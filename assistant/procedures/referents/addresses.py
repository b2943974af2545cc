"""Which address words mean: one written out, whole or in part, or one that the records hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from assistant.domain.backend import Address, Order, ShopperRecord
from assistant.domain.folding import fold
from assistant.domain.understanding import Clause
from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words
from assistant.procedures.referents.address_parts import AddressParts
from assistant.procedures.referents.meaning import How, Meaning, one_of
from assistant.procedures.referents.places import Places

_ZIP = regex.compile(r"(?<![\d-])(?P<zip>\d{5}(?:-\d{4})?)(?![\d-])\s*$")
_STREET_START = regex.compile(r"(?<![\p{Latin}\d#$-])\d{1,6}[A-Za-z]?(?:-\d+)?\s+\p{L}")
_LEADS = regex.compile(
    r"^(?:.*\b(?:address|ship|send|deliver|live|moved?|moving|home|goes|go|to|at|is|be)\b[:\s]*(?:to|at|is|be|now)?[:\s]+)?",
    regex.IGNORECASE,
)
_PARTS_END = regex.compile(r"[.;!?](?=\s|$)|\n")
_LEAST_STREET = 3


@dataclass(frozen=True, slots=True)
class AddressMeaning:
    """The address meant, merged onto the one that it replaces. typed: it was written out, if only in part."""

    of: Meaning[Address]
    typed: bool = False


class Addresses:
    """Built once."""

    def __init__(self, places: Places) -> None:
        lists = words.sections("addresses")
        self._places = places
        self._points = {name: Phrases(spellings) for name, spellings in lists["points"].items()}
        self._parts = AddressParts(places)

    def which(
        self,
        said: Clause,
        *,
        old: Address | None = None,
        shopper: ShopperRecord | None = None,
        orders: Sequence[Order] = (),
        before: Address | None = None,
    ) -> AddressMeaning:
        """The address that a clause means.

        old: the one to be changed, whose recipient, phone and, where only a part is given, further parts stay. before:
        what it was before it was changed in this conversation, for "change it back".
        """
        if typed := self.typed(said, old):
            return AddressMeaning(Meaning((typed,), How.WORDS, words=tuple(self._written(said))), typed=True)
        if (word := self._points["before"].first(said.folded)) and before:
            return AddressMeaning(Meaning((before,), How.WORDS, words=(word,)))
        return AddressMeaning(self._known(said.folded, old, shopper, orders))

    def typed(self, said: Clause, old: Address | None = None) -> Address | None:
        """An address written out in a clause, merged onto an old one; None where there is none."""
        for written in self._written(said):
            parsed = self.parse(written)
            if parsed != Address():
                if not parsed.postcode and regex.search(r"\p{Han}", parsed.street):
                    code = next((slot.value for slot in said.slots if slot.name == "postcode"), "")
                    parsed = replace(parsed, postcode=code)
                phone = next((slot.value for slot in said.slots if slot.name == "phone"), "")
                person = next((slot.value for slot in said.slots if slot.name == "person_name"), "")
                return replace(
                    _merged(parsed, old),
                    **{name: value for name, value in (("phone", phone), ("recipient", person)) if value},
                )
        return None

    def parse(self, written: str) -> Address:
        """The parts of a written address. What it does not say is empty; a US state is told by the ZIP code too."""
        return self._parts.of(written)

    def _written(self, said: Clause) -> Iterator[str]:
        """The stretches of a clause in which an address is written: a longer one where the parts after it go on."""
        slots = [slot.text for slot in said.slots if slot.name == "address"]
        for text in slots:
            yield self._extended(said.text, text) if text.isascii() else text
        if not slots and (start := _STREET_START.search(said.text)):
            written = _PARTS_END.split(said.text[start.start() :])[0]
            last = _ZIP.search(_upto_zip(written))
            if last:
                yield _upto_zip(written)

    @staticmethod
    def _extended(text: str, address: str) -> str:
        """An address with the parts that follow it after commas, up to its postcode."""
        start = text.find(address)
        if start < 0:
            return address
        rest = _PARTS_END.split(text[start:])[0]
        upto = _upto_zip(rest)
        return upto if _ZIP.search(upto) and len(upto) >= len(address) and upto.count(",") <= 5 else address

    def _known(
        self, folded: str, old: Address | None, shopper: ShopperRecord | None, orders: Sequence[Order]
    ) -> Meaning[Address]:
        """An address that the records hold: the default one, an order's, or the only one at a place that is named."""
        default = shopper.address if shopper else None
        by_order = tuple(order.address for order in sorted(orders, key=lambda order: order.id) if order.address)
        known = _distinct((*by_order, *((default,) if default else ())), default)
        by_id = [order for order in orders if fold(order.id).strip("#") in folded and order.address]
        says_order = self._points["of_order"].first(folded)
        if by_id and says_order:
            return Meaning(
                tuple(_distinct(tuple(o.address for o in by_id if o.address), default)), How.WORDS, words=(says_order,)
            )
        if named := self._places.named(folded, known):
            return self._there(folded, named, known, old, default)
        if elsewhere := self._places.elsewhere(folded, known):
            return Meaning(missing=elsewhere)
        if default_word := self._points["default"].first(folded):
            return (
                Meaning((default,), How.WORDS, words=(default_word,)) if default else Meaning(missing=(default_word,))
            )
        if says_order:
            others = tuple(address for address in _distinct(by_order, None) if not _same_place(address, old))
            return one_of(others, How.LIKELY, (says_order,)) if others else Meaning(missing=(says_order,))
        return Meaning()

    def _there(
        self,
        folded: str,
        named: Sequence[tuple[str, int, int, frozenset[int]]],
        known: Sequence[Address],
        old: Address | None,
        default: Address | None,
    ) -> Meaning[Address]:
        """The address at the places named; the default one where it is spoken of and lies there."""
        indexes = named[0][3]
        for _, _, _, more in named[1:]:
            indexes = indexes & more or indexes
        told = tuple(word for word, *_ in named)
        there = tuple(known[index] for index in sorted(indexes))
        default_word = self._points["default"].first(folded)
        if default_word and default is not None and default in there:
            return Meaning((default,), How.WORDS, words=(default_word, *told))
        others = tuple(address for address in there if not _same_place(address, old))
        return one_of(others or there, How.WORDS, told)


def _merged(new: Address, old: Address | None) -> Address:
    """A written address with what it leaves out taken from the old one: who receives it, and the parts above it.

    A street without a town is in the old town; a town of its own brings nothing of the old one along.
    """
    if old is None:
        return new
    who = {"recipient": new.recipient or old.recipient, "phone": new.phone or old.phone}
    who["country"] = new.country or old.country
    if new.city or new.postcode:
        return replace(new, **who, region=new.region or (old.region if new.city == old.city else ""))
    if new.region:
        return replace(new, **who)
    if new.district:
        return replace(new, **who, region=old.region, city=old.city)
    street, unit = (new.street, new.unit) if new.street else (old.street, new.unit)
    return replace(old, **who, street=street, unit=unit)


def _upto_zip(text: str) -> str:
    """A text up to the last ZIP code that follows its first comma; all of it where there is none."""
    codes = [match for match in regex.finditer(r"(?<![\d-])\d{5}(?:-\d{4})?(?![\d-])", text) if match.start() > 0]
    return text[: codes[0].end()] if codes else text


def _same_place(one: Address, other: Address | None) -> bool:
    return other is not None and _place(one) == _place(other)


def _place(address: Address) -> tuple[str, ...]:
    return tuple(fold(part) for part in (address.street, address.unit, address.city, address.postcode))


def _distinct(addresses: Sequence[Address], first: Address | None) -> list[Address]:
    """Each place once; the one given goes before others of the same place."""
    found: dict[tuple[str, ...], Address] = {}
    for address in addresses:
        found.setdefault(_place(address), address)
    if first is not None and _place(first) in found:
        found[_place(first)] = first
    return list(found.values())
