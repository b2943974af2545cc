"""Screenshots for people to look at; the test itself only sees to it that nothing sticks out of the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import DESKTOP, PHONE, Shopper
from playwright.sync_api import BrowserContext, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_pictures_of_the_widget(
    visit: Callable[..., Shopper],
    new_context: Callable[..., BrowserContext],
    pictures: Path,
    device: str,
    scheme: str,
) -> None:
    options = (PHONE if device == "phone" else DESKTOP) | {"color_scheme": scheme}
    shopper = visit(new_context(**options))

    def picture(name: str) -> None:
        assert shopper.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert shopper.panel.locator(".scroll").evaluate("e => e.scrollWidth <= e.clientWidth")
        shopper.page.screenshot(path=pictures / f"widget-{device}-{scheme}-{name}.png")

    picture("closed")
    shopper.open()
    picture("greeting")
    shopper.ask("这双鞋保修多久？")
    answer = shopper.answered("质保 90 天")
    picture("answer")
    answer.get_by_role("button", name="依据", exact=False).last.click()
    expect(shopper.sheet).to_be_visible()
    picture("evidence")
    shopper.page.keyboard.press("Escape")
    shopper.ask("和逐风比怎么样？")
    shopper.answered("两双的区别")
    shopper.ask("有什么推荐？")
    shopper.answered("这几双")
    shopper.page.wait_for_timeout(300)
    picture("products")
    shopper.panel.get_by_role("button", name="更多选项").click()
    picture("menu")
    shopper.sheet.get_by_role("button", name="评价这次服务").click()
    shopper.sheet.get_by_role("radio").nth(3).check()
    picture("rating")
