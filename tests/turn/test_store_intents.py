"""A store's own intents in the running assistant: in force at the next turn, for this store only, and never half."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.bootstrap import Application, application
from assistant.domain.errors import PackRefused
from assistant.domain.ids import StoreId
from assistant.domain.reply import ActionKind
from assistant.domain.store import Store
from assistant.domain.tuning import WrittenFile
from assistant.settings import Settings
from assistant.turn import tuned
from tests.small_shop import SMALL_STORE, write_small_shop
from tests.turn.shopper import Shop

pytestmark = pytest.mark.long

NAMING = """
- name: presale.naming
  description: Wants a name or a line of verse painted on the umbrella.
  route: handoff
  reason: customer_request
  examples:
    zh: [伞面上能题字吗, 想在伞上写孩子的名字, 可以把一句诗画到伞上吗, 伞上印名字怎么弄, 帮我在伞面写几个字]
    en: [can you paint a name on the umbrella, i want a line of verse on it, put my daughter's name on the canopy]
"""
TOLD_BEFORE = ("转人工", "怎么退货", "这把伞多重", "人工智能伞有卖吗", "手工做的吗", "track my order")
ASKED = "我想让你们在伞面题一句诗"


@pytest.fixture
async def app(small_data_dir: Path) -> AsyncIterator[Application]:
    async with application(Settings(data_dir=small_data_dir)) as opened:
        yield opened


def shop_with(folder: Path, **files: str) -> str:
    write_small_shop(folder)
    (folder / "intents").mkdir()
    for name, text in files.items():
        (folder / "intents" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return str(folder)


async def intent_of(app: Application, text: str) -> object:
    answer = await app.ask(SMALL_STORE, text)
    notes = answer.trace["notes"]
    assert isinstance(notes, dict)
    return notes["intent"]


async def test_an_imported_intent_is_told_by_a_server_that_runs_already(app: Application, tmp_path: Path) -> None:
    assert await intent_of(app, ASKED) != "presale.naming"
    before = {text: await intent_of(app, text) for text in TOLD_BEFORE}
    async with application(app.settings) as importing:  # as the command line does, beside the server
        await importing.import_store(shop_with(tmp_path / "shop", naming=NAMING), SMALL_STORE)
    answer = await app.ask(SMALL_STORE, ASKED)
    assert answer.reply.action.kind is ActionKind.HANDOFF
    assert await intent_of(app, "伞面可以写我名字么") == "presale.naming"
    assert {text: await intent_of(app, text) for text in TOLD_BEFORE} == before
    assert await app.tuned.of(await other_store(app)) is app.tuned.shipped

    await app.import_store(str(write_small_shop(tmp_path / "plain")), SMALL_STORE)
    assert await intent_of(app, ASKED) != "presale.naming"


async def other_store(app: Application) -> Store:
    return replace(await app.stores.get(SMALL_STORE), id=StoreId("other"))


async def test_an_intent_that_there_is_goes_where_the_store_says(app: Application, tmp_path: Path) -> None:
    own = "- {name: presale.bulk, route: handoff, reason: vip_or_high_value}"
    assert (await app.ask(SMALL_STORE, "大量批发雨伞给我们公司")).reply.action.kind is not ActionKind.HANDOFF
    await app.import_store(shop_with(tmp_path / "shop", bulk=own), SMALL_STORE)
    assert (await app.ask(SMALL_STORE, "大量批发雨伞给我们公司")).reply.action.kind is ActionKind.HANDOFF


async def test_intents_that_cannot_be_used_refuse_the_import_and_leave_all_as_it_was(
    app: Application, tmp_path: Path
) -> None:
    before = (app.tunings.stamp(SMALL_STORE), await app.knowledge.published(SMALL_STORE))
    broken = NAMING + "- name: presale.rental\n  route: answr\n"
    with pytest.raises(PackRefused, match=r"^intents/naming\.yaml, line 10: intent presale\.rental: route") as refused:
        await app.import_store(shop_with(tmp_path / "shop", naming=broken), SMALL_STORE)
    assert (refused.value.data["file"], refused.value.data["row"]) == ("intents/naming.yaml", 10)
    assert "意图" in str(refused.value.data["detail_zh"])
    assert (app.tunings.stamp(SMALL_STORE), await app.knowledge.published(SMALL_STORE)) == before


@pytest.mark.parametrize("content", ["a: &x [1]\nb: *x\n", "- {name: [unclosed\n", "# " + "x" * 300_000])
async def test_a_file_of_intents_that_is_no_plain_small_yaml_is_refused(
    app: Application, tmp_path: Path, content: str
) -> None:
    with pytest.raises(PackRefused, match=r"intents/own\.yaml"):
        await app.import_store(shop_with(tmp_path / "shop", own=content), SMALL_STORE)


async def test_turns_go_on_with_what_there_was_while_a_model_is_fitted(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuned, "_PATIENCE_S", 0.0)
    store = await app.stores.get(SMALL_STORE)
    await app.tunings.put_intents(SMALL_STORE, [WrittenFile("intents/naming.yaml", NAMING)])
    assert await app.tuned.of(store) is app.tuned.shipped
    monkeypatch.setattr(tuned, "_PATIENCE_S", 60.0)  # the same task goes on
    assert await intent_of(app, ASKED) == "presale.naming"


async def test_a_tuning_that_no_longer_fits_is_passed_over(app: Application) -> None:
    """As after an update in which an intent that a store's look-alikes name has gone."""
    gone = WrittenFile("intents/old.yaml", "- {name: human, unless: [{text: x, intent: gone}]}")
    await app.tunings.put_intents(SMALL_STORE, [gone])
    assert await app.tuned.of(await app.stores.get(SMALL_STORE)) is app.tuned.shipped
    assert await intent_of(app, "转人工") == "human"


@pytest.mark.parametrize(
    "text", ["公司中秋给员工发福利，要订一百八十盒水果", "we need ninety gift boxes for our clients"]
)
def test_the_demo_store_passes_orders_of_companies_on(demo: Shop, text: str) -> None:
    heard = demo.visit().asks(text)
    assert (heard.reply.action.kind, heard.reply.action.reason) == (ActionKind.HANDOFF, "vip_or_high_value"), heard
    assert "抱歉" not in heard.text


@pytest.mark.parametrize(
    "text",
    [
        "买十件能打几折",
        "公司买东西能开专票吗",
        "礼盒里有几种水果",
        "人工智能冰箱有卖吗",
        "手工做的吗",
        "给员工卡打折吗",
    ],
)
def test_what_only_looks_like_an_order_of_a_company_goes_to_nobody(demo: Shop, text: str) -> None:
    assert demo.visit().asks(text).reply.action.kind is not ActionKind.HANDOFF


@pytest.mark.parametrize("text", ["牛油果硬得像石头，放几天才好吃", "how long until the kiwis are soft enough to eat"])
def test_the_demo_store_knows_how_fruit_ripens_from_how_it_rots(demo: Shop, text: str) -> None:
    async def told(said: str) -> object:
        answer = await demo.app.ask(demo.store_id, said)
        return answer.trace["notes"]["intent"]  # type: ignore[index,call-overload]

    assert demo.portal.call(told, text) == "presale.ripening"
    assert demo.portal.call(told, "牛油果都烂了怎么赔") == "aftersale.quality_issue.freshness"
