"""Reads all slots of a message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.domain.understanding import Slot
from assistant.nlu import grammar
from assistant.nlu.quantities import Quantities
from assistant.nlu.slots.amounts import MoneyFinder, QuantityFinder
from assistant.nlu.slots.colours import ColourFinder
from assistant.nlu.slots.dates import DateFinder
from assistant.nlu.slots.faults import FaultFinder
from assistant.nlu.slots.lexicon import ChoiceFinder
from assistant.nlu.slots.line import Finder, Line, Placed
from assistant.nlu.slots.links import LinkFinder
from assistant.nlu.slots.numbers import NumberFinder
from assistant.nlu.slots.people import NameFinder
from assistant.nlu.slots.phones import Phones
from assistant.nlu.slots.places_in_chinese import ChineseAddressFinder
from assistant.nlu.slots.places_in_english import EnglishAddressFinder
from assistant.nlu.slots.postcodes import PostcodeFinder
from assistant.nlu.slots.shares import ShareFinder
from assistant.nlu.slots.sizes import SizeFinder
from assistant.nlu.slots.times import TimeFinder
from assistant.nlu.slots.titles import TitleFinder

PERSONAL = frozenset(
    {
        *("phone", "phone_tail", "email", "person_name", "address", "postcode", "invoice_title", "tax_number"),
        *("card_tail", "order_id", "order_tail", "tracking_number", "id"),
    }
)
"""Slots that tell who somebody is, or lead to them."""
_LONGEST = 4000  # characters that are read; nobody states more particulars than fit in them
_WITHIN = {("product_id", "product_link"), ("postcode", "address"), ("time", "date"), ("person_name", "invoice_title")}
_BESIDE = frozenset({"reason", "service_type"})  # what a phrase implies, whatever else its words name


class SlotReader:
    """Built once. `region` (ISO 3166) is where phone numbers without a country belong."""

    def __init__(self, quantities: Quantities, *, region: str = "CN") -> None:
        words, calendar, places = grammar.load("slots"), grammar.load("calendar"), grammar.word_lists("places")
        self._links = LinkFinder()
        self._of_people: Sequence[Finder] = (
            NumberFinder(words, Phones(region)),
            ChineseAddressFinder(places),
            EnglishAddressFinder(places),
            PostcodeFinder(words["numbers"]["postcode"]),
            NameFinder(words["names"]),
            TitleFinder(words["invoice"], words["hinted"]["invoice_type"], words["names"], words["numbers"]["tax"]),
        )
        self._finders: Sequence[Finder] = (
            *self._of_people,
            DateFinder(calendar),
            TimeFinder(calendar["parts"]),
            QuantityFinder(words["counts"]),
            MoneyFinder(quantities, words["budget"], words["at_most"]),
            SizeFinder(),
            FaultFinder(words),
            ColourFinder(grammar.load("colours")),
            ChoiceFinder(words),
            ShareFinder(words["shares"]),
        )

    def personal(self, text: str, *, chinese: bool) -> tuple[Slot, ...]:
        """What may tell who somebody is: a fraction of the work of reading all slots."""
        line = Line.of(text[:_LONGEST], chinese=chinese, today=date.min)
        found = [placed for finder in (self._links, *self._of_people) for placed in finder.find(line)]
        return tuple(placed.slot for placed in found if placed.slot.name in PERSONAL and placed.slot.text)

    def in_text(self, text: str, *, today: date, chinese: bool) -> tuple[Slot, ...]:
        """The slots of a message, in the order of their places. `today`: where the shopper is."""
        return tuple(placed.slot for placed in self.placed(text, today=today, chinese=chinese))

    def placed(self, text: str, *, today: date, chinese: bool) -> tuple[Placed, ...]:
        """The same with their places. None overlap, but for one within another: the id in a link."""
        line = Line.of(text[:_LONGEST], chinese=chinese, today=today)
        links = list(self._links.find(line))
        rest = line.without(links)
        found = [placed for finder in self._finders for placed in finder.find(rest) if placed.slot.text]
        kept: list[Placed] = links
        for placed in sorted(found, key=_precedence):
            if all(not placed.overlaps(other) or _may_share(placed, other) for other in kept):
                kept.append(placed)
        return tuple(sorted(kept, key=lambda placed: (placed.start, -placed.end)))


def _precedence(placed: Placed) -> tuple[int, int, int]:
    """The better told first, then the longer, then the earlier."""
    return -placed.strength, placed.start - placed.end, placed.start


def _may_share(one: Placed, other: Placed) -> bool:
    """Whether two slots may lie on the same characters."""
    names = one.slot.name, other.slot.name
    if names[0] == names[1]:
        return False
    return bool({names, names[::-1]} & _WITHIN) or (names[0] in _BESIDE) != (names[1] in _BESIDE)
