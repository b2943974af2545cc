"""Conversations at the umbrella shop whose order system is in memory: whole turns, and what they did to the records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Self

from anyio.from_thread import BlockingPortal

from assistant.bootstrap import Application
from assistant.domain.backend import StoreBackend
from assistant.domain.conversation import SIGNED_IN, Conversation, Focus, Owner, Page, Shopper
from assistant.domain.events import HandoffRequested
from assistant.domain.ids import ConversationId, ProductId, ShopperId, StoreId, TurnId, new_id
from assistant.domain.procedures import Procedure
from assistant.domain.reply import ActionKind, Reply
from assistant.nlu.quantities import Quantities
from assistant.procedures.engine import Engine
from assistant.procedures.filling import Filler
from assistant.procedures.referring import Referring
from assistant.storage import codec
from assistant.turn import pipeline
from assistant.turn.counter import Serving
from assistant.turn.steps import Tools
from assistant.turn.turn import Request, Said, Turn
from tests.procedures.rain_system import MemoryEffects, RainSystem, procedures
from tests.small_shop import SMALL_STORE


class _Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 22, 4, tzinfo=UTC)


@dataclass
class _Backends:
    backend: StoreBackend

    async def of(self, conversation: Conversation) -> StoreBackend | None:
        return self.backend


@dataclass
class _Procedures:
    known: Mapping[str, Procedure]

    async def of(self, store_id: StoreId) -> Mapping[str, Procedure]:
        return self.known


@dataclass(frozen=True)
class RainShop:
    """The shop, to be visited. Each visit has records of its own."""

    portal: BlockingPortal
    app: Application
    filler: Filler

    @classmethod
    def open(cls, portal: BlockingPortal, app: Application) -> Self:
        return cls(portal, app, Filler(Referring(Quantities())))

    def visit(
        self, shopper: str | None = "mei", *, language: str = "zh", page: str = "", served: Mapping[str, Procedure] = {}
    ) -> Talk:
        return Talk(self, shopper, language, page, served or procedures())


@dataclass
class Talk:
    """One conversation; what it is about is stored after each turn and read again before the next."""

    shop: RainShop
    shopper: str | None
    language: str
    page: str
    served: Mapping[str, Procedure]
    system: RainSystem = field(default_factory=RainSystem)
    said: list[Said] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.effects = MemoryEffects(self.system)
        engine = Engine(self.effects, self.shop.filler)
        serving = Serving(_Procedures(self.served), _Backends(self.system), engine)
        self.tools: Tools = replace(self.shop.app.tuned.shipped, serving=serving, clock=_Noon())
        shopper = Shopper(ShopperId(f"{SIGNED_IN}{self.shopper}" if self.shopper else "anyone"), bool(self.shopper))
        self.conversation = Conversation(
            id=ConversationId(new_id("conv")),
            store_id=SMALL_STORE,
            shopper=shopper,
            language=self.language,
            owner=Owner.BOT,
            epoch=0,
            last_seq=0,
            answered_seq=0,
            focus=Focus(),
            created_at=_Noon().now(),
        )

    def says(self, text: str) -> Answered:
        turn = self.shop.portal.call(self._turn, text)
        self.turns.append(turn)
        assert turn.reply is not None
        return Answered(self, text, turn.reply)

    async def _turn(self, text: str) -> Turn:
        store = await self.shop.app.stores.get(SMALL_STORE)
        page = Page(product_id=ProductId(self.page) if self.page else None)
        before = tuple(self.said[-12:])
        request = Request(
            TurnId(new_id("turn")), self.conversation, store, text, page, answers=len(self.said) + 1, before=before
        )
        turn = await pipeline.run(request, self.tools)
        assert turn.reply is not None
        focus = codec.load_focus(codec.dump_focus(pipeline.focus_after(turn)))
        self.conversation = replace(self.conversation, focus=focus)
        self.said += [Said(text, by_shopper=True), Said(turn.reply.text, turn.reply.action)]
        return turn

    @property
    def written(self) -> list[str]:
        """The operations that had an effect, in order."""
        return [write.operation for write in self.system.writes]


@dataclass(frozen=True)
class Answered:
    """A reply. Every assertion says what was said and what came back."""

    talk: Talk
    said: str
    reply: Reply

    @property
    def text(self) -> str:
        return self.reply.text

    def holds(self, *words: str) -> Self:
        missing = [word for word in words if word not in self.text]
        assert not missing, f"{self} lacks {missing}"
        return self

    def holds_none_of(self, *words: str) -> Self:
        found = [word for word in words if word in self.text]
        assert not found, f"{self} holds {found}"
        return self

    def confirms(self, *words: str) -> Self:
        return self._is(lambda reply: reply.action.reason.endswith(".confirms")).holds(*words)

    def asks(self, slot: str, *words: str) -> Self:
        return self._is(lambda reply: reply.expects is not None and reply.expects.name == slot).holds(*words)

    def has_done(self, *words: str) -> Self:
        return self._is(lambda reply: reply.action.reason.endswith(".done")).holds(*words)

    def refuses(self, *words: str) -> Self:
        return self._is(lambda reply: reply.action.reason.endswith(".refused")).holds(*words)

    def answers(self, *words: str) -> Self:
        return self._is(lambda reply: reply.action.kind is ActionKind.ANSWER).holds(*words)

    def hands_over(self, reason: str) -> Self:
        also = self.talk.turns[-1].also
        assert any(isinstance(event, HandoffRequested) and event.reason.value == reason for event in also), str(self)
        return self._is(lambda reply: reply.action.kind is ActionKind.HANDOFF)

    def offers(self, *labels: str) -> Self:
        shown = " ".join(button.label for button in self.reply.quick_replies)
        assert all(label in shown for label in labels), f"{self} offers {shown!r}"
        return self

    def has_written(self, *operations: str) -> Self:
        assert self.talk.written == list(operations), f"{self} and wrote {self.talk.written}"
        return self

    def _is(self, right: Callable[[Reply], bool]) -> Self:
        assert right(self.reply), str(self)
        return self

    def __str__(self) -> str:
        action = self.reply.action
        return f"to {self.said!r} it said ({action.kind.value}/{action.reason}) {self.text!r}"
