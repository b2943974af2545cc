"""`python -m evals.bench [PART ...]`: measure, show, and if wanted write down. Exit code 1: a promise is not kept."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from evals.bench import durability, imports, models, procedures, report, retrieval, start, turns
from evals.bench.machine import Machine, this_machine
from evals.bench.section import Section
from evals.bench.workspace import Workspace
from evals.program import PROJECT

_WIDTH = 140  # of tables that go to a file
BENCHMARKS = PROJECT / "docs" / "benchmarks.md"


class Part(StrEnum):
    IMPORTS = "imports"
    TURNS = "turns"
    PROCEDURES = "procedures"
    MODELS = "models"
    START = "start"
    RETRIEVAL = "retrieval"
    DURABILITY = "durability"


PARTS: dict[Part, Callable[[Workspace], Awaitable[Section]]] = {
    Part.IMPORTS: imports.measure,
    Part.TURNS: turns.measure,
    Part.PROCEDURES: procedures.measure,
    Part.MODELS: models.measure,
    Part.START: start.measure,
    Part.RETRIEVAL: retrieval.measure,
    Part.DURABILITY: durability.measure,
}


def main(
    parts: Annotated[
        list[Part] | None, typer.Argument(help="Which parts to run; all of them when none is named.")
    ] = None,
    small: Annotated[bool, typer.Option("--small", help="Small sizes, to try the bench out.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Write the tables into docs/benchmarks.md.")] = False,
) -> None:
    """Measure speed, size and durability on this machine. Nothing is downloaded; everything written is removed."""
    if small and record:
        raise typer.BadParameter("figures of small sizes are not recorded: leave out --small or --record")
    # A turn that fails ends the bench with its error; its log line would only say the same again.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    machine, console = this_machine(), Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(str(machine), highlight=False, soft_wrap=True)
    sections = asyncio.run(_measure(parts or list(Part), console, small=small))
    if json_file is not None:
        _write_json(json_file, machine, sections)
    if record:
        report.record(BENCHMARKS, sections, machine)
    sys.exit(not all(check.holds for section in sections for check in section.checks))


async def _measure(parts: Sequence[Part], console: Console, *, small: bool) -> list[Section]:
    sections = []
    with tempfile.TemporaryDirectory(prefix="storebot-bench-") as folder:
        workspace = Workspace(Path(folder), small=small)
        for part in dict.fromkeys(parts):
            section = await PARTS[part](workspace)
            report.show(section, console)
            sections.append(section)
    return sections


def _write_json(path: Path, machine: Machine, sections: Sequence[Section]) -> None:
    figures = {
        section.name: {"checks": [asdict(check) for check in section.checks], **section.data} for section in sections
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"machine": asdict(machine), **figures}, ensure_ascii=False, indent=2, default=str) + "\n", "utf-8"
    )


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app()
