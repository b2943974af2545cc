"""What a shopper sees, and does not lose, when network, server or page misbehave."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from conftest import Shopper
from fake_server import FakeShop
from playwright.sync_api import expect
from scripted_replies import reply

pytestmark = pytest.mark.browser


@pytest.fixture
def trouble(errors: list[str]) -> object:
    """For tests in which requests must fail: browsers report that in the console, scripts must still not throw."""
    yield
    unexpected = [error for error in errors if not re.search("Failed to load resource|net::ERR", error)]
    errors[:] = unexpected


def test_a_stream_cut_again_and_again_loses_and_doubles_nothing(
    visit: Callable[..., Shopper], shop: FakeShop, trouble: object
) -> None:
    shopper = visit().open()
    expected = shopper.transcript()
    for number in range(6):
        shopper.ask(f"第{number}问")
        shop.cut_streams()
        shopper.answered(f"收到：第{number}问")
        expected += [f"第{number}问", f"收到：第{number}问"]
    assert sorted(shopper.transcript()) == sorted(expected)
    stored = [event.get("message", event.get("reply"))["text"] for event in shop.only.events]
    shopper.page.reload()
    shopper.answered("收到：第5问")
    assert shopper.transcript() == stored
    assert "0" not in shop.streams_opened


def test_a_stream_that_comes_in_single_bytes_is_read_right(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shop.stream_piece = 1
    shopper = visit().open()
    shopper.ask("这双鞋保修多久？")
    shopper.answered("质保 90 天，从签收那天算起。")


def test_a_server_error_is_tried_again_without_a_word(
    visit: Callable[..., Shopper], shop: FakeShop, trouble: object
) -> None:
    shopper = visit().open()
    shop.fail_messages = 2
    shopper.ask("你好")
    shopper.answered("收到：你好")
    assert len(shop.only.messages) == 1


def test_a_message_whose_receipt_was_lost_is_stored_and_shown_once(
    visit: Callable[..., Shopper], shop: FakeShop, trouble: object
) -> None:
    shopper = visit().open()
    shop.lose_receipts = 2
    shopper.ask("你好")
    shopper.answered("收到：你好")
    shopper.page.wait_for_timeout(1_500)  # time for another try
    assert len(shop.only.messages) == 1
    assert [text for text in shopper.transcript() if "你好" in text][1:] == ["你好", "收到：你好"]


def test_a_message_that_failed_can_be_sent_again_with_a_tap(
    visit: Callable[..., Shopper], shop: FakeShop, trouble: object
) -> None:
    shopper = visit().open()
    shop.fail_messages = 4
    bubble = shopper.ask("你好")
    retry = bubble.get_by_role("button", name="未送达，点按重试")
    retry.click()
    shopper.answered("收到：你好")
    expect(retry).to_be_hidden()
    assert len(shop.only.messages) == 1


def test_a_refused_message_says_why_and_is_not_tried_again(
    visit: Callable[..., Shopper], shop: FakeShop, trouble: object
) -> None:
    shopper = visit().open()
    shop.refuse_messages = True
    bubble = shopper.ask("很长的话")
    expect(bubble).to_contain_text("未能送出: The message is too long")
    shop.refuse_messages = False
    shopper.page.reload()
    expect(shopper.answers.first).to_be_visible()
    shopper.ask("短一点")
    shopper.answered("收到：短一点")
    assert len(shop.only.messages) == 1


def test_messages_written_offline_are_sent_in_order_when_the_network_is_back(
    visit: Callable[..., Shopper], shop: FakeShop, trouble: object
) -> None:
    shopper = visit().open()
    shopper.page.context.set_offline(True)
    expect(shopper.banner).to_have_text("网络已断开，恢复后会自动发送")
    first = shopper.ask("一")
    shopper.ask("二")
    expect(first).to_contain_text("等待网络恢复后发送")
    shopper.page.context.set_offline(False)
    shopper.answered("收到：二")
    expect(shopper.banner).to_be_hidden()
    assert [event["message"]["text"] for event in shop.only.messages.values()] == ["一", "二"]


def test_a_message_not_sent_yet_survives_a_reload(
    visit: Callable[..., Shopper], shop: FakeShop, trouble: object
) -> None:
    shopper = visit().open()
    shop.fail_messages = 1
    shopper.ask("别丢了我")
    shopper.page.reload()
    shopper.answered("收到：别丢了我")
    assert len(shop.only.messages) == 1


def test_an_expired_session_is_replaced_without_a_word(
    visit: Callable[..., Shopper], shop: FakeShop, trouble: object
) -> None:
    shopper = visit().open()
    shopper.ask("之前的话")
    shopper.answered("收到：之前的话")
    shop.expire_sessions()
    shopper.ask("之后的话")
    shopper.answered("收到：之后的话")
    assert len(shop.conversations) == 2
    assert [text for text in shopper.transcript() if "小禾" in text] == shopper.transcript()[:1], "greeted again"
    expect(shopper.log).to_contain_text("收到：之前的话")


def test_a_token_that_expired_between_two_visits_opens_a_new_session(
    visit: Callable[..., Shopper], shop: FakeShop, trouble: object
) -> None:
    shopper = visit().open()
    shop.expire_sessions()
    shopper.page.reload()
    expect(shopper.answers.first).to_contain_text("我是小禾")
    shopper.ask("你好")
    shopper.answered("收到：你好")
    assert len(shop.latest.messages) == 1


def test_a_session_that_is_refused_says_so_and_can_be_tried_again(
    visit: Callable[..., Shopper], shop: FakeShop, trouble: object
) -> None:
    shop.refuse_sessions = True
    shopper = visit()
    shopper.launcher.click()
    expect(shopper.panel).to_contain_text("This site may not embed the store's chat")
    shop.refuse_sessions = False
    shopper.panel.get_by_role("button", name="重试").click()
    expect(shopper.answers.first).to_contain_text("我是小禾")
    expect(shopper.panel.locator(".trouble")).to_have_count(0)


def test_nothing_that_the_server_says_is_run_or_followed(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit().open()
    shopper.ask("攻击")
    answer = shopper.answered("<img src=x")
    expect(answer.locator("a, script, img")).to_have_count(0)
    answer.get_by_role("button", name="查看依据 1").click()
    expect(shopper.sheet.locator("blockquote")).to_contain_text("<img src=x")
    expect(shopper.sheet.locator("a, script, img")).to_have_count(0)
    shopper.page.keyboard.press("Escape")
    shopper.quick.first.click()
    expect(shopper.said.last).to_contain_text("<img src=x")
    assert shopper.page.evaluate("window.hacked") is None


def test_two_tabs_show_the_same_conversation(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    first = visit().open()
    second = visit(first.page.context).open()
    first.ask("从第一页问")
    second.answered("收到：从第一页问")
    second.ask("从第二页问")
    first.answered("收到：从第二页问")
    assert first.transcript() == second.transcript()
    assert len(shop.conversations) == 1


def test_the_widget_works_where_storage_is_blocked(visit: Callable[..., Shopper], new_context: Callable) -> None:
    context = new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    shopper = visit(context).open()
    shopper.ask("你好")
    shopper.answered("收到：你好")


def test_events_the_widget_does_not_know_are_passed_over(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit().open()
    shop.only.append("survey", questions=[])
    shop.only.signal("sparkle", amount=3)
    shop.say(reply("后面的照常显示"))
    shopper.answered("后面的照常显示")
