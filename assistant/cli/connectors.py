"""`storebot connector`: whether a connector to a merchant's system keeps to what it has to."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.commands import JsonOption
from assistant.cli.logs import configure_logs
from assistant.cli.terminal import Terminal

if TYPE_CHECKING:
    from assistant.domain.backend import StoreBackend
    from connectors.conformance import Finding

_MARKS = {"kept": "✓", "broken": "✗", "left_out": "–"}


def check(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="PATH", help="option.store_folder", show_default=False)],
    cases: Annotated[Path | None, typer.Option("--cases", help="option.cases")] = None,
    write: Annotated[bool, typer.Option("--write", help="option.check_write")] = False,
    as_json: JsonOption = False,
) -> None:
    terminal: Terminal = context.obj
    configure_logs("warning")
    findings = asyncio.run(_examine(folder, cases, write=write))
    if as_json:
        terminal.json([_as_data(finding, terminal.language) for finding in findings])
    else:
        columns = ("column.verdict", "column.check", "column.detail")
        terminal.table(columns, (_row(terminal, finding) for finding in findings))
        counts = {name: sum(finding.verdict == name for finding in findings) for name in _MARKS}
        style = "bold red" if counts["broken"] else "green"
        terminal.say("check.broken" if counts["broken"] else "check.kept", style=style, **counts)
    if any(finding.verdict == "broken" for finding in findings):
        raise typer.Exit(1)


async def _examine(folder: Path, cases: Path | None, *, write: bool) -> list[Finding]:
    """What the connector itself keeps goes to a folder that is gone afterwards; what it tells a real system stays."""
    from assistant.bootstrap import system_folder, system_of_folder
    from connectors.conformance import CASES, Subject, examine, read_cases

    place = cases or await asyncio.to_thread(system_folder, folder) / CASES
    told = read_cases(place.parent, place.name).named(writes=write)
    with TemporaryDirectory(prefix="storebot-check-") as data:
        async with AsyncExitStack() as stack:

            async def opened() -> StoreBackend:
                return await stack.enter_async_context(system_of_folder(folder, Path(data)))

            async def reopened() -> StoreBackend:
                await stack.aclose()
                return await opened()

            subject = Subject(await opened(), reopened=reopened, **told)
            return [finding async for finding in examine(subject)]


def _row(terminal: Terminal, finding: Finding) -> tuple[str, str, str]:
    detail = finding.text.in_language(terminal.language) if finding.text else ""
    if finding.missing:
        detail = terminal.text("check.needs", names=", ".join(finding.missing))
    return _MARKS[finding.verdict.value], finding.check.title.in_language(terminal.language), detail


def _as_data(finding: Finding, language: str) -> dict[str, Any]:
    return {
        "check": finding.check.name,
        "title": finding.check.title.in_language(language),
        "verdict": finding.verdict.value,
        "detail": finding.text.in_language(language) if finding.text else None,
        "needs": list(finding.missing),
    }
