"""A model that always lies, over the demo store and the lamp shop: nothing false is shown or kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from assistant.bootstrap import Application, application
from assistant.domain.conversation import Shopper
from assistant.domain.errors import ModelUnavailable
from assistant.domain.events import ReplyDelta
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId, ShopperId, StoreId, new_id
from assistant.domain.models import Prompt
from assistant.domain.store import ModelSettings
from assistant.llm.scripted import Saying, ScriptedModels
from assistant.settings import Settings
from tests.answers.verification.cases import Case, cases
from tests.turn.conftest import FixedClock

LIES = [case for name in ("worked_with", "held_out", "written_last") for case in cases(name) if not case.honest]
_CITED = "[1][2][3][4][5][6]"


@dataclass
class Liar:
    """Says `lie` whatever it is asked, in the manner it is told to."""

    lie: str = ""
    asked: int = 0

    def __call__(self, prompt: Prompt) -> Saying:
        if prompt.name != "answer":
            return ModelUnavailable("It only answers.", reason="unreachable")
        self.asked += 1
        return f"{self.lie.rstrip('。.')}{_CITED}{'.' if self.lie.isascii() else '。'}"


@dataclass
class Heard:
    """What a shopper saw of an answer: piece by piece as it came, and in the end."""

    streamed: list[str] = field(default_factory=list)
    kept: str = ""

    @property
    def folded(self) -> str:
        return fold(" ".join((*self.streamed, self.kept)))


@dataclass
class Shops:
    """Both stores with the model, which also words what the stores say in their own words."""

    portal: BlockingPortal
    app: Application
    liar: Liar

    def ask(self, case: Case, lie: str) -> Heard:
        self.liar.lie = lie
        return self.portal.call(self._ask, case)

    async def _ask(self, case: Case) -> Heard:
        store = StoreId(case.store)
        page = ProductId(case.about[0]) if len(case.about) == 1 else None
        opened = await self.app.log.open(
            store, Shopper(ShopperId(new_id("shopper"))), case.language, greeting=None, test=True
        )
        heard = Heard()
        async with self.app.live.listen(opened.id) as events:
            answer = await self.app.ask(store, case.asked, product_id=page, conversation_id=opened.id)
            async for event in events:
                if isinstance(event, int):
                    break  # the reply is there
                if isinstance(event, ReplyDelta):
                    heard.streamed.append(event.text)
        heard.kept = answer.reply.text
        return heard


@pytest.fixture(scope="module")
def shops(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shops]:
    data = shutil.copytree(imported, tmp_path_factory.mktemp("lying") / "data")
    liar = Liar()
    opening = application(Settings(data_dir=data, coalesce_ms=0), clock=FixedClock(), models=ScriptedModels(liar))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(opening) as app:
        for name in ("demo", "lamps"):
            store = portal.call(app.stores.get, StoreId(name))
            portal.call(app.stores.put, replace(store, model=ModelSettings(rephrase=True)))
        yield Shops(portal, app, liar)


def test_no_lie_is_shown_or_kept(shops: Shops) -> None:
    told = []
    for case in LIES:
        heard = shops.ask(case, case.sentence)
        assert heard.streamed
        if fold(case.sentence.rstrip("。.")) in heard.folded:
            told.append((case.asked, case.sentence, heard))
    assert told == []
    assert len(LIES) >= 200
    assert shops.liar.asked >= len(LIES) / 2, "the model was hardly asked, so this shows nothing"


def test_what_is_honest_is_said(shops: Shops) -> None:
    """Else the test above would pass with a model that is never heard."""
    honest = [case for case in cases("worked_with") if case.honest and case.evidence][:40]
    said = [case for case in honest if fold(case.sentence.rstrip("。.")) in shops.ask(case, case.sentence).folded]
    assert said
