"""Reports of runs for people: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from evals.cases import Verdict
from evals.files import replace_file
from evals.results import RunResult
from evals.statistics.comparison import Comparison


def write(result: RunResult, comparison: Comparison | None, path: Path) -> None:
    """Writes the report of a run, with what changed where there is a comparison. Raises OSError."""
    figures = [
        (name, f"{value:.4g}", " to ".join(f"{bound:.4g}" for bound in result.intervals.get(name, ())))
        for name, value in result.figures.items()
    ]
    failed = [
        (outcome.case_id, outcome.verdict.value, outcome.note, outcome.expected)
        for outcome in result.outcomes
        if outcome.verdict is not Verdict.RIGHT
    ]
    parts = [_table("Figures", ("figure", "value", "95 % interval"), figures)]
    if comparison is not None:
        changes = [(each.name, f"{each.difference:+.4g}", each.finding) for each in comparison.figures]
        moved = [(each.case_id, each.before, each.now) for each in (*comparison.broke, *comparison.better)]
        parts.append(_table("Against the baseline", ("figure", "difference", "finding"), changes))
        parts.append(_table("Cases that came out otherwise", ("case", "before", "now"), moved))
    parts.append(_table("Cases that are not right", ("case", "verdict", "note", "expected"), failed))
    title = escape(f"{result.suite}, {result.environment.commit}")
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
    replace_file(path, page + "".join(parts) + "</html>\n")


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<h2>{escape(title)}</h2><table><tr>{head}</tr>{body}</table>"
