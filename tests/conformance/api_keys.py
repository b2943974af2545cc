"""What every implementation of the `ApiKeys` port does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from assistant.domain.access import KEY_PREFIX, KeyScope, NewApiKey
from assistant.domain.errors import InvalidInput, NotFound, Unauthorized
from assistant.domain.ids import ApiKeyId, StoreId
from assistant.domain.ports import ApiKeys, Clock, Stores
from tests.conformance.examples import STORE, a_store

OTHER_STORE = StoreId("elsewhere")
EVALUATE = frozenset({KeyScope.EVALUATE})


@dataclass
class HandClock:
    """Stands still until it is moved."""

    time: datetime = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


class ApiKeysSuite:
    """Needs a fixture `stores`, empty, and a fixture `keys_at`: the keys over the same data, by a clock."""

    @pytest.fixture
    def clock(self) -> HandClock:
        return HandClock()

    @pytest.fixture
    async def keys(self, stores: Stores, keys_at: Callable[[Clock], ApiKeys], clock: HandClock) -> ApiKeys:
        await stores.put(a_store())
        await stores.put(a_store(OTHER_STORE))
        return keys_at(clock)

    @pytest.fixture
    async def made(self, keys: ApiKeys) -> NewApiKey:
        return await keys.create(STORE, EVALUATE, "nightly run")

    async def test_what_a_holder_sends_names_the_key(self, keys: ApiKeys, made: NewApiKey, clock: HandClock) -> None:
        assert made.token.startswith(KEY_PREFIX)
        assert await keys.verify(made.token) == made.key
        assert (made.key.store_id, made.key.scopes, made.key.name) == (STORE, EVALUATE, "nightly run")
        assert (made.key.created_at, made.key.expires_at, made.key.revoked_at) == (clock.time, None, None)

    async def test_a_key_may_have_several_scopes(self, keys: ApiKeys) -> None:
        made = await keys.create(STORE, frozenset(KeyScope), "console")
        assert (await keys.verify(made.token)).scopes == frozenset(KeyScope)

    async def test_no_two_keys_are_alike(self, keys: ApiKeys) -> None:
        made = [await keys.create(STORE, EVALUATE, "same name") for _ in range(5)]
        assert len({each.token for each in made}) == len({each.key.id for each in made}) == 5

    async def test_what_is_not_a_key_is_refused(self, keys: ApiKeys, made: NewApiKey) -> None:
        other = await keys.create(STORE, EVALUATE, "another")
        ids = made.token.rpartition("_")[0]
        wrong = (
            "",
            KEY_PREFIX,
            f"{KEY_PREFIX}_",
            made.token[:-1],
            made.token + "A",
            made.token.upper(),
            made.token.removeprefix(KEY_PREFIX),
            made.key.id,
            f"{KEY_PREFIX}{'0' * 32}_{'A' * 43}",
            made.token[: len(KEY_PREFIX) + 33]
            + other.token[len(KEY_PREFIX) + 33 :],  # the id of one, secret of another
            f"{ids}_é\x00",
            "\ud800",
        )
        for token in wrong:
            with pytest.raises(Unauthorized) as refused:
                await keys.verify(token)
            assert refused.value.data["reason"] == "invalid", token

    async def test_a_key_ends_when_it_expires(self, keys: ApiKeys, clock: HandClock) -> None:
        end = clock.time + timedelta(days=1)
        made = await keys.create(STORE, EVALUATE, "for a day", expires_at=end)
        clock.time = end - timedelta(microseconds=1)
        assert await keys.verify(made.token) == made.key
        clock.time = end
        with pytest.raises(Unauthorized) as refused:
            await keys.verify(made.token)
        assert refused.value.data["reason"] == "expired"

    async def test_a_revoked_key_is_over_for_good(self, keys: ApiKeys, made: NewApiKey, clock: HandClock) -> None:
        revoked_at = clock.time = clock.time + timedelta(hours=1)
        assert (await keys.revoke(STORE, made.key.id)).revoked_at == revoked_at
        clock.time += timedelta(hours=1)
        assert (await keys.revoke(STORE, made.key.id)).revoked_at == revoked_at
        with pytest.raises(Unauthorized) as refused:
            await keys.verify(made.token)
        assert refused.value.data["reason"] == "revoked"

    async def test_revoking_one_key_leaves_the_others(self, keys: ApiKeys, made: NewApiKey) -> None:
        other = await keys.create(STORE, EVALUATE, "another")
        await keys.revoke(STORE, made.key.id)
        assert await keys.verify(other.token) == other.key

    async def test_a_stores_keys_are_listed_the_oldest_first(self, keys: ApiKeys, made: NewApiKey) -> None:
        second = await keys.create(STORE, EVALUATE, "second")
        elsewhere = await keys.create(OTHER_STORE, EVALUATE, "third")
        revoked = await keys.revoke(STORE, made.key.id)
        assert await keys.of_store(STORE) == [revoked, second.key]
        assert await keys.of_store(OTHER_STORE) == [elsewhere.key]

    async def test_a_key_of_another_store_is_not_found(self, keys: ApiKeys, made: NewApiKey) -> None:
        for store, key in ((OTHER_STORE, made.key.id), (STORE, ApiKeyId("key_0"))):
            with pytest.raises(NotFound):
                await keys.revoke(store, key)
        assert await keys.verify(made.token) == made.key

    async def test_a_key_that_would_be_of_no_use_is_not_made(self, keys: ApiKeys, clock: HandClock) -> None:
        with pytest.raises(NotFound):
            await keys.create(StoreId("nowhere"), EVALUATE, "name")
        with pytest.raises(InvalidInput):
            await keys.create(STORE, frozenset(), "name")
        for name in ("", "  ", "x" * 101, "two\nlines"):
            with pytest.raises(InvalidInput):
                await keys.create(STORE, EVALUATE, name)
        with pytest.raises(InvalidInput):
            await keys.create(STORE, EVALUATE, "name", expires_at=clock.time)
        assert await keys.of_store(STORE) == []
