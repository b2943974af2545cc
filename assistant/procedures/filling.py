"""Fills the slots of a procedure from what is said, talked about, and on record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import regex

from assistant.domain.folding import fold, holds
from assistant.domain.procedures import Run, SlotKind, SlotSpec
from assistant.domain.understanding import ClauseKind, QuestionForm, Slot
from assistant.procedures.bare import bare
from assistant.procedures.choices import MOST, of_product
from assistant.procedures.expressions import EvaluationFailed
from assistant.procedures.known import Known, NotKnownYet
from assistant.procedures.progress import Choice, Told
from assistant.procedures.referents.conditions import Known as State
from assistant.procedures.referring import Referring
from assistant.procedures.sought import Filled, Sought

_READ_AS = {
    SlotKind.DATE: ("date",),
    SlotKind.NAME: ("person_name",),
    SlotKind.PHONE: ("phone",),
    SlotKind.EMAIL: ("email",),
    SlotKind.POSTCODE: ("postcode",),
    SlotKind.QUANTITY: ("quantity",),
    SlotKind.AMOUNT: ("money",),
    SlotKind.PICTURE: ("image_link",),
}

_COURTESY = regex.compile(
    r"[\s,.!~，。！、]*(?:(?:谢谢|多谢|谢了|感谢|麻烦了?|辛苦了?|你好|您好|好的?|嗯|哦|行|可以|没事|不用了?|[你您了啦啊哈呀]"
    r"|thanks?|thank you|thx|cheers|please|ok|okay|sure|great|hi|hello|hey|yes|no|nope|a lot|so much|very much|you)"
    r"(?![a-z])[\s,.!~，。！、]*)+"
)
"""What answers no question for a name: politeness alone."""

_Fill = Callable[[Sought], Awaitable[Filled]]


class Filler:
    def __init__(self, referring: Referring) -> None:
        self.conditions = referring.conditions
        self._referring = referring
        self._by_kind: Mapping[SlotKind, _Fill] = {
            SlotKind.ORDER: referring.order,
            SlotKind.LINES: referring.lines,
            SlotKind.CHANGES: referring.changes,
            SlotKind.ADDRESS: referring.address,
            SlotKind.PAYMENT: referring.payment,
            SlotKind.SKU: referring.variant,
            SlotKind.PRODUCT: self._product,
            SlotKind.CHOICE: self._choice,
            SlotKind.TEXT: self._text,
        }

    async def fill(self, sought: Sought, run: Run) -> Filled:
        """What a slot is by the message, the conversation and the records, else by its default."""
        if sought.waited and (chosen := _chosen(sought.told, run)) is not None:
            items = await self._referring.items_of(chosen, sought.known) if _is_changes(sought.slot) else None
            if items is None:
                return Filled(chosen, told=True)
            return replace(await self._referring.changed(sought, items), told=True)
        fill = self._by_kind.get(sought.slot.kind, self._read)
        filled = await fill(sought)
        earlier = sought.told.earlier
        if filled.value is None and earlier is not None:
            before = await fill(replace(sought, told=replace(sought.told, clause=earlier), waited=False))
            if before.value is not None or not (filled.among or filled.missing or filled.lacking):
                filled = before
        default = sought.slot.default
        if filled.value is None and not filled.among and not filled.missing and default is not None:
            try:
                return Filled(await sought.known.evaluate(default))
            except (NotKnownYet, EvaluationFailed):
                return Filled()
        return filled

    async def choices(self, slot: SlotSpec, known: Known) -> tuple[Choice, ...]:
        """What may be chosen where nothing was said."""
        language = known.records.language
        if slot.kind is SlotKind.CHOICE:
            return tuple(Choice(option.value, option.label.in_language(language)) for option in slot.options)
        return await self._referring.choices(slot, known)

    async def known_of(self, known: Known) -> State:
        """What records say of the matter, for the conditions that shoppers put."""
        return await self._referring.known_of(known)

    async def _read(self, sought: Sought) -> Filled:
        slot = sought.slot
        names = (slot.reads,) if slot.reads else _READ_AS.get(slot.kind, (slot.kind.value,))
        found = _slot_read(sought.told, names)
        if found is None:
            return _as_answer(sought) if sought.waited else Filled()
        if slot.kind is SlotKind.DATE:
            return Filled({"date": found.value, "said": found.text}, told=True)
        if slot.kind is SlotKind.QUANTITY:
            return Filled(int(float(found.value)), told=True)
        return Filled(found.value, told=True)

    async def _choice(self, sought: Sought) -> Filled:
        """The one option whose words, or the slot that it is read from, are in the message."""
        slot, told = sought.slot, sought.told
        said = (told.message if sought.waited else told.clause).folded
        read = _slot_read(told, (slot.reads,)) if slot.reads else None
        fitting = [option for option in slot.options if read is not None and read.value in option.means]
        fitting = fitting or [
            option
            for option in slot.options
            if any(holds(said, fold(word)) for word in (*option.words, *option.label.texts))
        ]
        return Filled(fitting[0].value, told=True) if len(fitting) == 1 else Filled()

    async def _text(self, sought: Sought) -> Filled:
        """What is read for it, else the whole answer where it was asked for."""
        if sought.slot.reads and (found := _slot_read(sought.told, (sought.slot.reads,))):
            return Filled(found.value, told=True)
        return _as_text(sought.told) if sought.waited else Filled()

    async def _product(self, sought: Sought) -> Filled:
        """The product named, of those that `source` allows; else the one talked about."""
        if sought.slot.source is not None:
            return await self._referring.product_of(sought)
        products, language = sought.told.products, sought.known.records.language
        if len(products) == 1:
            return Filled(products[0].id, told=sought.told.named)
        return Filled(among=tuple(of_product(product, language) for product in products[:MOST]))


def _is_changes(slot: SlotSpec) -> bool:
    return slot.kind is SlotKind.CHANGES


def _as_answer(sought: Sought) -> Filled:
    """What a message is that nothing was read in, as the answer to the question for the slot."""
    kind, told = sought.slot.kind, sought.told
    if kind is SlotKind.NAME:
        return Filled() if _COURTESY.fullmatch(told.message.folded) else _as_text(told)
    value = bare(kind, told.message.text)
    if value is None:
        return Filled()
    return Filled(int(value) if kind is SlotKind.QUANTITY else value, told=True)


def _as_text(told: Told) -> Filled:
    """The whole message, where it asks nothing."""
    asks = told.message.question.form is not QuestionForm.STATEMENT or told.message.kind is ClauseKind.QUESTION
    text = told.message.text.strip()
    return Filled() if asks or not text else Filled(text, told=True)


def _chosen(told: Told, run: Run) -> object | None:
    """The value of the option whose button was pressed, or whose place in the list was named."""
    said = fold(told.message.text).strip()
    values = [value for says, value in run.options if fold(says) == said]
    if len(values) == 1:
        return values[0]
    if len(told.message.ordinals) == 1 and run.options:
        ordinal = told.message.ordinals[0]
        place = ordinal - 1 if ordinal > 0 else len(run.options) + ordinal
        return run.options[place][1] if 0 <= place < len(run.options) else None
    return None


def _slot_read(told: Told, names: Sequence[str]) -> Slot | None:
    """The one value read for it in what is said of the matter, else in the whole message; None where several differ."""
    for clause in (told.clause, told.message):
        found = {slot.value: slot for slot in clause.slots if slot.name in names}
        if found:
            return next(iter(found.values())) if len(found) == 1 else None
    return None
