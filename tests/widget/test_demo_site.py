"""The demo shop, served by the real application, with the widget in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conftest import DESKTOP, PHONE, Shopper
from demo_shop import demo_shop
from playwright.sync_api import BrowserContext, Page, expect

SHOE = "/demo/products/YL-RUN-01"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demo_shop(tmp_path_factory.mktemp("demo")) as url:
        yield url


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address) as client:
        yield client


@pytest.fixture
def browse(address: str, new_context: Callable[..., BrowserContext], errors: list[str]) -> Callable[..., Page]:
    """Opens a page of the demo shop; its complaints fail the test."""

    def go(path: str, **options: object) -> Page:
        page = new_context(**options).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console", lambda message: message.type == "error" and errors.append(f"{message.text} {message.location}")
        )
        page.goto(address + path)
        return page

    return go


@pytest.mark.browser
def test_a_shopper_asks_follows_up_reloads_and_goes_on(browse: Callable[..., Page], address: str) -> None:
    page = browse(f"{SHOE}?lang=zh")
    shopper = Shopper(page).open()
    expect(shopper.panel.locator(".about")).to_contain_text("云羽")
    shopper.ask("这双鞋的鞋面是什么材质？")
    answer = shopper.answers.nth(1)
    expect(answer).to_contain_text("工程网布")
    answer.locator(".sources").click()
    expect(shopper.sheet.locator("blockquote").first).to_contain_text("工程网布")
    page.keyboard.press("Escape")
    shopper.ask("产地是哪里？")
    expect(shopper.answers.nth(2)).to_contain_text("晋江")
    before = shopper.transcript()

    page.reload()
    shopper = Shopper(page)
    expect(shopper.answers.nth(2)).to_contain_text("晋江")
    assert shopper.transcript() == before
    shopper.ask("它多少钱？")
    expect(shopper.answers.nth(3)).to_contain_text("459")
    assert len(shopper.transcript()) == len(before) + 2


@pytest.mark.browser
def test_the_page_s_button_opens_the_chat_and_options_change_price_and_stock(browse: Callable[..., Page]) -> None:
    page = browse(f"{SHOE}?lang=en")
    expect(page.locator("#stock")).not_to_be_empty()
    expect(page.locator(".options input:checked")).to_have_count(2)
    page.get_by_role("button", name="Add to bag").click()
    expect(page.locator("#toast")).to_be_visible()
    expect(page.locator("#bag-count")).to_have_text("1")
    page.get_by_role("button", name="Ask about this").click()
    expect(Shopper(page).panel).to_be_visible()
    expect(Shopper(page).answers.first).to_contain_text("Hattie")


@pytest.mark.browser
@pytest.mark.parametrize(("language", "scheme"), [("zh", "light"), ("en", "dark")])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_pictures_of_the_demo_shop(
    browse: Callable[..., Page], address: str, pictures: Path, device: str, language: str, scheme: str
) -> None:
    page = browse(f"/demo?lang={language}", **(PHONE if device == "phone" else DESKTOP), color_scheme=scheme)
    paths = {
        "home": "/demo",
        "department": "/demo/departments/sportswear",
        "product": SHOE,
        "policy": "/demo/policies/delivery",
    }
    for name, path in paths.items():
        page.goto(address + path)
        expect(Shopper(page).launcher).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
        page.screenshot(path=pictures / f"demo-{device}-{language}-{scheme}-{name}.png")
    page.goto(address + SHOE)
    Shopper(page).open()
    page.screenshot(path=pictures / f"demo-{device}-{language}-{scheme}-chat.png")


def test_every_page_says_the_same_in_both_languages(client: httpx.Client) -> None:
    chinese, english = (client.get(SHOE, params={"lang": language}).text for language in ("zh", "en"))
    assert "鞋面材质" in chinese
    assert "Cloudfeather" in english
    assert '<html lang="en">' in english
    assert "Add to bag" not in chinese


def test_the_language_is_remembered_from_page_to_page(address: str) -> None:
    with httpx.Client(base_url=address, headers={"Accept-Language": "zh-CN"}) as visitor:
        assert '<html lang="zh">' in visitor.get("/demo").text
        assert '<html lang="en">' in visitor.get("/demo", params={"lang": "en"}).text
        assert '<html lang="en">' in visitor.get(SHOE).text


def test_a_product_page_says_which_product_it_is_to_machines_too(client: httpx.Client) -> None:
    page = client.get(SHOE).text
    assert '"sku": "YL-RUN-01"' in page
    assert 'data-product="YL-RUN-01"' in page
    assert "default-src 'none'" in client.get(SHOE).headers["Content-Security-Policy"]


def test_every_link_and_picture_of_the_shop_leads_somewhere(client: httpx.Client) -> None:
    from selectolax.lexbor import LexborHTMLParser

    seen: set[str] = set()
    todo = ["/demo?lang=en"]
    while todo:
        path = todo.pop()
        response = client.get(path)
        assert response.status_code == 200, path
        if not response.headers["Content-Type"].startswith("text/html"):
            continue
        tree = LexborHTMLParser(response.text)
        links = [node.attributes.get(name) for name in ("href", "src") for node in tree.css(f"[{name}]")]
        new = {link for link in links if link and link.startswith("/")} - seen
        seen |= new
        todo += sorted(new)
    assert {SHOE, "/demo/policies/delivery", "/widget.js"} <= seen


@pytest.mark.parametrize(
    "path", ["/demo/products/NO-SUCH", "/demo/departments/toys", "/demo/policies/secret", "/demo/about"]
)
def test_a_page_that_is_not_there_is_a_404_with_a_problem_document(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_static_files_of_the_demo_do_not_lead_out_of_their_folder(client: httpx.Client) -> None:
    assert client.get("/demo/static/shop.css").status_code == 200
    assert client.get("/demo/static/%2e%2e/texts.yaml").status_code == 404
