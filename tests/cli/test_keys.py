"""API keys from the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Storebot

CREATE = ("keys", "create", "--store", "mugs", "--scope", "evaluate", "--name", "nightly run")


@pytest.fixture(autouse=True)
def imported(storebot: Storebot, mugs: Path) -> None:
    assert storebot("import", str(mugs), "--store", "mugs").code == 0


def test_a_new_key_is_all_that_stands_on_stdout(storebot: Storebot) -> None:
    run = storebot(*CREATE)
    assert run.code == 0
    assert re.fullmatch(r"sbk_[0-9a-f]{32}_[\w-]{43}\n", run.out)
    assert "shown this once" in run.err


def test_keys_are_listed_without_what_their_holders_send(storebot: Storebot) -> None:
    token = storebot(*CREATE).out.strip()
    made = storebot(*CREATE, "--scope", "manage", "--days", "30", "--json").data
    (first, second) = storebot("keys", "list", "--store", "mugs", "--json").data
    assert (first["name"], first["scopes"], first["expires_at"]) == ("nightly run", ["evaluate"], None)
    assert second == {name: value for name, value in made.items() if name != "token"}
    assert (second["scopes"], second["expires_at"] > second["created_at"]) == (["evaluate", "manage"], True)
    for run in (
        storebot("keys", "list", "--store", "mugs"),
        storebot("keys", "list", "--store", "mugs", language="zh"),
    ):
        assert first["key"] in run.out
        assert token.rpartition("_")[2] not in run.out
    assert "good until" in storebot("keys", "list", "--store", "mugs").out


def test_a_revoked_key_says_so(storebot: Storebot) -> None:
    key = storebot(*CREATE, "--json").data["key"]
    assert storebot("keys", "revoke", key, "--store", "mugs").code == 0
    assert "revoked on" in storebot("keys", "list", "--store", "mugs").out
    assert storebot("keys", "revoke", key, "--store", "mugs", "--json").data["revoked_at"]


def test_a_store_without_keys_says_so(storebot: Storebot) -> None:
    assert "no key yet" in storebot("keys", "list", "--store", "mugs").out


def test_a_slip_is_told_in_one_line(storebot: Storebot) -> None:
    def said(*arguments: str) -> Run:
        return storebot("keys", *arguments)

    assert "nowhere" in said("create", "--store", "nowhere", "--scope", "manage", "--name", "n").err
    assert "nowhere" in said("list", "--store", "nowhere").err
    assert "key_0" in said("revoke", "key_0", "--store", "mugs").err
    assert (
        "expire in the future"
        in said("create", "--store", "mugs", "--scope", "manage", "--name", "n", "--days", "0").err
    )
    assert said("create", "--store", "mugs", "--scope", "fly", "--name", "n").code == 2
    assert said("create", "--store", "mugs", "--name", "n").code == 2


def test_help_below_keys_is_in_the_readers_language(storebot: Storebot) -> None:
    assert "停用" in storebot("keys", "--help", language="zh").out
    assert "有效天数" in storebot("keys", "create", "--help", language="zh").out
