"""Merchants look back at what was said, and see why."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from assistant.bootstrap import Application
from assistant.domain.conversation import Message, Shopper
from assistant.domain.ids import MessageId, ShopperId, new_id
from tests.browsers import PHONE
from tests.console.conftest import MUGS, VIEWER, Console, Seed, button

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def seed() -> Seed:
    async def talk(app: Application) -> None:
        for name, text, test in (
            ("Anne", "What is the material of the Tall mug?", False),
            ("Bob", "Is there a <b>teapot</b> made of moon cheese?", False),
            ("Tess", "Is this a test?", True),
        ):
            shopper = Shopper(ShopperId(f"user:{name.lower()}"), identified=True, name=name)
            opened = await app.log.open(MUGS, shopper, "en", greeting=None, test=test)
            await app.log.receive(opened.id, Message(MessageId(new_id("msg")), "m-1", text))
            await app.dispatcher.answer_now(opened.id)

    return talk


def test_a_viewer_finds_a_conversation_and_sees_why_the_bot_said_so(console: Console) -> None:
    page = console.sign_in(VIEWER, language="zh")
    page.wait_for_url("**/console/mugs/conversations")
    entries = page.locator("a.talk-entry")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text("<b>teapot</b>")
    expect(page.locator("body")).not_to_contain_text("Is this a test?")
    page.get_by_label("说过的话").fill("tall MUG")
    button(page, "查找").click()
    page.wait_for_url("**text=tall+MUG")
    expect(entries).to_have_count(1)
    entries.first.click()
    reply = page.locator(".bubble-bot")
    expect(reply).to_contain_text("如实说不知道")
    reply.get_by_text("为什么这样答").click()
    expect(reply).to_contain_text("意图")
    expect(reply).to_contain_text("处理方式")
    page.get_by_role("link", name="返回列表").click()
    expect(entries).to_have_count(1)


def test_a_list_is_narrowed_by_shopper_and_date(console: Console) -> None:
    page = console.sign_in(path="/mugs/conversations", **PHONE)
    page.get_by_label("Shopper").fill("bob")
    button(page, "Search").click()
    page.wait_for_url("**shopper=bob")
    expect(page.locator("a.talk-entry")).to_have_count(1)
    page.goto(f"{console.url}/console/mugs/conversations?until=2020-01-01")
    expect(page.get_by_text("No conversation is like that.")).to_be_visible()
    button(page, "Show all").click()
    expect(page.locator("a.talk-entry")).to_have_count(2)


def test_a_conversation_that_is_none_of_the_stores_is_not_shown(console: Console) -> None:
    page = console.sign_in(path="/mugs/conversations")
    expect(page.locator("a.talk-entry").first).to_be_visible()
    page.goto(f"{console.url}/console/mugs/conversations?id=conv_nowhere")
    expect(page.get_by_text("There is no such conversation.")).to_be_visible()
    expect(page.locator(".bubble")).to_have_count(0)
