"""A model words answers from prose, and from evidence that nobody would quote; where it fails, nothing changes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from assistant.bootstrap import Answer, Application, application
from assistant.domain.errors import ModelUnavailable
from assistant.domain.ids import ProductId
from assistant.domain.models import Prompt
from assistant.domain.reply import ActionKind, Reply
from assistant.domain.store import ModelSettings
from assistant.llm.scripted import Saying, ScriptedModels
from assistant.settings import Settings
from tests.small_shop import SMALL_STORE

_IN_PROSE = "运费怎么算"
_IN_ENGLISH = "How much is the postage?"
_UNKNOWN = "骨头折了怎么办"
_FAQ = "伞骨断了怎么修"
_MENDED = "您可以寄回给我们，换一根伞骨收 8 元"
_WORDED = "付款后 24 小时内从苏州发出，满 59 元包邮，不满收 6 元运费"


@dataclass
class _Shop:
    """The small shop with a model that says what `saying` is set to; None: the shop has no model."""

    portal: BlockingPortal
    app: Application
    models: ScriptedModels
    saying: Saying | None = None

    def ask(self, text: str, saying: Saying | None, *, product: str = "") -> Answer:
        self.saying = saying
        self.models.made.clear()
        return self.portal.call(self._ask, text, product)

    async def _ask(self, text: str, product: str) -> Answer:
        page = ProductId(product) if product else None
        return await self.app.ask(SMALL_STORE, text, product_id=page, language="zh")

    @contextmanager
    def rephrasing(self) -> Iterator[None]:
        store = self.portal.call(self.app.stores.get, SMALL_STORE)
        self.portal.call(self.app.stores.put, replace(store, model=ModelSettings(rephrase=True)))
        try:
            yield
        finally:
            self.portal.call(self.app.stores.put, store)

    @property
    def prompts(self) -> list[Prompt]:
        return [prompt for prompt in self.models.prompts if prompt.name == "answer"]


@pytest.fixture(scope="module")
def shop(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Shop]:
    data = shutil.copytree(small_store, tmp_path_factory.mktemp("phrasing") / "data")
    current: list[_Shop] = []

    def script(prompt: Prompt) -> Saying:
        saying = current[0].saying if prompt.name == "answer" else None
        return ModelUnavailable("no model", reason="unreachable") if saying is None else saying

    models = ScriptedModels(script)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(application(Settings(data_dir=data, coalesce_ms=0), models=models)) as app,
    ):
        current.append(_Shop(portal, app, models))
        yield current[0]


def _noted(answer: Answer) -> dict[str, Any]:
    notes: Any = answer.trace["notes"]
    noted: dict[str, Any] = notes["phrase"]
    return noted


def _plain(shop: _Shop, text: str) -> Reply:
    return shop.ask(text, None).reply


def test_an_answer_from_prose_is_worded_by_the_model_and_rests_on_the_same_evidence(shop: _Shop) -> None:
    quoted = _plain(shop, _IN_ENGLISH)
    answer = shop.ask(_IN_ENGLISH, "Postage is ¥6, and it is free from ¥59 [1].")
    assert answer.reply.text == "Postage is ¥6, and it is free from ¥59."
    assert (answer.reply.action.kind, answer.reply.action.reason) == (ActionKind.ANSWER, "phrased")
    assert answer.reply.evidence == quoted.evidence
    assert answer.reply.parts[0].evidence_ids == (quoted.evidence[0].id,)
    assert _noted(answer) == {"asked": 1, "taken": 1, "outcome": "done", "dropped": {}}


def test_what_nobody_would_quote_is_answered_where_the_model_names_the_evidence(shop: _Shop) -> None:
    assert _plain(shop, _UNKNOWN).action.kind is ActionKind.ABSTAIN
    answer = shop.ask(_UNKNOWN, f"{_MENDED}[1]。")
    assert answer.reply.action.kind is ActionKind.ANSWER
    assert answer.reply.text == f"亲，{_MENDED}。"


@pytest.mark.parametrize(
    "saying",
    [
        "NO_ANSWER",
        f"{_MENDED}。",  # names nothing that it rests on
        "您可以寄回给我们，换一根伞骨收 9 元[1]。",
        "换伞骨免费[1]。",
        "",
    ],
)
def test_what_is_not_known_stays_unknown_where_the_model_has_nothing_that_holds(shop: _Shop, saying: str) -> None:
    assert shop.ask(_UNKNOWN, saying).reply == _plain(shop, _UNKNOWN)


@pytest.mark.parametrize(
    "saying",
    [
        "满 99 元包邮[1]。",
        "付款后 24 小时内从苏州发出[1]。",  # true, and no answer
        ModelUnavailable("down", reason="unreachable"),
        ModelUnavailable("busy", reason="rate_limited"),
        [f"{_WORDED}[1]。", ModelUnavailable("cut", reason="cut")],
        "NO_ANSWER",
        "�\x00{}",
    ],
)
def test_the_quotation_stands_where_the_model_fails_or_does_not_say_as_much(shop: _Shop, saying: Saying) -> None:
    assert shop.ask(_IN_PROSE, saying).reply == _plain(shop, _IN_PROSE)


@pytest.mark.parametrize(
    ("text", "product"),
    [(_FAQ, ""), ("多重", "RN-1"), ("多少钱", "RN-1"), ("你好", ""), ("转人工", ""), ("取消订单", "")],
)
def test_what_needs_no_model_does_not_call_it(shop: _Shop, text: str, product: str) -> None:
    answer = shop.ask(text, "满 59 元包邮[1]。", product=product)
    assert shop.prompts == []
    assert answer.reply.action.reason != "phrased"


def test_a_store_may_have_its_own_words_worded_too(shop: _Shop) -> None:
    with shop.rephrasing():
        answer = shop.ask(_FAQ, "寄回给我们，换一根伞骨收 8 元[1]。")
        assert len(shop.prompts) == 1
        assert answer.reply.action.reason == "phrased"
        assert shop.ask(_FAQ, "换一根伞骨收 9 元[1]。").reply == _plain(shop, _FAQ)


def test_facts_that_only_a_product_itself_states_are_not_looked_for_in_other_texts(shop: _Shop) -> None:
    answer = shop.ask("有什么赠品", "满 59 元包邮[1]。", product="RN-1")
    assert answer.reply.action.kind is ActionKind.ABSTAIN
    assert shop.prompts == []


def test_several_questions_take_one_call_and_the_others_keep_their_replies(shop: _Shop) -> None:
    text = f"云檐折叠伞多重？{_UNKNOWN}？"
    plain = _plain(shop, text)
    answer = shop.ask(text, f"{_MENDED}[1]。")
    assert len(shop.prompts) == 1
    assert [part.text for part in answer.reply.parts] == [plain.parts[0].text, f"{_MENDED}。"]


def test_traditional_chinese_is_answered_in_kind(shop: _Shop) -> None:
    assert shop.ask("骨頭折了怎麼辦", f"{_MENDED}[1]。").reply.text == "親，您可以寄回給我們，換一根傘骨收 8 元。"


def test_the_evidence_and_the_conversation_are_in_the_prompt_and_the_question_last(shop: _Shop) -> None:
    shop.ask(_IN_PROSE, "NO_ANSWER")
    (prompt,) = shop.prompts
    now = prompt.lines[1].text
    assert "付款后 24 小时内从苏州发出" in now
    assert now.rstrip().endswith(f"<question>{_IN_PROSE}</question>")
    assert prompt.lines[0].text.startswith("你是网店“听雨伞铺”的客服小雨")
