"""`storebot llm`: what a language model's endpoint can do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.commands import JsonOption
from assistant.cli.logs import configure_logs
from assistant.cli.terminal import Terminal
from assistant.domain.ids import StoreId

if TYPE_CHECKING:
    from assistant.llm.checking import Finding

_MARKS = {"works": "✓", "limited": "△", "fails": "✗"}


def check(
    context: typer.Context,
    store: Annotated[str | None, typer.Option("--store", help="option.llm_store", show_default=False)] = None,
    as_json: JsonOption = False,
) -> None:
    terminal: Terminal = context.obj
    configure_logs("error")
    from assistant.bootstrap import examine_models
    from assistant.settings import Settings

    place, findings = asyncio.run(examine_models(Settings(), StoreId(store) if store else None))
    fails = any(finding.verdict == "fails" for finding in findings)
    if as_json:
        terminal.json({"endpoint": place, "findings": [_as_data(terminal, finding) for finding in findings]})
    else:
        terminal.say("llm.endpoint", endpoint=place)
        columns = ("column.verdict", "column.check", "column.detail")
        terminal.table(columns, (_row(terminal, finding) for finding in findings))
        limited = any(finding.verdict == "limited" for finding in findings)
        name = "llm.broken" if fails else "llm.limited" if limited else "llm.fine"
        terminal.say(name, style="bold red" if fails else "yellow" if limited else "green")
    if fails:
        raise typer.Exit(1)


def _row(terminal: Terminal, finding: Finding) -> tuple[str, str, str]:
    return _MARKS[finding.verdict.value], terminal.text(f"llm.check.{finding.check}"), _words(terminal, finding)


def _words(terminal: Terminal, finding: Finding) -> str:
    """What came of it, what that means, and what to do about it."""
    figures = []
    if finding.check == "speed" and finding.milliseconds is not None:
        figures.append(terminal.text("llm.first", seconds=f"{finding.milliseconds / 1000:.2f}"))
    if finding.tokens_a_second is not None:
        figures.append(terminal.text("llm.rate", tokens=f"{finding.tokens_a_second:.0f}"))
    means = terminal.text_or(f"llm.means.{finding.check}.{finding.reason or finding.verdict.value}", "")
    if not means and finding.verdict == "fails":
        means = terminal.text(f"llm.means.{finding.check}.fails")
    todo = terminal.text_or(f"llm.do.{finding.reason}", "")
    detail = finding.detail if finding.verdict != "works" else ""
    return "\n".join(part for part in (" ".join(figures), means, detail, todo) if part)


def _as_data(terminal: Terminal, finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "verdict": finding.verdict.value,
        "reason": finding.reason or None,
        "first_token_ms": finding.milliseconds if finding.check == "speed" else None,
        "tokens_a_second": finding.tokens_a_second,
        "detail": finding.detail or None,
        "says": _words(terminal, finding),
    }
