"""`storebot keys`: making, listing and ending API keys."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from assistant.cli.commands import JsonOption, StoreOption, opened
from assistant.cli.terminal import Terminal
from assistant.domain.access import ApiKey, KeyScope
from assistant.domain.ids import ApiKeyId, StoreId


def create(
    context: typer.Context,
    store: StoreOption,
    scope: Annotated[list[KeyScope], typer.Option("--scope", help="option.scope", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="option.key_name", show_default=False)],
    days: Annotated[float | None, typer.Option("--days", min=0, max=36_500, help="option.days")] = None,
    as_json: JsonOption = False,
) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            end = None if days is None else app.clock.now() + timedelta(days=days)
            made = await app.keys.create(StoreId(store), frozenset(scope), name, expires_at=end)
        if as_json:
            terminal.json({**_as_data(made.key), "token": made.token})
        else:
            terminal.out.print(made.token, soft_wrap=True)
            terminal.note("keys.created", style="yellow", key=made.key.id)

    asyncio.run(run())


def show(context: typer.Context, store: StoreOption, as_json: JsonOption = False) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            known = await app.stores.get(StoreId(store))
            keys, now = await app.keys.of_store(known.id), app.clock.now()
        if as_json:
            terminal.json([_as_data(key) for key in keys])
        elif not keys:
            terminal.say("keys.none", store=store)
        else:
            columns = ("column.key", "column.name", "column.scopes", "column.made", "column.state")
            terminal.table(columns, ((*_row(key), _state(terminal, key, key.expired(now))) for key in keys))

    asyncio.run(run())


def revoke(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY_ID", help="option.key", show_default=False)],
    store: StoreOption,
    as_json: JsonOption = False,
) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            revoked = await app.keys.revoke(StoreId(store), ApiKeyId(key))
        if as_json:
            terminal.json(_as_data(revoked))
        else:
            terminal.say("keys.revoked", style="green", key=revoked.id)

    asyncio.run(run())


def _row(key: ApiKey) -> tuple[str, ...]:
    return (key.id, key.name, " ".join(sorted(key.scopes)), f"{key.created_at:%Y-%m-%d}")


def _state(terminal: Terminal, key: ApiKey, expired: bool) -> str:
    if key.revoked_at is not None:
        return terminal.text("keys.state.revoked", day=f"{key.revoked_at:%Y-%m-%d}")
    if key.expires_at is None:
        return terminal.text("keys.state.good")
    return terminal.text("keys.state.expired" if expired else "keys.state.until", day=f"{key.expires_at:%Y-%m-%d}")


def _as_data(key: ApiKey) -> dict[str, Any]:
    def moment(at: datetime | None) -> str | None:
        return at.isoformat() if at else None

    return {
        "key": key.id,
        "store": key.store_id,
        "scopes": sorted(key.scopes),
        "name": key.name,
        "created_at": moment(key.created_at),
        "expires_at": moment(key.expires_at),
        "revoked_at": moment(key.revoked_at),
    }
