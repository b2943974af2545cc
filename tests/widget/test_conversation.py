"""A shopper talks to the shop through the widget."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import PHONE, Shopper
from fake_server import FakeShop
from playwright.sync_api import BrowserContext, expect

pytestmark = pytest.mark.browser


def test_nothing_is_asked_of_the_server_before_the_panel_is_opened(
    visit: Callable[..., Shopper], shop: FakeShop
) -> None:
    shopper = visit()
    shopper.page.wait_for_timeout(200)
    assert shop.conversations == {}
    shopper.open()
    assert len(shop.conversations) == 1


def test_a_question_is_answered_and_the_page_goes_with_it(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit().open()
    shopper.ask("这双鞋保修多久？")
    shopper.answered("质保 90 天")
    page = shop.pages[0]
    assert page is not None
    assert page["product_id"] == "RUN-1"
    assert page["title"] == "Cloudlight running shoe"
    assert page["url"] == shopper.page.url


def test_the_product_of_the_script_tag_goes_before_that_of_the_page(
    visit: Callable[..., Shopper], shop: FakeShop
) -> None:
    shopper = visit(attributes='data-product="RUN-7"').open()
    shopper.ask("你好")
    shopper.answered("收到")
    shopper.page.evaluate("storebot.setProduct('RUN-9')")
    shopper.ask("再问一句")
    shopper.answered("再问一句")
    assert [page and page["product_id"] for page in shop.pages] == ["RUN-7", "RUN-9"]


def test_a_reload_shows_the_conversation_again_and_it_goes_on(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit().open()
    shopper.ask("这双鞋保修多久？")
    shopper.answered("质保 90 天")
    before = shopper.transcript()
    shopper.page.reload()
    shopper = Shopper(shopper.page)
    shopper.answered("质保 90 天")
    assert shopper.transcript() == before
    shopper.ask("那双呢？")
    shopper.answered("收到：那双呢？")
    assert len(shop.conversations) == 1


def test_on_a_phone_the_next_page_is_not_covered_by_the_panel(
    visit: Callable[..., Shopper], new_context: Callable[..., BrowserContext]
) -> None:
    shopper = visit(new_context(**PHONE)).open()
    box = shopper.panel.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    shopper.page.reload()
    expect(shopper.launcher).to_be_visible()
    expect(shopper.panel).to_be_hidden()
    shopper.open()


def test_a_reply_grows_part_by_part_and_the_stored_reply_takes_its_place(
    visit: Callable[..., Shopper], shop: FakeShop
) -> None:
    shop.delta_pause_s = 0.4
    shopper = visit().open()
    draft = shopper.panel.locator(".pending")
    shopper.ask("这双鞋保修多久？")
    expect(draft.locator(".dots")).to_be_visible()
    expect(draft).to_contain_text("质保 90 天")
    shopper.answered("七天内")
    expect(draft).to_be_empty()
    assert len([text for text in shopper.transcript() if "质保 90 天" in text]) == 1


def test_typing_is_over_at_the_time_it_said_even_if_nothing_follows(
    visit: Callable[..., Shopper], shop: FakeShop
) -> None:
    shop.silent = True
    shopper = visit().open()
    dots = shopper.panel.locator(".pending .dots")
    shopper.ask("在吗")
    until = shopper.page.evaluate("new Date(Date.now() + 1500).toISOString()")
    shop.only.signal("typing", turn_id="trn_lost", until=until)
    expect(dots).to_be_visible()
    expect(dots).to_be_hidden()


def test_a_turn_that_was_dropped_takes_its_draft_with_it(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit().open()
    draft = shopper.panel.locator(".pending")
    shopper.page.wait_for_timeout(100)
    shop.only.signal("delta", turn_id="trn_gone", index=0, text="这句话不会说完")
    expect(draft).to_contain_text("这句话不会说完")
    shop.only.signal("dropped", turn_id="trn_gone")
    expect(draft).to_be_empty()


def test_a_quick_reply_is_sent_as_a_message_and_then_gone(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit().open()
    expect(shopper.quick).to_have_count(3)
    shopper.quick.first.click()
    shopper.answered("质保 90 天")
    expect(shopper.said).to_contain_text(["这双鞋保修多久？"])
    expect(shopper.quick).to_have_text(["怎么申请退货？", "转人工"])


def test_a_footnote_shows_the_evidence_with_its_source_and_gives_the_focus_back(visit: Callable[..., Shopper]) -> None:
    shopper = visit().open()
    shopper.ask("保修")
    answer = shopper.answered("质保 90 天")
    note = answer.get_by_role("button", name="查看依据 2")
    note.click()
    expect(shopper.sheet.locator("blockquote")).to_have_text(
        ["商品完好、吊牌未剪，签收后七天内可以无理由退货，运费由买家承担。"]
    )
    expect(shopper.sheet).to_contain_text("shop/policies/returns.md")
    link = shopper.sheet.get_by_role("link")
    expect(link).to_have_attribute("href", "https://shop.example/policies/returns")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    shopper.page.keyboard.press("Escape")
    expect(shopper.sheet).to_be_hidden()
    expect(shopper.panel).to_be_visible()
    expect(note).to_be_focused()


def test_products_and_comparisons_are_drawn(visit: Callable[..., Shopper]) -> None:
    shopper = visit().open()
    shopper.ask("推荐一双")
    cards = shopper.answered("这几双").get_by_role("link")
    expect(cards).to_have_count(3)
    expect(cards.first).to_contain_text("¥399")
    shopper.ask("比一比")
    table = shopper.answered("两双的区别").get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(5)
    expect(table.get_by_role("rowheader").nth(1)).to_have_text("重量")


def test_a_rating_is_stored_and_noted(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit().open()
    shopper.panel.get_by_role("button", name="更多选项").click()
    shopper.sheet.get_by_role("button", name="评价这次服务").click()
    shopper.sheet.get_by_role("radio").nth(3).check()
    shopper.sheet.get_by_role("textbox").fill("很快")
    shopper.sheet.get_by_role("button", name="提交评价").click()
    expect(shopper.log).to_contain_text("你的评价：★★★★☆")
    rating = shop.only.events[-1]
    assert (rating["score"], rating["comment"]) == (4, "很快")


def test_a_handoff_is_noted_once(visit: Callable[..., Shopper]) -> None:
    shopper = visit().open()
    shopper.ask("转人工")
    expect(shopper.log.locator(".note")).to_have_text(["已记录你需要人工客服"])


def test_the_menu_changes_the_language_and_the_choice_lasts(visit: Callable[..., Shopper]) -> None:
    shopper = visit().open()
    expect(shopper.field).to_have_attribute("placeholder", "输入你的问题…")
    shopper.panel.get_by_role("button", name="更多选项").click()
    shopper.sheet.get_by_role("button", name="English").click()
    expect(shopper.field).to_have_attribute("placeholder", "Ask a question…")
    shopper.page.reload()
    expect(shopper.field).to_have_attribute("placeholder", "Ask a question…")


@pytest.mark.parametrize(
    ("query", "placeholder"),
    [
        ({"language": "en-GB"}, "Ask a question…"),
        ({"language": "zh-Hant"}, "输入你的问题…"),
        ({"language": "fr", "attributes": 'data-language="zh"'}, "输入你的问题…"),
        ({"language": "fr", "attributes": 'data-language="auto"'}, "Ask a question…"),
    ],
)
def test_the_language_is_that_of_the_tag_else_the_page_else_the_browser(
    visit: Callable[..., Shopper], query: dict[str, str], placeholder: str
) -> None:
    expect(visit(**query).open().field).to_have_attribute("placeholder", placeholder)


def test_replies_while_the_panel_is_closed_are_counted_on_the_launcher(
    visit: Callable[..., Shopper], shop: FakeShop
) -> None:
    shopper = visit().open()
    shopper.page.keyboard.press("Escape")
    expect(shopper.panel).to_be_hidden()
    shop.say(shop.reply_to("补充一句"))
    expect(shopper.launcher).to_have_accessible_name("咨询客服，1 条新消息")
    shopper.open()
    expect(shopper.launcher).to_have_accessible_name("关闭对话")


def test_a_page_can_open_the_panel_and_listen(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit()
    shopper.page.evaluate(
        "() => { heard = []; for (const name of ['open', 'close', 'message', 'reply'])"
        " storebot.on(name, (detail) => heard.push([name, detail?.text])) }"
    )
    shopper.page.evaluate("storebot.open()")
    expect(shopper.answers.first).to_be_visible()
    shopper.ask("你好")
    shopper.answered("收到：你好")
    shopper.page.evaluate("storebot.close()")
    expect(shopper.panel).to_be_hidden()
    heard = shopper.page.evaluate("heard")
    assert heard == [["open", None], ["message", "你好"], ["reply", "收到：你好"], ["close", None]]


def test_a_shop_on_another_host_can_embed_it_under_a_strict_policy(
    visit: Callable[..., Shopper], address: str, errors: list[str]
) -> None:
    shopper = visit(host=address.replace("127.0.0.1", "localhost")).open()
    shopper.ask("推荐一双")
    expect(shopper.answered("这几双").locator("img").first).to_be_visible()
    assert errors == []
