"""The plain chain answers with a sentence of the shop's texts, and is scored as the assistant is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from langchain_core.documents import Document

from evals.bench.peers.embedding import AssistantEmbeddings
from evals.bench.peers.pages import OWNER, SHOP
from evals.bench.synthetic import SyntheticEmbedder
from evals.cases import Case, Outcome, Place, Verdict
from evals.door import Opening, Said
from evals.suites.qa import Qa, Question
from evals.target import Target
from tests.evals.bench.peers import extra
from tests.small_shop import write_small_shop

extra.needed()

from evals.bench.peers.chain import RetrieveThenExtract, asked, chain_door, chain_over  # noqa: E402

PAGES = [
    Document("台灯\n功率：9W\n\n灯臂可以折叠。底座很稳。", metadata={OWNER: "lamp"}),
    Document("落地灯\n功率：24W\n\n灯杆一米五。", metadata={OWNER: "floor"}),
    Document("退货\n七天无理由退货。", metadata={OWNER: SHOP}),
]


@pytest.fixture
async def chain() -> AsyncIterator[RetrieveThenExtract]:
    embeddings = AssistantEmbeddings(SyntheticEmbedder(), asyncio.get_running_loop())
    async with chain_over(PAGES, embeddings) as opened:
        yield opened


async def told(chain: RetrieveThenExtract, question: str, product_id: str | None = None) -> str:
    return (await asyncio.to_thread(chain.answer, question, product_id)).text


async def test_the_sentence_nearest_the_question_is_said(chain: RetrieveThenExtract) -> None:
    assert await told(chain, "灯臂可以折叠吗") == "灯臂可以折叠。"
    assert await told(chain, "灯杆有一米五吗") == "灯杆一米五。"


async def test_on_a_page_another_product_is_not_spoken_of(chain: RetrieveThenExtract) -> None:
    assert await told(chain, "功率：24W", "lamp") == "功率：9W"
    assert await told(chain, "功率：24W", "floor") == "功率：24W"


async def test_on_a_page_the_shops_own_texts_are_known(chain: RetrieveThenExtract) -> None:
    assert await told(chain, "七天无理由退货吗", "lamp") == "七天无理由退货。"


async def test_a_sentence_that_is_the_question_is_as_near_as_can_be(chain: RetrieveThenExtract) -> None:
    same = await asyncio.to_thread(chain.answer, "底座很稳。", "lamp")
    other = await asyncio.to_thread(chain.answer, "保修几年", "lamp")
    assert same.similarity == pytest.approx(1, abs=1e-5)
    assert other.similarity < same.similarity


def test_earlier_messages_of_the_shopper_are_put_before_the_question() -> None:
    history = (Said("user", "台灯多少瓦"), Said("assistant", "9W"))
    assert asked(Opening(history=history), "落地灯呢") == "台灯多少瓦 落地灯呢"


async def test_behind_the_door_every_question_is_answered_and_scored(tmp_path: Path, small_data_dir: Path) -> None:
    store = str(write_small_shop(tmp_path / "shop"))
    weight = Question("weight", "重量是多少", True, (("310 g",),), product_id="RN-1")
    unknown = Question("unknown", "有没有粉色的", False, product_id="RN-1")
    cases = [Case(each.id, Place("qa.jsonl", line), each) for line, each in enumerate((weight, unknown), start=1)]
    outcomes: list[Outcome] = []
    async with Qa(chain_door).open(Target(store, small_data_dir), cases) as run:
        outcomes += [await run(case, run=0) for case in cases]
    assert [outcome.verdict for outcome in outcomes] == [Verdict.RIGHT, Verdict.WRONG]
    assert all(0 < float(outcome.measured["confidence"] or 0) <= 1 for outcome in outcomes)
    assert all(outcome.milliseconds[0] > 0 for outcome in outcomes)
