"""Users: who is let in, as what, and for how long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from assistant.domain.access import KeyScope
from assistant.domain.errors import Conflict, InvalidInput, NotFound, Unauthorized
from assistant.domain.ids import StoreId
from assistant.domain.users import Role, UserId
from assistant.storage import Database, SqlStores, SqlUsers
from assistant.storage.passwords import Passwords
from assistant.storage.tables import users as table
from tests.conformance.examples import STORE, TickingClock, a_store

OTHER = StoreId("another-store")
PASSWORD = "eleven green kites"
CHEAP = PasswordHasher(time_cost=1, memory_cost=64)


@pytest.fixture
async def users(database: Database) -> AsyncIterator[SqlUsers]:
    stores = SqlStores(database)
    await stores.put(a_store())
    await stores.put(replace(a_store(), id=OTHER))
    return SqlUsers(database, TickingClock(), passwords=Passwords(CHEAP))


async def test_who_is_added_can_sign_in_and_is_what_they_were_made(users: SqlUsers) -> None:
    added = await users.add(STORE, " Mei@Example.com ", Role.AGENT, name="小 梅", password=PASSWORD)
    signed = await users.sign_in("mei@example.COM", PASSWORD)
    assert (signed.user, signed.user.email, signed.user.name) == (added, "mei@example.com", "小 梅")
    assert await users.signed_in(signed.token) == added
    assert KeyScope.DESK in added.scopes(STORE)
    assert not added.scopes(OTHER)


async def test_a_wrong_password_and_an_unknown_address_are_told_alike(users: SqlUsers) -> None:
    await users.add(STORE, "mei@example.com", Role.AGENT, password=PASSWORD)
    told = []
    for email, password in (("mei@example.com", "eleven green kitez"), ("lee@example.com", PASSWORD), ("", "")):
        with pytest.raises(Unauthorized) as refused:
            await users.sign_in(email, password)
        told.append((refused.value.detail, refused.value.data))
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("password", ["short one", "aaaaaaaaaaaaaaa", "my name is beatrice", "x" * 201])
async def test_a_password_that_is_easy_to_guess_is_refused(users: SqlUsers, password: str) -> None:
    with pytest.raises(InvalidInput):
        await users.add(STORE, "beatrice@example.com", Role.VIEWER, password=password)
    assert await users.of_store(STORE) == []


@pytest.mark.parametrize("email", ["", "mei", "mei@", "mei@example", "a b@example.com", "mei@exa\nmple.com"])
async def test_an_address_that_is_none_is_refused(users: SqlUsers, email: str) -> None:
    with pytest.raises(InvalidInput):
        await users.add(STORE, email, Role.VIEWER, password=PASSWORD)


async def test_neither_password_nor_token_is_kept_in_the_clear(users: SqlUsers, tmp_path: Path) -> None:
    await users.add(STORE, "mei@example.com", Role.OWNER, password=PASSWORD)
    token = (await users.sign_in("mei@example.com", PASSWORD)).token
    kept = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir())
    assert b"mei@example.com" in kept
    assert b"$argon2id$" in kept
    assert PASSWORD.encode() not in kept
    assert token.encode() not in kept


async def test_a_stay_ends_by_signing_out_and_by_time(users: SqlUsers, database: Database) -> None:
    user = await users.add(STORE, "mei@example.com", Role.OWNER, password=PASSWORD)
    out, stays = await users.admit(user.id), await users.admit(user.id)
    await users.sign_out(out.token)
    await users.sign_out(out.token)
    with pytest.raises(Unauthorized):
        await users.signed_in(out.token)
    assert await users.signed_in(stays.token) == user
    short = SqlUsers(database, TickingClock(), stay=timedelta(0), passwords=Passwords(CHEAP))
    over = await short.admit(user.id)
    with pytest.raises(Unauthorized):
        await short.signed_in(over.token)


async def test_another_password_ends_all_other_stays(users: SqlUsers) -> None:
    user = await users.add(STORE, "mei@example.com", Role.OWNER, password=PASSWORD)
    here, elsewhere = await users.admit(user.id), await users.admit(user.id)
    await users.set_password(user.id, "seven yellow boats", keeping=here.token)
    assert await users.signed_in(here.token) == user
    with pytest.raises(Unauthorized):
        await users.signed_in(elsewhere.token)
    with pytest.raises(Unauthorized):
        await users.sign_in("mei@example.com", PASSWORD)
    assert (await users.sign_in("mei@example.com", "seven yellow boats")).user == user


async def test_one_person_can_be_something_else_in_another_store(users: SqlUsers) -> None:
    await users.add(STORE, "mei@example.com", Role.OWNER, password=PASSWORD)
    both = await users.add(OTHER, "mei@example.com", Role.VIEWER, password="is not taken over")
    assert both.roles == {STORE: Role.OWNER, OTHER: Role.VIEWER}
    assert (await users.sign_in("mei@example.com", PASSWORD)).user == both
    assert both.scopes(OTHER) == {KeyScope.VIEW}
    with pytest.raises(Conflict):
        await users.add(OTHER, "mei@example.com", Role.AGENT)


async def test_a_role_taken_away_is_gone_at_once(users: SqlUsers) -> None:
    await users.add(STORE, "mei@example.com", Role.OWNER, password=PASSWORD)
    lee = await users.add(STORE, "lee@example.com", Role.EDITOR, password=PASSWORD)
    stay = await users.admit(lee.id)
    assert (await users.set_role(STORE, lee.id, Role.VIEWER)).scopes(STORE) == {KeyScope.VIEW}
    await users.remove(STORE, lee.id)
    assert not (await users.signed_in(stay.token)).scopes(STORE)
    assert [user.email for user in await users.of_store(STORE)] == ["mei@example.com"]
    with pytest.raises(NotFound):
        await users.remove(STORE, lee.id)


async def test_a_store_keeps_an_owner(users: SqlUsers) -> None:
    mei = await users.add(STORE, "mei@example.com", Role.OWNER, password=PASSWORD)
    await users.add(OTHER, "lee@example.com", Role.OWNER, password=PASSWORD)
    for attempt in (users.remove(STORE, mei.id), users.set_role(STORE, mei.id, Role.AGENT)):
        with pytest.raises(Conflict):
            await attempt
    lee = await users.add(STORE, "lee@example.com", Role.OWNER)
    await users.remove(STORE, mei.id)
    assert await users.of_store(STORE) == [await users.get(lee.id)]


async def test_nobody_is_added_to_a_store_that_there_is_not(users: SqlUsers) -> None:
    with pytest.raises(NotFound):
        await users.add(StoreId("nowhere"), "mei@example.com", Role.OWNER, password=PASSWORD)
    with pytest.raises(NotFound):
        await users.of_email("mei@example.com")
    with pytest.raises(NotFound):
        await users.admit(UserId("user_none"))
    with pytest.raises(InvalidInput, match="first password"):
        await users.add(STORE, "mei@example.com", Role.OWNER)


async def test_a_hash_of_other_costs_is_renewed_when_its_owner_signs_in(users: SqlUsers, database: Database) -> None:
    user = await users.add(STORE, "mei@example.com", Role.OWNER, password=PASSWORD)
    dearer = SqlUsers(database, TickingClock(), passwords=Passwords(PasswordHasher(time_cost=2, memory_cost=128)))
    for _ in range(2):
        assert (await dearer.sign_in("mei@example.com", PASSWORD)).user == user
    kept = await database.read(lambda tx: str(tx.execute(select(table.c.password)).scalar_one()))
    assert "m=128,t=2" in kept
