"""What a language model may look up for the shopper who is signed in, and what it may propose: it reads, and no more.

What is read becomes evidence, and only what that evidence holds is said. What is proposed is put to the shopper as a
question; the engine asks and confirms, as ever.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.answers.voice import Voice
from assistant.domain.backend import JsonObject, Order, OrderId
from assistant.domain.errors import NotFound
from assistant.domain.evidence import Evidence, EvidenceKind
from assistant.domain.ids import EvidenceId
from assistant.domain.models import Tool
from assistant.domain.procedures import Procedure
from assistant.procedures.failing import TROUBLES
from assistant.procedures.known import Records
from assistant.procedures.records import order_values, shipment_values
from assistant.prompts import marked

READS = ("orders", "parcels", "coupons", "balances")
"""Names of the reads that a store may allow, beside the names of its procedures."""

_MOST_ORDERS = 8
_FIELDS = {"placed": "placed_on", "due": "due_on", "delivered": "delivered_on"}  # by the names of texts
_NOTHING: JsonObject = {"type": "object", "properties": {}, "additionalProperties": False}
_OF_AN_ORDER: JsonObject = {
    "type": "object",
    "properties": {"order_id": {"type": "string", "maxLength": 64}},
    "required": ["order_id"],
    "additionalProperties": False,
}


@dataclass(slots=True)
class Lookups:
    """The tools of one question. records: of the shopper who is signed in, None where nobody is.

    procedures: those that may be proposed. evidence: what was read, in order. proposed: the procedure proposed last.
    """

    allowed: frozenset[str]
    voice: Voice
    records: Records | None
    procedures: Sequence[Procedure]
    evidence: list[Evidence] = field(default_factory=list)
    proposed: Procedure | None = None

    def tools(self) -> list[Tool]:
        """None where the store allows nothing that is to be had now."""
        found = [self._read(name) for name in READS if name in self.allowed] if self.records is not None else []
        choices = [procedure for procedure in self.procedures if procedure.name in self.allowed]
        return [*found, self._propose(choices)] if choices else found

    def _read(self, name: str) -> Tool:
        calls: dict[str, Callable[[JsonObject], Awaitable[list[str]]]] = {
            "orders": self._orders,
            "parcels": self._parcels,
            "coupons": self._coupons,
            "balances": self._balances,
        }

        async def call(arguments: JsonObject) -> str:
            try:
                return self._told(name, await calls[name](arguments))
            except NotFound:
                return self.voice.say("lookup_no_order")
            except TROUBLES:
                return self.voice.say("lookup_unavailable")

        arguments = _OF_AN_ORDER if name == "parcels" else _NOTHING
        return Tool(f"read_{name}", self.voice.say(f"lookup_{name}"), arguments, call)

    def _propose(self, choices: Sequence[Procedure]) -> Tool:
        tag = self.voice.language.tag
        names = "; ".join(f"{item.name}: {item.title.in_language(tag)}" for item in choices)

        async def call(arguments: JsonObject) -> str:
            named = str(arguments.get("procedure", ""))
            self.proposed = next((item for item in choices if item.name == named), self.proposed)
            return self.voice.say("lookup_proposed")

        schema: JsonObject = {
            "type": "object",
            "properties": {"procedure": {"type": "string", "enum": [item.name for item in choices]}},
            "required": ["procedure"],
            "additionalProperties": False,
        }
        return Tool("propose_procedure", self.voice.say("lookup_propose", names=names), schema, call)

    def _told(self, name: str, lines: Sequence[str]) -> str:
        """What a model is told of records, as data; kept as evidence."""
        if not lines:
            return self.voice.say("lookup_nothing")
        for line in lines:
            place = EvidenceId(f"lookup:{name}:{len(self.evidence)}")
            title = self.voice.say(f"lookup_{name}")
            self.evidence.append(Evidence(place, EvidenceKind.RECORD, line, title, "store system"))
        return "\n".join(marked("record", line) for line in lines)

    async def _orders(self, _: JsonObject) -> list[str]:
        return [line for order in (await self._own.orders())[:_MOST_ORDERS] for line in self._of_order(order)]

    def _of_order(self, order: Order) -> Iterator[str]:
        """One thing in each sentence: so each can be checked, and shown, alone."""
        values = {**order_values(order, self._own.today), "total": order.total}
        for name in ("items", "state", "placed", "total"):
            if values[_FIELDS.get(name, name)]:
                yield self.voice.say(f"record_order_{name}", **values)

    async def _parcels(self, arguments: JsonObject) -> list[str]:
        order = await self._own.order(OrderId(str(arguments.get("order_id", ""))))
        parcels = shipment_values(await self._own.shipments(order.id))
        return [
            self.voice.say(f"record_parcel_{name}", order=order.id, **parcel)
            for parcel in parcels
            for name in ("newest", "due", "delivered")
            if parcel[_FIELDS.get(name, name)]
        ]

    async def _coupons(self, _: JsonObject) -> list[str]:
        return [self.voice.say("record_coupon", **coupon) for coupon in await self._own.coupons()]

    async def _balances(self, _: JsonObject) -> list[str]:
        balances = await self._own.balances()
        return [
            self.voice.say("record_balance", label=item.label or item.kind, amount=item.amount) for item in balances
        ]

    @property
    def _own(self) -> Records:
        assert self.records is not None, "reads are offered only for a shopper who is signed in"
        return self.records
