"""Users from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Storebot

PASSWORD = "eleven green kites\n"
ADD = ("users", "add", "mei@example.com", "--store", "mugs", "--password-stdin")


@pytest.fixture(autouse=True)
def imported(storebot: Storebot, mugs: Path) -> None:
    assert storebot("import", str(mugs), "--store", "mugs").code == 0


def test_the_first_owner_is_made_on_the_command_line(storebot: Storebot) -> None:
    made = storebot(*ADD, "--name", "Mei", typed=PASSWORD)
    assert (made.code, "owner of mugs" in made.out) == (0, True)
    [listed] = storebot("users", "list", "--store", "mugs", "--json").data
    assert (listed["email"], listed["name"], listed["role"]) == ("mei@example.com", "Mei", "owner")
    shown = storebot("users", "list", "--store", "mugs", language="zh")
    assert "mei@example.com" in shown.out
    assert PASSWORD.strip() not in made.out + made.err + shown.out


def test_a_role_is_changed_and_taken_away(storebot: Storebot) -> None:
    storebot(*ADD, typed=PASSWORD)
    lee = ("users", "add", "lee@example.com", "--store", "mugs", "--role", "viewer", "--password-stdin")
    assert storebot(*lee, typed=PASSWORD).code == 0
    assert storebot("users", "role", "lee@example.com", "agent", "--store", "mugs").code == 0
    roles = {user["email"]: user["role"] for user in storebot("users", "list", "--store", "mugs", "--json").data}
    assert roles == {"mei@example.com": "owner", "lee@example.com": "agent"}
    assert storebot("users", "remove", "lee@example.com", "--store", "mugs").code == 0
    assert len(storebot("users", "list", "--store", "mugs", "--json").data) == 1


def test_a_slip_is_told_in_one_line_in_the_readers_language(storebot: Storebot) -> None:
    weak = storebot(*ADD, typed="short\n")
    assert (weak.code, "10 to 200 characters" in weak.err) == (1, True)
    assert "密码需要" in storebot(*ADD, typed="short\n", language="zh").err
    storebot(*ADD, typed=PASSWORD)
    alone = storebot("users", "remove", "mei@example.com", "--store", "mugs", language="zh")
    assert (alone.code, "至少要有一位所有者" in alone.err) == (1, True)
    assert "nobody@example.com" in storebot("users", "password", "nobody@example.com", "--password-stdin").err
    assert "--password-stdin" in storebot("users", "password", "mei@example.com").err


def test_a_password_is_reset(storebot: Storebot) -> None:
    storebot(*ADD, typed=PASSWORD)
    reset = storebot("users", "password", "mei@example.com", "--password-stdin", typed="seven yellow boats\n")
    assert (reset.code, "another password" in reset.out) == (0, True)
