"""What each command does. The names of texts stand where help is given; `app` puts the texts there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.explaining import Reader
from assistant.cli.explaining import show as show_explanation
from assistant.cli.importing import progress_bars, report_as_data, show_report
from assistant.cli.logs import configure_logs
from assistant.cli.serving import listen, run_server, url_of
from assistant.cli.terminal import Terminal
from assistant.domain.errors import InvalidInput, NotFound
from assistant.domain.evidence import Scope
from assistant.domain.explanation import Asked, Line
from assistant.domain.ids import ConversationId, ProductId, StoreId, VersionId
from assistant.domain.store import Store
from assistant.settings import Settings

# What a command works with is imported when it runs: models take seconds to load, and --help should not wait for them.
if TYPE_CHECKING:
    from assistant.bootstrap import Application
    from knowledge.versions import PackVersion

DEMO = StoreId("demo")

StoreOption = Annotated[str, typer.Option("--store", "-s", help="option.store", show_default=False)]
NewStoreOption = Annotated[str, typer.Option("--store", "-s", help="option.new_store", show_default=False)]
ProductOption = Annotated[str | None, typer.Option("--product", "-p", help="option.product")]
LanguageOption = Annotated[str | None, typer.Option("--language", "-l", help="option.language")]
JsonOption = Annotated[bool, typer.Option("--json", help="option.json")]
HostOption = Annotated[str | None, typer.Option("--host", help="option.host")]
PortOption = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="option.port")]


def demo(context: typer.Context, host: HostOption = None, port: PortOption = None) -> None:
    terminal: Terminal = context.obj
    asyncio.run(_serve(terminal, _settings(host, port), demo=True))


def serve(context: typer.Context, host: HostOption = None, port: PortOption = None) -> None:
    terminal: Terminal = context.obj
    asyncio.run(_serve(terminal, _settings(host, port), demo=False))


def import_store(
    context: typer.Context,
    location: Annotated[str, typer.Argument(metavar="PATH", help="option.location", show_default=False)],
    store: NewStoreOption,
    as_json: JsonOption = False,
) -> None:
    from knowledge.versions import check_store_id

    terminal: Terminal = context.obj
    check_store_id(StoreId(store))  # before models are loaded

    async def run() -> None:
        async with opened() as app:
            await _import(terminal, app, location, StoreId(store), as_json=as_json)

    asyncio.run(run())


def ask(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="option.text", show_default=False)],
    store: StoreOption,
    product: ProductOption = None,
    language: LanguageOption = None,
    trace: Annotated[bool, typer.Option("--trace", help="option.trace")] = False,
    as_json: JsonOption = False,
) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            shown = await _product(app, StoreId(store), product)
            answer = await app.ask(StoreId(store), text, product_id=shown, language=language)
        if as_json:
            from assistant.api.schemas import ReplyView

            reply = ReplyView.model_validate(answer.reply).model_dump(mode="json")
            terminal.json({"reply": reply, **({"trace": answer.trace} if trace else {})})
            return
        terminal.reply(answer.reply)
        if trace:
            terminal.json(answer.trace)

    asyncio.run(run())


def explain(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="option.message", show_default=False)],
    store: StoreOption,
    product: ProductOption = None,
    before: Annotated[list[str] | None, typer.Option("--before", "-b", help="option.before")] = None,
    reader: Annotated[Reader | None, typer.Option("--lang", "-l", help="option.reader")] = None,
    as_json: JsonOption = False,
) -> None:
    from assistant.api.explanations import explained_view

    terminal: Terminal = context.obj
    said = [*(before or []), text]
    if not all(line.strip() for line in said):
        raise InvalidInput("The message is empty; write what a shopper would.")

    async def run() -> None:
        async with opened() as app:
            shown = ProductId(product) if product else None
            explained = await app.rehearsal.explain(
                Asked(StoreId(store), text, shown, before=tuple(map(Line, said[:-1])))
            )
        view = explained_view(text, explained)
        if as_json:
            terminal.json(view.model_dump(mode="json"))
        else:
            show_explanation(terminal.speaking(reader or terminal.language), view, explained)

    asyncio.run(run())


def chat(
    context: typer.Context, store: StoreOption, product: ProductOption = None, language: LanguageOption = None
) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            known = await app.stores.get(StoreId(store))
            shown = await _product(app, known.id, product)
            spoken = language or (terminal.language if terminal.language in known.languages else known.default_language)
            await _converse(terminal, app, known, shown, spoken)

    asyncio.run(run())


def stores(context: typer.Context, as_json: JsonOption = False) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            known = [(store, app.versions.published(store.id)) for store in await app.stores.all()]
        rows: list[dict[str, Any]] = [
            {
                "store": store.id,
                "name": store.name.in_language(terminal.language),
                "languages": list(store.languages),
                "version": published.scope.version_id if published else None,
            }
            for store, published in known
        ]
        if as_json:
            terminal.json(rows)
        elif not rows:
            terminal.say("stores.none")
        else:
            columns = ("column.store", "column.name", "column.languages", "column.version")
            terminal.table(
                columns,
                ([row["store"], row["name"], ", ".join(row["languages"]), row["version"] or "–"] for row in rows),
            )

    asyncio.run(run())


def versions(context: typer.Context, store: StoreOption, as_json: JsonOption = False) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            await app.stores.get(StoreId(store))
            published, kept = app.versions.published(StoreId(store)), app.versions.kept(StoreId(store))
        current = published.scope if published else None
        if as_json:
            terminal.json([_version_as_data(version, version.scope == current) for version in kept])
        elif not kept:
            terminal.say("versions.none", store=store)
        else:
            columns = ("column.version", "column.published", "column.built", "column.entries")
            terminal.table(columns, (_version_row(version, version.scope == current) for version in kept))

    asyncio.run(run())


def rollback(
    context: typer.Context,
    store: StoreOption,
    to: Annotated[str | None, typer.Option("--to", help="option.to")] = None,
    as_json: JsonOption = False,
) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            known = await app.stores.get(StoreId(store))
            if to is None:
                scope = app.versions.roll_back(known.id).scope
            else:
                scope = Scope(known.id, VersionId(to))
                app.versions.publish(scope)
        if as_json:
            terminal.json({"store": scope.store_id, "version": scope.version_id})
        else:
            terminal.say("rollback.done", style="green", store=scope.store_id, version=scope.version_id)

    asyncio.run(run())


@asynccontextmanager
async def opened(settings: Settings | None = None, *, log_level: str = "warning") -> AsyncIterator[Application]:
    """The application of the environment's settings, for one command."""
    from assistant.bootstrap import application

    configure_logs(log_level)
    async with application(settings or Settings()) as app:
        yield app


def _settings(host: str | None, port: int | None) -> Settings:
    """The environment's settings, with what was said on the command line in its place."""
    said = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    return Settings().model_copy(update=said)


async def _serve(terminal: Terminal, settings: Settings, *, demo: bool) -> None:
    with listen(settings.host, settings.port) as listening:
        if demo:
            terminal.note("demo.checking")
        async with opened(settings, log_level="warning" if demo else settings.log_level.value) as app:
            if demo:
                with as_file(files("knowledge") / "packs" / "demo") as folder:
                    if app.versions.published(DEMO) is None:
                        terminal.note("demo.first")
                        await app.embedder.take(folder / "embeddings.npz")
                    await _import(terminal, app, str(folder), DEMO, quiet=True)
            elif not await app.stores.all():
                terminal.note("stores.none", style="yellow")

            url = url_of(listening)

            def announce() -> None:
                terminal.say("serve.open" if demo else "serve.ready", style="bold green", url=url + "/demo" * demo)
                terminal.note("serve.stop")

            await run_server(_http(app, demo=demo), listening, settings, announce)


def _http(app: Application, *, demo: bool) -> Any:
    from assistant.api.serving import serve_application
    from assistant.api.stay import csrf_token, stay_token
    from assistant.cli.explaining import reasons_in_words
    from assistant.console.mount import mount_console

    try:
        http = serve_application(app, demo=demo)
        services = http.state.services
        mount_console(
            http,
            app,
            stay_token=lambda request: stay_token(request, services),
            csrf_token=csrf_token,
            explainer=reasons_in_words,
        )
        return http
    except ValueError as error:  # the key file does not hold a key
        raise InvalidInput(str(error)) from error


async def _import(
    terminal: Terminal,
    app: Application,
    location: str,
    store_id: StoreId,
    *,
    as_json: bool = False,
    quiet: bool = False,
) -> None:
    """Import and report; with `quiet` only what was not taken is told."""
    with progress_bars(terminal) as progress:
        report = await app.import_store(location, store_id, progress)
    if as_json:
        terminal.json(report_as_data(store_id, report))
    elif not quiet or report.refused or report.remarked:
        show_report(terminal, store_id, report)


async def _converse(
    terminal: Terminal, app: Application, store: Store, product: ProductId | None, language: str
) -> None:
    terminal.note("chat.welcome", store=store.name.in_language(language))
    terminal.reply((await app.dispatcher.greet(store, language)).reply)
    conversation_id: ConversationId | None = None
    while (text := terminal.line("chat.prompt")) is not None and text not in ("/quit", "/exit"):
        if text:
            answer = await app.ask(
                store.id, text, product_id=product, language=language, conversation_id=conversation_id
            )
            conversation_id = answer.conversation_id
            terminal.reply(answer.reply)


async def _product(app: Application, store_id: StoreId, product: str | None) -> ProductId | None:
    """The product that was named, so that a slip in its id is told here. Raises NotFound, NotReady."""
    await app.stores.get(store_id)
    scope = await app.knowledge.published(store_id)
    if product and await app.knowledge.product(scope, ProductId(product)) is None:
        raise NotFound(f"Store {store_id} has no product {product}.", store_id=store_id, product_id=product)
    return ProductId(product) if product else None


def _version_row(version: PackVersion, published: bool) -> tuple[str, str, str, str]:
    built = version.built_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return version.scope.version_id, "✓" if published else "", built, f"{sum(version.counts.values()):,}"


def _version_as_data(version: PackVersion, published: bool) -> dict[str, Any]:
    return {
        "version": version.scope.version_id,
        "published": published,
        "built_at": version.built_at.isoformat(timespec="seconds"),
        "counts": dict(version.counts),
        "embedder": version.embedder,
    }
