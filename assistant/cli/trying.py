"""`storebot procedure try`: a conversation over the store's real records in which nothing is done."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.commands import JsonOption, LanguageOption, StoreOption, opened
from assistant.cli.terminal import Terminal
from assistant.domain.backend import ShopperRef
from assistant.domain.ids import StoreId

if TYPE_CHECKING:
    from assistant.domain.trial import Tried

SayOption = Annotated[list[str] | None, typer.Option("--say", help="option.try_say", show_default=False)]
ShopperOption = Annotated[str | None, typer.Option("--shopper", help="option.try_shopper", show_default=False)]


def try_out(
    context: typer.Context,
    store: StoreOption,
    say: SayOption = None,
    shopper: ShopperOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    terminal: Terminal = context.obj
    asyncio.run(_tried(terminal, store, say, ShopperRef(shopper) if shopper else None, language, as_json))


async def _tried(
    terminal: Terminal,
    store: str,
    lines: list[str] | None,
    shopper: ShopperRef | None,
    language: str | None,
    data: bool,
) -> None:
    from assistant.api.trials import tried_view

    async with opened() as app:
        trial = app.trials.open(StoreId(store), language=language, shopper=shopper)
        told: list[dict[str, Any]] = []
        given = iter(lines or ())
        while text := next(given, None) if lines else terminal.line(terminal.text("procedure.try_prompt")):
            tried = await trial.says(text)
            if data:
                told.append(tried_view(tried).model_dump(mode="json"))
            else:
                show(terminal, tried)
        if data:
            terminal.json(told)


def show(terminal: Terminal, tried: Tried) -> None:
    """A line, what each procedure made of it, what would be called, and the reply."""
    terminal.say("procedure.try_line", style="bold cyan", text=tried.text)
    if not tried.passed:
        terminal.say("procedure.try_none", style="dim")
    for passed in tried.passed:
        way = terminal.text(f"procedure.way.{passed.way}")
        terminal.say("procedure.try_way", style="bold", procedure=passed.procedure, way=way)
        for name, value in passed.slots.items():
            source = terminal.text("procedure.try_told" if name in passed.told else "procedure.try_before")
            terminal.say("procedure.try_slot", slot=name, value=_plain(value), source=source)
        for name, state in passed.rules.items():
            shown = terminal.text_or(f"procedure.rule_state.{state}", state)
            terminal.say("procedure.try_rule", rule=name, state=shown)
        if passed.waits_for:
            terminal.say("procedure.try_waits", slot=passed.waits_for)
    for plan in tried.plans:
        for call in plan.calls:
            arguments = _plain({**call.arguments, **call.later})
            terminal.say(
                "procedure.try_call",
                style="yellow",
                operation=call.operation,
                risk=call.risk.value,
                arguments=arguments,
            )
    terminal.reply(replace(tried.reply, evidence=()))  # the records are told above, by slot


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
