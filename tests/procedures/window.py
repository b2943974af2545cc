"""A shopper at the counter of the umbrella shop: says something, and sees how far a procedure comes by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from assistant.answers.texts import Texts
from assistant.answers.voice import Voice
from assistant.domain.backend import JsonObject, OrderId, ShopperRef
from assistant.domain.ids import ConversationId, ProductId, StoreId
from assistant.domain.procedures import Procedure, Run
from assistant.nlu import language
from assistant.nlu.quantities import Quantities
from assistant.procedures.engine import Counter, Engine
from assistant.procedures.filling import Filler
from assistant.procedures.known import Known, Records
from assistant.procedures.progress import Progress, Told
from assistant.procedures.referring import Referring
from tests.procedures.rain_system import CATALOGUE, MEI, TODAY, MemoryEffects, RainSystem, in_catalogue, procedures
from tests.procedures.referents.said import Teller
from tests.shop import store

NOW = datetime.combine(TODAY, time(12), UTC)


@dataclass
class Window:
    """The run under way is kept between what is said; records are read anew for each message."""

    procedures: Mapping[str, Procedure] = field(default_factory=procedures)
    system: RainSystem = field(default_factory=RainSystem)
    tag: str = "zh"
    shopper: ShopperRef = MEI
    run: Run | None = None
    orders: tuple[OrderId, ...] = ()
    seq: int = 0

    def __post_init__(self) -> None:
        self.effects = MemoryEffects(self.system)
        self.filler = Filler(Referring(Quantities()))
        self.engine = Engine(self.effects, self.filler)
        self.voice = Voice(Texts.load(), store(), language.of_tag(self.tag), TODAY)
        self._teller = Teller()

    async def asks(self, name: str, text: str, *, about: str = "", **given: object) -> Progress:
        """Begins a procedure. about: the product talked about."""
        progress = await self.engine.begin(self.procedures[name], self.told(text, about), self.counter(), given=given)
        self.run = progress.run
        return progress

    async def says(self, text: str) -> Progress:
        """Goes on with it; the message has to mean something to it."""
        progress = await self.heard(text)
        assert progress is not None, f"{text!r} means nothing to it"
        self.run = progress.run
        return progress

    async def heard(self, text: str) -> Progress | None:
        assert self.run is not None, "nothing is under way"
        return await self.engine.go_on(self.procedures[self.run.procedure], self.run, self.told(text), self.counter())

    async def asked_again(self, text: str = "在吗") -> Progress:
        assert self.run is not None
        progress = await self.engine.ask_again(
            self.procedures[self.run.procedure], self.run, self.told(text), self.counter()
        )
        self.run = progress.run
        return progress

    def told(self, text: str, about: str = "") -> Told:
        self.seq += 2
        said = self._teller.say(text)
        products = tuple(each for each in CATALOGUE if each.id == ProductId(about))
        return Told(said, said, StoreId("rain"), ConversationId("conv"), self.seq, products, bool(about), self.orders)

    def counter(self) -> Counter:
        return Counter(self.records(), self.voice)

    def records(self) -> Records:
        return Records(self.system, self.shopper, in_catalogue, NOW, TODAY, self.tag)

    def known(self, name: str, slots: JsonObject, order: str | None = None) -> Known:
        return Known(self.procedures[name], slots, self.records(), OrderId(order) if order else None)


def said(progress: Progress) -> str:
    return "\n".join(progress.texts)
