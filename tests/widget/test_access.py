"""Keyboard, screen readers, input methods, contrast: the widget for everybody. And its weight."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from conftest import Shopper
from fake_server import FakeShop
from playwright.sync_api import BrowserContext, expect

pytestmark = pytest.mark.browser

# Each visible text in the panel against what lies behind it, by the formula of WCAG 2.2.
CONTRASTS = """() => {
  const root = document.querySelector("storebot-widget").shadowRoot;
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] / 255 + below[i] * (1 - top[3] / 255));
  const behind = (element) => {
    if (!element) return [255, 255, 255];
    const color = rgba(getComputedStyle(element).backgroundColor);
    return color[3] === 255 ? color.slice(0, 3) : over(color, behind(element.parentElement));
  };
  const light = (rgb) => rgb.map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const found = [];
  for (const element of root.querySelectorAll("*")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest(".unseen, :disabled")) continue;
    const ground = behind(element);
    const [a, b] = [light(over(rgba(getComputedStyle(element).color), ground)), light(ground)];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.className + ": " + element.textContent]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(
    visit: Callable[..., Shopper], new_context: Callable[..., BrowserContext], shop: FakeShop, scheme: str
) -> None:
    shopper = visit(new_context(color_scheme=scheme)).open()
    shopper.ask("保修")
    answer = shopper.answered("质保 90 天")
    shopper.ask("比一比")
    shopper.answered("两双的区别")
    shopper.ask("转人工")
    shopper.answered("转给同事")
    shopper.ask("推荐")
    shopper.answered("这几双")
    contrasts = shopper.page.evaluate(CONTRASTS)
    answer.get_by_role("button", name="查看依据 2").click()
    contrasts += shopper.page.evaluate(CONTRASTS)
    assert len(contrasts) > 40
    assert [entry for entry in contrasts if entry[0] < 4.5] == []


def test_the_keyboard_is_enough(visit: Callable[..., Shopper]) -> None:
    shopper = visit()
    keyboard = shopper.page.keyboard
    keyboard.press("Tab")
    keyboard.press("Tab")
    expect(shopper.launcher).to_be_focused()
    keyboard.press("Enter")
    expect(shopper.field).to_be_focused()
    keyboard.type("你好")
    keyboard.press("Enter")
    shopper.answered("收到：你好")
    keyboard.press("Escape")
    expect(shopper.panel).to_be_hidden()
    expect(shopper.launcher).to_be_focused()


def test_tab_goes_round_in_the_panel_in_both_directions(visit: Callable[..., Shopper]) -> None:
    shopper = visit().open()
    more = shopper.panel.get_by_role("button", name="更多选项")
    shopper.field.fill("x")
    expect(shopper.field).to_be_focused()
    shopper.page.keyboard.press("Tab")
    expect(shopper.panel.get_by_role("button", name="发送")).to_be_focused()
    shopper.page.keyboard.press("Tab")
    expect(more).to_be_focused()
    shopper.page.keyboard.press("Shift+Tab")
    expect(shopper.panel.get_by_role("button", name="发送")).to_be_focused()


def test_enter_sends_and_shift_enter_starts_a_line(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit().open()
    shopper.field.press_sequentially("第一行")
    shopper.field.press("Shift+Enter")
    shopper.field.press_sequentially("第二行")
    shopper.field.press("Enter")
    shopper.answered("收到")
    assert [event["message"]["text"] for event in shop.only.messages.values()] == ["第一行\n第二行"]
    shopper.field.press("Enter")
    expect(shopper.said).to_have_count(1)


def test_enter_that_ends_a_composition_does_not_send(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit().open()
    shopper.field.fill("nihao")
    for event in ({"isComposing": True}, {"keyCode": 229}):
        options = {"key": "Enter", "bubbles": True, "cancelable": True, **event}
        shopper.field.evaluate(
            "(field, options) => field.dispatchEvent(new KeyboardEvent('keydown', options))", options
        )
    expect(shopper.field).to_have_value("nihao")
    assert shop.only.messages == {}


def test_every_control_has_a_name_and_new_messages_are_read_out(visit: Callable[..., Shopper]) -> None:
    shopper = visit().open()
    shopper.ask("保修")
    shopper.answered("质保 90 天")
    unnamed = shopper.page.locator("storebot-widget").get_by_role("button", name=re.compile(r"^\s*$"))
    expect(unnamed).to_have_count(0)
    expect(shopper.log).to_have_attribute("aria-live", "polite")
    expect(shopper.panel.locator(".pending")).to_have_attribute("aria-hidden", "true")


def test_history_is_not_read_out_again(visit: Callable[..., Shopper], shop: FakeShop) -> None:
    shopper = visit().open()
    shopper.ask("你好")
    shopper.answered("收到：你好")
    shopper.page.add_init_script(
        "spoken = []; addEventListener('DOMContentLoaded', () => new MutationObserver(() => {"
        " const log = document.querySelector('storebot-widget')?.shadowRoot.querySelector('[role=log]');"
        " if (log && !log.watched) { log.watched = true; new MutationObserver(() => spoken.push(log.ariaLive))"
        ".observe(log, { childList: true }) } }).observe(document.body, { childList: true }))"
    )
    shopper.page.reload()
    shopper.answered("收到：你好")
    assert set(shopper.page.evaluate("spoken")) == {"off"}


def test_the_page_and_the_widget_leave_each_other_s_looks_alone(visit: Callable[..., Shopper]) -> None:
    shopper = visit()
    page_font = "getComputedStyle(document.querySelector('h1')).fontFamily"
    before = shopper.page.evaluate(page_font)
    shopper.page.evaluate(
        "() => { const sheet = new CSSStyleSheet();"
        " sheet.replaceSync('* { font-size: 40px; color: red } button { display: none }"
        " storebot-widget { --storebot-accent: rgb(120, 30, 90) }');"
        " document.adoptedStyleSheets = [sheet] }"
    )
    shopper.open()
    assert shopper.page.evaluate(page_font) == before
    looks = shopper.launcher.evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]")
    assert looks == ["rgb(120, 30, 90)", "rgb(255, 255, 255)"]
    assert shopper.field.evaluate("e => getComputedStyle(e).fontSize") == "14.5px"


def test_everything_the_page_loads_of_the_widget_is_under_30_kb_compressed(
    visit: Callable[..., Shopper], new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    sizes: dict[str, int] = {}
    context.on(
        "requestfinished", lambda request: sizes.setdefault(request.url, len(gzip.compress(request.response().body())))
    )
    visit(context).open()
    widget = {url: size for url, size in sizes.items() if "/widget" in url}
    assert len(widget) > 10
    assert sum(widget.values()) < 30_000, widget
