"""A calibration as the command line makes it, shows it and keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from assistant.cli.terminal import Terminal
from assistant.domain.errors import InvalidInput
from assistant.settings import Settings
from evals.calibrating import Calibrated, Source, calibrate
from evals.cli.measuring import check_writable
from evals.files import replace_file


def carry_out(
    terminal: Terminal, data: Sequence[Path], stores: Sequence[str], *, out: Path | None, apply: bool
) -> None:
    """Raises InvalidInput for options that do not go together, and for too few answers."""
    if len(data) != len(stores):
        raise InvalidInput(f"{len(data)} files and {len(stores)} stores: give a --store for each --data.")
    if apply and len(stores) > 1:
        raise InvalidInput("--apply puts a calibration in force for one store: give one --store and one --data.")
    check_writable(out)
    sources = [Source(store, path) for store, path in zip(stores, data, strict=True)]

    def tell(line: str) -> None:
        terminal.err.print(line, style="dim", soft_wrap=True)

    made = asyncio.run(calibrate(sources, Settings(), apply=apply, tell=tell))
    _show(terminal, made)
    if out is not None:
        replace_file(out, made.fitted.calibration.as_yaml())
    if apply and made.better:
        terminal.out.print(f"{stores[0]} goes by it from its next message on.", style="green")
    elif not made.better:
        terminal.out.print("What there was before tells more on questions held out; nothing was put in force.")


def _show(terminal: Terminal, made: Calibrated) -> None:
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
