"""Whether the parts of one procedure make a whole: what each slot needs, what a yes starts, what is said in the end."""

from __future__ import annotations

from assistant.domain.procedures import SlotKind
from assistant.procedures.document import Document, listed, meant
from assistant.procedures.names import ORDER_KINDS, PRODUCT_KINDS
from assistant.procedures.written import WrittenSlot
from assistant.procedures.yaml_tree import Place

WITH_WHERE = (*ORDER_KINDS, *PRODUCT_KINDS, SlotKind.PAYMENT)
WITH_MANY = (SlotKind.ORDER, SlotKind.LINES, SlotKind.CHANGES, SlotKind.PRODUCT, SlotKind.PICTURE)
BELONGS_TO = {SlotKind.LINES: SlotKind.ORDER, SlotKind.CHANGES: SlotKind.ORDER, SlotKind.SKU: SlotKind.PRODUCT}
"""Kinds of slots that are part of something, and the kind of the slot that holds it."""


def check_structure(document: Document) -> None:
    written = document.written
    for number, slot in enumerate(written.slots):
        _slot(document, ("slots", number), slot)
    if written.confirm is not None and not written.steps:
        document.add(("confirm",), "needs_steps")
    if written.done is None and (written.steps or not written.rules):
        document.add((), "needs_done")


def owner(slot: WrittenSlot, slots: list[WrittenSlot]) -> str:
    """The slot that a slot is part of: the one it names, or the only one it can be; empty where there is none."""
    kind = BELONGS_TO.get(slot.kind)
    if kind is None:
        return slot.of
    candidates = [other.name for other in slots if other.kind is kind]
    if slot.of:
        return slot.of if slot.of in candidates else ""
    return candidates[0] if len(candidates) == 1 else ""


def _slot(document: Document, place: Place, slot: WrittenSlot) -> None:
    for key, given, kinds in (
        ("where", slot.where is not None, WITH_WHERE),
        ("many", slot.many, WITH_MANY),
        ("options", bool(slot.options), (SlotKind.CHOICE,)),
        ("source", slot.source is not None, (SlotKind.PRODUCT,)),
        ("of", bool(slot.of), (*BELONGS_TO, SlotKind.PRODUCT)),
    ):
        if given and slot.kind not in kinds:
            document.add((*place, key), "slot_key", kind=slot.kind.value, kinds=", ".join(kinds))
    values = [option.value for option in slot.options]
    if slot.kind is SlotKind.CHOICE and (not values or len({*values}) < len(values)):
        document.add((*place, "options") if values else place, "slot_options")
    if slot.kind is SlotKind.PRODUCT and slot.of:
        known = {other.name for other in document.written.slots} | document.written.values.keys()
        if slot.of not in known - {slot.name}:
            near = meant(slot.of, known)
            document.add((*place, "of"), "unknown_name", name=slot.of, meant=near, known=listed(known))
    kind = BELONGS_TO.get(slot.kind)
    holders = [other for other in document.written.slots if other.kind is kind]
    # Items may be of any of the shopper's orders, where the procedure does not ask for one.
    free = slot.kind in (SlotKind.LINES, SlotKind.CHANGES) and not holders and not slot.of
    if kind is not None and not free and not owner(slot, document.written.slots):
        near = meant(slot.of, [other.name for other in holders])
        document.add((*place, "of") if slot.of else place, "slot_of", kind=kind.value, meant=near)
