"""`storebot procedure`: checking procedures as they are written, and changing those of a store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.commands import JsonOption, StoreOption, opened
from assistant.cli.terminal import Terminal
from assistant.domain.errors import InvalidInput
from assistant.domain.ids import StoreId
from assistant.domain.procedures import ProcedureFile

if TYPE_CHECKING:
    from assistant.domain.faults import Fault
    from assistant.domain.procedure_versions import KeptProcedure
    from assistant.procedures.shop_checks import Shop

BY = "cli"
FAULTY = 1  # exit code of a check that has found faults

PathArgument = Annotated[Path, typer.Argument(metavar="PATH", help="option.procedures", show_default=False)]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="option.procedure_file", show_default=False)]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="option.procedure", show_default=False)]
CheckedStore = Annotated[str | None, typer.Option("--store", "-s", help="option.check_store", show_default=False)]
VersionOption = Annotated[str | None, typer.Option("--version", help="option.procedure_version")]
ToOption = Annotated[str | None, typer.Option("--to", help="option.procedure_to")]


def check(context: typer.Context, path: PathArgument, store: CheckedStore = None, as_json: JsonOption = False) -> None:
    from assistant.procedures.files import check as checked

    terminal: Terminal = context.obj
    files, asked = _files(path)
    shop = asyncio.run(_shop(path, store))
    found = [fault for fault in checked(files, shop).faults if fault.file in asked]
    if as_json:
        terminal.json({"files": sorted(asked), "faults": [_fault(fault) for fault in found]})
    else:
        _show(terminal, len(asked), found)
        if not found and shop.operations is None:
            terminal.note("procedure.no_system")
    if found:
        raise typer.Exit(FAULTY)


def show_all(context: typer.Context, store: StoreOption, as_json: JsonOption = False) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            kept = await app.authoring.all(StoreId(store))
        if as_json:
            terminal.json([_as_data(each) for each in kept])
        elif not kept:
            terminal.say("procedure.none", store=store)
        else:
            columns = ("column.name", "column.state", "column.version", "column.changed", "column.by")
            terminal.table(columns, (_row(terminal, each) for each in kept))

    asyncio.run(run())


def show(
    context: typer.Context,
    name: NameArgument,
    store: StoreOption,
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            kept = await app.authoring.get(StoreId(store), name)
            versions = await app.authoring.versions(StoreId(store), name)
            shown = await app.authoring.version(StoreId(store), name, version) if version else kept.current
        if as_json:
            past = [{"version": each.version, "at": each.at.isoformat(), "by": each.by} for each in versions]
            terminal.json({**_as_data(kept), "text": shown.file.text, "versions": past})
        else:
            terminal.out.print(shown.file.text, soft_wrap=True, end="")
            for each in versions:
                terminal.note("procedure.version", version=each.version, day=f"{each.at:%Y-%m-%d %H:%M}", by=each.by)

    asyncio.run(run())


def put(context: typer.Context, file: FileArgument, store: StoreOption, as_json: JsonOption = False) -> None:
    from knowledge.folder import procedure_file

    terminal: Terminal = context.obj
    written = procedure_file(file, file.name)

    async def run() -> None:
        async with opened() as app:
            kept = await app.authoring.put(StoreId(store), written, by=BY)
        _changed(terminal, "procedure.put", kept, as_json=as_json)

    asyncio.run(run())


def enable(context: typer.Context, name: NameArgument, store: StoreOption, as_json: JsonOption = False) -> None:
    _switch(context.obj, name, store, enabled=True, as_json=as_json)


def disable(context: typer.Context, name: NameArgument, store: StoreOption, as_json: JsonOption = False) -> None:
    _switch(context.obj, name, store, enabled=False, as_json=as_json)


def rollback(
    context: typer.Context, name: NameArgument, store: StoreOption, to: ToOption = None, as_json: JsonOption = False
) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            kept = await app.authoring.roll_back(StoreId(store), name, to, by=BY)
        _changed(terminal, "procedure.put", kept, as_json=as_json)

    asyncio.run(run())


def delete(context: typer.Context, name: NameArgument, store: StoreOption, as_json: JsonOption = False) -> None:
    terminal: Terminal = context.obj

    async def run() -> None:
        async with opened() as app:
            await app.authoring.delete(StoreId(store), name, by=BY)
        if as_json:
            terminal.json({"name": name, "deleted": True})
        else:
            terminal.say("procedure.deleted", style="green", procedure=name)

    asyncio.run(run())


def _switch(terminal: Terminal, name: str, store: str, *, enabled: bool, as_json: bool) -> None:
    async def run() -> None:
        async with opened() as app:
            kept = await app.authoring.switch(StoreId(store), name, enabled=enabled, by=BY)
        _changed(terminal, "procedure.enabled" if enabled else "procedure.disabled", kept, as_json=as_json)

    asyncio.run(run())


def _changed(terminal: Terminal, text: str, kept: KeptProcedure, *, as_json: bool) -> None:
    if as_json:
        terminal.json(_as_data(kept))
    else:
        terminal.say(text, style="green", procedure=kept.name, version=kept.current.version)


def _files(path: Path) -> tuple[list[ProcedureFile], set[str]]:
    """The procedures at a path and beside it, which they may name, and the names of the files that are asked about."""
    from knowledge.folder import PROCEDURES, procedure_files

    if not path.exists():
        raise InvalidInput(f"There is nothing at {path}. Give a procedure's file, or a folder of them.")
    if path.is_dir():
        folder = path / PROCEDURES if (path / PROCEDURES).is_dir() else path
        files = list(procedure_files(folder, ""))
        if not files:
            raise InvalidInput(f"There is no .yaml file in {folder}.")
        return files, {file.file for file in files}
    beside = [file for file in procedure_files(path.absolute().parent, "") if _begins_one(file)]
    asked = next((file for file in beside if file.file == path.name), None)
    if asked is None:
        from knowledge.folder import procedure_file

        asked = procedure_file(path, path.name)
        beside.append(asked)
    return beside, {asked.file}


def _begins_one(file: ProcedureFile) -> bool:
    """Other YAML may lie in the same folder."""
    return any(line.startswith("procedure:") for line in file.text.splitlines())


async def _shop(path: Path, store: str | None) -> Shop:
    """What to check against: a store that was imported, else what a store folder says, and the intents of all."""
    from assistant.nlu.intents.definitions import load
    from assistant.procedures.shop_checks import Shop
    from knowledge.folder import SETTINGS, read_settings

    if store is not None:
        async with opened() as app:
            return await app.shops(StoreId(store))
    if (path / SETTINGS).is_file():
        languages = read_settings(path, StoreId("checked")).languages
        return Shop(languages, frozenset(item.name for item in load()))
    return Shop(intents=frozenset(item.name for item in load()))


def _show(terminal: Terminal, files: int, faults: Sequence[Fault]) -> None:
    if not faults:
        terminal.say("procedure.good", style="green", count=files)
        return
    rows = ((fault.file, str(fault.line or "–"), fault.text.in_language(terminal.language)) for fault in faults)
    terminal.table(("column.file", "column.row", "column.reason"), rows)
    terminal.say("procedure.faults", style="bold red", count=len(faults))


def _fault(fault: Fault) -> dict[str, Any]:
    english, chinese = fault.text.in_language("en"), fault.text.in_language("zh")
    return {"file": fault.file, "line": fault.line, "reason": english, "reason_zh": chinese}


def _row(terminal: Terminal, kept: KeptProcedure) -> tuple[str, ...]:
    state = terminal.text("procedure.on" if kept.enabled else "procedure.off")
    return (kept.name, state, kept.current.version, f"{kept.changed_at:%Y-%m-%d %H:%M}", kept.changed_by)


def _as_data(kept: KeptProcedure) -> dict[str, Any]:
    return {
        "name": kept.name,
        "enabled": kept.enabled,
        "version": kept.current.version,
        "changed_at": kept.changed_at.isoformat(),
        "changed_by": kept.changed_by,
    }
