"""A calibration as the command line makes it, shows it and keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from assistant.cli.terminal import Terminal
from assistant.domain.errors import InvalidInput
from assistant.settings import Settings
from evals.calibrating import RISKS, Answers, Source, calibrate
from evals.cli.measuring import check_writable
from evals.files import replace_file
from evals.handing_over import Call, operating


def carry_out(
    terminal: Terminal,
    data: Sequence[Path],
    routing: Sequence[Path],
    stores: Sequence[str],
    *,
    out: Path | None,
    apply: bool,
) -> None:
    """Raises InvalidInput for options that do not go together, and for too few answers or conversations."""
    files = (*data, *routing)
    if not files:
        raise InvalidInput("Nothing to go by: give questions with --data, conversations with --routing, or both.")
    if len(stores) not in (1, len(files)):
        raise InvalidInput(
            f"{len(files)} files and {len(stores)} stores: give a --store for each --data, then for each --routing, or "
            "one for all."
        )
    if apply and len(stores) > 1:
        raise InvalidInput("--apply puts a calibration in force for one store: give one --store.")
    check_writable(out)
    of_each = stores if len(stores) == len(files) else [stores[0]] * len(files)
    sources = [Source(store, path) for store, path in zip(of_each, files, strict=True)]

    def tell(line: str) -> None:
        terminal.err.print(line, style="dim", soft_wrap=True)

    answers, conversations = sources[: len(data)], sources[len(data) :]
    made = asyncio.run(calibrate(answers, conversations, Settings(), apply=apply, tell=tell))
    if made.answers:
        _show_answers(terminal, made.answers)
    if made.calls:
        _show_calls(terminal, made.calls)
    if out is not None:
        replace_file(out, made.fitted.as_yaml())
    if apply and made.better:
        terminal.out.print(f"{stores[0]} goes by it from its next message on.", style="green")


def _show_answers(terminal: Terminal, made: Answers) -> None:
    judged, given = made.fitted.trial.asked, len(made.fitted.trial.right)
    terminal.out.print(
        f"{made.asked} questions, {judged} put to the evidence, {given} with something to give; held out in ten folds:"
    )
    rows = ((name, f"{before:.3f}", f"{now:.3f}") for name, (before, now) in made.figures().items())
    terminal.table(("figure", "before", "now"), rows)
    table = (
        (f"{at.at_most_wrong:.0%}", f"{at.threshold:.4f}", f"{at.answered:.3f}", f"{at.right:.3f}", f"{at.wrong:.3f}")
        for at in made.operating()
    )
    terminal.table(("at most wrong", "from probability", "answered", "right", "wrong"), table)
    kept = "fitted anew" if made.fitted.ranking else "left as it was: no order found more right answers first"
    terminal.out.print(f"The ranking was {kept}.", soft_wrap=True)
    if not made.better:
        terminal.out.print(
            "What there was before tells more of answers on questions held out; nothing of it was put in force.",
            soft_wrap=True,
        )


def _show_calls(terminal: Terminal, calls: Sequence[Call]) -> None:
    required, needless = sum(call.required for call in calls), sum(not call.allowed for call in calls)
    terminal.out.print(f"{len(calls)} conversations, {required} need a human, {needless} may have none:")
    table = (
        (f"{at.at_most_needless:.0%}", f"{at.threshold:.4f}", f"{at.found:.3f}", f"{at.needless:.3f}")
        for at in operating(calls, RISKS)
    )
    terminal.table(("at most needless", "from probability", "required found", "needless"), table)
