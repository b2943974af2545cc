"""`storebot users`: the people who may sign in, and what each is in a store."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.commands import JsonOption, StoreOption, opened
from assistant.cli.terminal import Terminal
from assistant.domain.errors import InvalidInput, NotFound
from assistant.domain.ids import StoreId
from assistant.domain.users import Role, User

if TYPE_CHECKING:
    from assistant.bootstrap import Application

EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="option.email", show_default=False)]
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="option.password_stdin")]


def add(
    context: typer.Context,
    email: EmailArgument,
    store: StoreOption,
    role: Annotated[Role, typer.Option("--role", help="option.role")] = Role.OWNER,
    name: Annotated[str, typer.Option("--name", help="option.user_name")] = "",
    language: Annotated[str | None, typer.Option("--language", "-l", help="option.user_language")] = None,
    password_stdin: StdinOption = False,
    as_json: JsonOption = False,
) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            store_id = (await app.stores.get(StoreId(store))).id
            spoken = language or terminal.language
            password = "" if await _known(app, email) else _password(terminal, from_stdin=password_stdin)
            user = await app.users.add(store_id, email, role, name=name, language=spoken, password=password)
        if as_json:
            terminal.json(_as_data(user, StoreId(store)))
        else:
            terminal.say("users.added", style="green", email=user.email, role=role.value, store=store)

    asyncio.run(run())


def show(context: typer.Context, store: StoreOption, as_json: JsonOption = False) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            store_id = (await app.stores.get(StoreId(store))).id
            users = await app.users.of_store(store_id)
        if as_json:
            terminal.json([_as_data(user, store_id) for user in users])
        elif not users:
            terminal.say("users.none", store=store)
        else:
            columns = ("column.email", "column.name", "column.role", "column.made")
            rows = ((u.email, u.name, u.roles[store_id].value, f"{u.created_at:%Y-%m-%d}") for u in users)
            terminal.table(columns, rows)

    asyncio.run(run())


def role(
    context: typer.Context,
    email: EmailArgument,
    new: Annotated[Role, typer.Argument(metavar="ROLE", help="option.role", show_default=False)],
    store: StoreOption,
) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            user = await app.users.of_email(email)
            await app.users.set_role(StoreId(store), user.id, new)
        terminal.say("users.role_set", style="green", email=user.email, role=new.value, store=store)

    asyncio.run(run())


def remove(context: typer.Context, email: EmailArgument, store: StoreOption) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            user = await app.users.of_email(email)
            await app.users.remove(StoreId(store), user.id)
        terminal.say("users.removed", style="green", email=user.email, store=store)

    asyncio.run(run())


def password(context: typer.Context, email: EmailArgument, password_stdin: StdinOption = False) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            user = await app.users.of_email(email)
            await app.users.set_password(user.id, _password(terminal, from_stdin=password_stdin))
        terminal.say("users.password_set", style="green", email=user.email)

    asyncio.run(run())


async def _known(app: Application, email: str) -> bool:
    """Whether somebody has a password here already, be it for another store."""
    try:
        return bool(await app.users.of_email(email))
    except NotFound:
        return False


def _password(terminal: Terminal, *, from_stdin: bool) -> str:
    """As typed twice, unseen; or the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidInput(
            "There is no terminal to type a password into: pipe it in, and add --password-stdin.",
            detail_zh="没有可以输入密码的终端：请用管道传入，并加上 --password-stdin。",
        )
    typed: str = typer.prompt(terminal.text("users.type_password"), hide_input=True, confirmation_prompt=True)
    return typed


def _as_data(user: User, store_id: StoreId) -> dict[str, Any]:
    return {
        "user": user.id,
        "email": user.email,
        "name": user.name,
        "store": store_id,
        "role": user.roles[store_id].value,
        "created_at": user.created_at.isoformat(),
    }
