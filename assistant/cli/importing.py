"""An import as the terminal shows it: a bar while it runs, then what was taken and what was not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assistant.cli.terminal import Terminal, plain
from assistant.domain.packs import Refusal

if TYPE_CHECKING:
    from knowledge.ingest import ImportReport
    from knowledge.ingest import Progress as Step

ROWS_SHOWN = 20


@contextmanager
def progress_bars(terminal: Terminal) -> Iterator[Callable[[Step], None]]:
    """A bar for each stage of an import, on stderr; a line for each where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal.err, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(terminal.text(f"stage.{step.stage}"), total=step.total)
                if not terminal.err.is_terminal:
                    terminal.note(f"stage.{step.stage}")
            bars.update(tasks[step.stage], completed=step.done, total=step.total)

        yield show


def show_report(terminal: Terminal, store_id: str, report: ImportReport) -> None:
    """What was taken, by kind, and tables of what was refused and remarked on, with file, row and reason."""
    name = "import.unchanged" if report.unchanged else "import.done"
    terminal.say(name, style="green", store=store_id, version=report.version_id, seconds=f"{report.seconds:.1f}")
    counts = ((terminal.text_or(f"kind.{kind}", kind), f"{count:,}") for kind, count in report.accepted.items())
    terminal.table(("column.kind", "column.count"), counts)
    if not report.refused:
        terminal.say("import.none_refused")
    _show_rows(terminal, "import.refused", report.refusals, report.refused)
    _show_rows(terminal, "import.remarks", report.remarks, report.remarked)


def report_as_data(store_id: str, report: ImportReport) -> dict[str, Any]:
    """The report for programs. Remarks are on rows that were taken."""
    return {
        "store": store_id,
        "version": report.version_id,
        "unchanged": report.unchanged,
        "accepted": report.accepted,
        "refused": report.refused,
        "refusals": [_row_as_data(refusal) for refusal in report.refusals],
        "remarked": report.remarked,
        "remarks": [_row_as_data(remark) for remark in report.remarks],
        "embedded": report.embedded,
        "cached": report.cached,
        "seconds": round(report.seconds, 3),
    }


def _row_as_data(row: Refusal) -> dict[str, Any]:
    return {"file": row.file, "row": row.row, "reason": row.reason}


def _show_rows(terminal: Terminal, title: str, rows: Sequence[Refusal], count: int) -> None:
    """The first of `count` rows, and how many more there are."""
    if not rows:
        return
    shown = (
        (refusal.file, str(refusal.row) if refusal.row else "–", _reason(terminal, refusal))
        for refusal in rows[:ROWS_SHOWN]
    )
    terminal.table(
        ("column.file", "column.row", "column.reason"), shown, title=plain(terminal.text(title, count=count))
    )
    if count > ROWS_SHOWN:
        terminal.say("import.more", count=count - ROWS_SHOWN)


def _reason(terminal: Terminal, refusal: Refusal) -> str:
    return refusal.text.in_language(terminal.language) if refusal.text else refusal.reason
