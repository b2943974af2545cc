"""Sections for people: in the terminal, and as Markdown in `docs/benchmarks.md`, one marked block a part."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from evals.bench.machine import Machine
from evals.bench.section import Section, Table

_LINE = 140


def show(section: Section, console: Console) -> None:
    console.print()
    console.rule(Text(section.title, style="bold"), align="left")
    console.print(Text(section.about, style="dim"))
    for part in section.tables:
        grid = RichTable(box=box.SIMPLE_HEAD, title=part.title or None, title_justify="left", pad_edge=False)
        for place, column in enumerate(part.columns):
            grid.add_column(column, justify="right" if place else "left")
        for row in part.rows:
            grid.add_row(*row)
        console.print(grid)
    for check in section.checks:
        mark = Text("✓ ", style="green") if check.holds else Text("✗ ", style="bold red")
        console.print(mark + Text(f"{check.promise}: {check.measured}"), soft_wrap=True)


def record(path: Path, sections: Iterable[Section], machine: Machine) -> None:
    """Puts the sections into the blocks of `path` that carry their names; everything else stays as it is.

    Raises ValueError where a block is missing.
    """
    text = path.read_text("utf-8")
    for section in sections:
        block = re.search(rf"<!-- figures: {section.name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
        if block is None:
            raise ValueError(f"{path} has no block <!-- figures: {section.name} --> ... <!-- end -->; add one")
        text = text[: block.start(1)] + _markdown(section, machine) + text[block.end(1) :]
    path.write_text(text, "utf-8")


def _markdown(section: Section, machine: Machine) -> str:
    lines = [f"## {section.title}", textwrap.fill(section.about, _LINE), ""]
    for part in section.tables:
        lines += [*([f"**{part.title}**", ""] if part.title else []), *_rows(part), ""]
    lines += [f"- {'✓' if check.holds else '✗'} {check.promise}: **{check.measured}**" for check in section.checks]
    lines += ["", f"_{machine}_", ""]
    return "\n".join(lines)


def _rows(part: Table) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    return [line(part.columns), line(["---", *["---:"] * (len(part.columns) - 1)]), *map(line, part.rows)]
