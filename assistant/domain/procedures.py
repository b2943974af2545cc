"""Service procedures: what a shop does for shoppers on request, as data, and the course of one in a conversation.

A procedure finds out what it needs (slots), keeps the shop's rules, shows exactly what will happen, waits for an
explicit yes, and has its steps carried out. Expressions are CEL (https://cel.dev).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType, Protocol

from assistant.domain.backend import JsonObject, OrderId, ShopperRef
from assistant.domain.ids import StoreId
from assistant.domain.reply import HandoffReason
from assistant.domain.text import LocalText

RunId = NewType("RunId", str)

Expression = NewType("Expression", str)
"""CEL, checked to parse and to name only what is there."""


class SlotKind(StrEnum):
    """What a slot holds, and so how it is read from words, records and the page."""

    ORDER = "order"  # an order of the shopper's own
    LINES = "lines"  # items of an order
    CHANGES = "changes"  # items of an order, and the variant that each becomes
    PRODUCT = "product"  # of the catalogue
    SKU = "sku"  # a variant of the slot `of`, a product
    CHOICE = "choice"  # one of fixed options
    QUANTITY = "quantity"
    AMOUNT = "amount"  # of money
    DATE = "date"
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    POSTCODE = "postcode"
    ADDRESS = "address"
    PAYMENT = "payment"  # a way to pay that the shopper has with the shop
    PICTURE = "picture"  # a link to a picture
    TEXT = "text"  # whatever the shopper writes


@dataclass(frozen=True, slots=True)
class Option:
    """A choice. value: what steps are told. words: what shoppers call it, in any language, beside the label.

    means: values of the slot that is read in messages (`SlotSpec.reads`) which come to this choice.
    """

    value: str
    label: LocalText
    words: tuple[str, ...] = ()
    means: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """Something a procedure needs to know.

    Values come from the message, what was said before, the page, and the records, in this order; then from `default`;
    then the shopper is asked. name: also what a reply `expects`. where: of an order, a product or a payment (by the
    name `it`), whether it can serve: prefers, never overrules what the shopper says. many: several at once ("all my
    orders"). of: the slot that lines and variants belong to. optional: never asked for. default: an expression.
    source: an expression for the ids to choose a product from. reads: the name under which messages are read for it
    ("reason", "invoice_title"), where that is not the kind's. ask: the question, else the usual one of the kind.
    """

    name: str
    kind: SlotKind
    where: Expression | None = None
    many: bool = False
    of: str = ""
    options: tuple[Option, ...] = ()
    optional: bool = False
    default: Expression | None = None
    source: Expression | None = None
    reads: str = ""
    ask: LocalText | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A read of the shop's system; its result goes by `name` in expressions and texts."""

    name: str
    call: str
    arguments: tuple[tuple[str, Expression], ...] = ()
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold. say: what the shopper is told where it does not. name: goes into the audit log.

    suggest: procedures offered instead. handoff: a human is asked instead, for this reason.
    """

    name: str
    holds: Expression
    say: LocalText
    instead: str = ""
    suggest: tuple[str, ...] = ()
    handoff: HandoffReason | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """Something worked out from what is known, by name: a difference in price."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Step:
    """An operation to call. name: of its result, in later steps and texts. when: only if this holds."""

    name: str
    call: str
    arguments: tuple[tuple[str, Expression], ...] = ()
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure of a store.

    name: stable, in logs and links. title: what the shopper asked for, in a few words ("取消订单"). intents: of
    messages that ask for it. words: those that ask for it wherever they stand, beside the usual ones. after: procedures
    that go first where a message asks for them too. version: a digest of its text. identified: whether it needs to know
    the shopper. confirm: what is shown before the shopper's yes; a procedure that only reads has none. done: what is
    said in the end.
    """

    name: str
    title: LocalText
    version: str
    intents: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    after: frozenset[str] = frozenset()
    identified: bool = True
    slots: tuple[SlotSpec, ...] = ()
    looks: tuple[Look, ...] = ()
    values: tuple[Value, ...] = ()
    rules: tuple[Rule, ...] = ()
    confirm: LocalText | None = None
    steps: tuple[Step, ...] = ()
    done: LocalText | None = None

    def slot(self, name: str) -> SlotSpec:
        return next(slot for slot in self.slots if slot.name == name)


class Stage(StrEnum):
    """How far a run is."""

    ASKING = "asking"  # for the slot it waits for
    CONFIRMING = "confirming"
    APPROVING = "approving"  # a human has to say yes too


@dataclass(frozen=True, slots=True)
class Run:
    """A procedure under way in a conversation.

    values: what is known, by slot: ids of records and plain JSON, read anew each turn. waits_for: the slot asked for.
    asked: how often. options: what could be chosen, in order: what its button says, and its value. conditions: what the
    shopper made it depend on and no record tells ("如果免费"), as typed. shown: what is to be confirmed, word for word.
    heard: what the shopper has said of it, in lines.
    """

    id: RunId
    procedure: str
    version: str
    stage: Stage = Stage.ASKING
    values: JsonObject = field(default_factory=dict)
    waits_for: str = ""
    asked: int = 0
    options: tuple[tuple[str, object], ...] = ()
    conditions: tuple[str, ...] = ()
    shown: str = ""
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a procedure has done in a conversation.

    order: for which order, "" where it has none. slots: as a run keeps them. values: those that the procedure names,
    as they were worked out before.
    """

    procedure: str
    order: str = ""
    slots: JsonObject = field(default_factory=dict)
    values: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProcedureFile:
    """A procedure as its author wrote it: the name of its file, and its YAML."""

    file: str
    text: str


class Procedures(Protocol):
    """The procedures of the stores, as they are now: a change takes effect with the next turn."""

    async def of(self, store_id: StoreId) -> Mapping[str, Procedure]:
        """By name; those switched off are left out. Empty where a store has none."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits until the one before it is through. otherwise: only if that one could not be done.

    within: the message that it was a part of.
    """

    procedure: str
    text: str
    otherwise: bool = False
    within: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """What a conversation's procedures are about so far.

    runs: the stack, the one served now last. orders: talked about, the latest first. particulars: what the shopper has
    said of themselves, where no sign-in tells who they are; shopper: whom it identified. unknown: how often it fitted
    nobody. finished: what was done. aside: the run that a rule refused or that the shopper dropped last: who changes
    their mind goes on from there.
    """

    runs: tuple[Run, ...] = ()
    waiting: tuple[Asked, ...] = ()
    orders: tuple[OrderId, ...] = ()
    particulars: Mapping[str, str] = field(default_factory=dict)
    shopper: ShopperRef | None = None
    unknown: int = 0
    finished: tuple[Finished, ...] = ()
    aside: Run | None = None

    @property
    def run(self) -> Run | None:
        """The one served now."""
        return self.runs[-1] if self.runs else None
