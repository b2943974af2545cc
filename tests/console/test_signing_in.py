"""People come in, do what their role allows, and leave."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.console.conftest import OWNER, PASSWORD, VIEWER, Console, button

pytestmark = pytest.mark.browser


def test_an_owner_signs_in_adds_a_member_and_signs_out(console: Console) -> None:
    page = console.sign_in()
    page.get_by_role("link", name="People and keys").click()
    expect(page).to_have_url(f"{console.url}/console/mugs/team")
    expect(page.get_by_role("heading", level=1, name="People and keys")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en-US")
    button(page, "Add a member").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill("kim@example.com")
    dialog.get_by_label("Name").fill("Kim")
    dialog.get_by_label("First password").fill(PASSWORD)
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("kim@example.com")).to_be_visible()
    button(page, "Mei").click()
    page.get_by_text("Sign out").click()
    expect(page.locator("#password")).to_be_visible()
    page.goto(f"{console.url}/console/mugs/team")
    expect(page).to_have_url(re.compile("/console/sign-in"))
    console.sign_in("kim@example.com").wait_for_url("**/console/mugs**")


@pytest.mark.parametrize(
    ("language", "told"), [("en", "The address or the password is wrong."), ("zh", "邮箱或密码不正确。")]
)
def test_a_wrong_password_lets_nobody_in(console: Console, language: str, told: str) -> None:
    page = console.sign_in(password="twelve green kites", language=language)
    expect(page.get_by_role("alert")).to_have_text(told)
    assert page.context.cookies() == []


def test_a_viewer_is_shown_no_page_that_the_role_does_not_allow(console: Console) -> None:
    page = console.sign_in(VIEWER, language="zh", path="/mugs/team")
    page.wait_for_url(lambda url: "/sign-in" not in url and "/team" not in url)
    expect(page.locator("body")).not_to_contain_text(OWNER)
    expect(page.get_by_role("link", name="成员与密钥")).to_have_count(0)


def test_nobody_is_told_whether_there_is_a_store_that_is_not_theirs(console: Console) -> None:
    page = console.sign_in(path="/teapots/team")
    expect(page).to_have_url(re.compile(r"/console/sign-in\?next=/console/teapots/team"))
