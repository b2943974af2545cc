"""What every implementation of the `Stores` port does."""

from __future__ import annotations

import pytest

from assistant.domain.errors import InvalidInput, NotFound
from assistant.domain.ids import StoreId
from assistant.domain.ports import Stores
from tests.conformance.examples import a_store


class StoresSuite:
    """Needs a fixture `stores`: an implementation that holds no store yet."""

    async def test_a_store_comes_back_as_it_was_put(self, stores: Stores) -> None:
        await stores.put(a_store())
        assert await stores.get(a_store().id) == a_store()

    async def test_putting_a_store_again_replaces_it(self, stores: Stores) -> None:
        await stores.put(a_store(name="旧名"))
        await stores.put(a_store(name="新名"))
        assert await stores.all() == [a_store(name="新名")]

    async def test_an_unknown_store_is_not_found(self, stores: Stores) -> None:
        await stores.put(a_store())
        with pytest.raises(NotFound):
            await stores.get(StoreId("elsewhere"))

    async def test_all_stores_are_listed(self, stores: Stores) -> None:
        assert await stores.all() == []
        await stores.put(a_store("b"))
        await stores.put(a_store("a"))
        assert {store.id for store in await stores.all()} == {"a", "b"}

    async def test_a_name_that_is_not_unicode_is_refused(self, stores: Stores) -> None:
        with pytest.raises(InvalidInput):
            await stores.put(a_store(name="half \ud83c"))
        assert await stores.all() == []
