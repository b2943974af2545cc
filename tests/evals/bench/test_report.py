from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from evals.bench.machine import this_machine
from evals.bench.report import record, show
from evals.bench.section import Check, Section, figure, percentile, table

PAGE = (
    "# Figures\nProse.\n<!-- figures: speed -->\nold\n<!-- end -->\nMore.\n<!-- figures: size -->\nkept\n<!-- end -->\n"
)
SPEED = Section(
    "speed",
    "Speed",
    "How fast it is.",
    (table(("what", "ms"), [("a turn", "7.5")], title="Milliseconds"),),
    (Check("a turn takes at most 5 ms", "7.5 ms", holds=False),),
)


def test_recording_replaces_the_block_of_the_section_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(PAGE, "utf-8")
    record(page, [SPEED], this_machine())
    once = page.read_text("utf-8")
    record(page, [SPEED], this_machine())
    assert page.read_text("utf-8") == once
    assert once.startswith("# Figures\nProse.\n<!-- figures: speed -->\n## Speed\n")
    assert once.endswith("<!-- end -->\nMore.\n<!-- figures: size -->\nkept\n<!-- end -->\n")
    assert "| a turn | 7.5 |" in once
    assert "- ✗ a turn takes at most 5 ms: **7.5 ms**" in once
    assert "old" not in once


def test_a_page_without_the_section_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("# Figures\n", "utf-8")
    with pytest.raises(ValueError, match="figures: speed"):
        record(page, [SPEED], this_machine())
    assert page.read_text("utf-8") == "# Figures\n"


def test_the_terminal_shows_tables_and_what_is_missed() -> None:
    out = io.StringIO()
    show(SPEED, Console(file=out, width=100))
    assert "a turn   7.5" in out.getvalue()
    assert "✗ a turn takes at most 5 ms: 7.5 ms" in out.getvalue()


def test_figures_are_named_with_the_machine_they_were_taken_on() -> None:
    machine = this_machine()
    assert machine.cores >= 1
    assert machine.memory_gb > 0
    assert machine.cpu
    assert machine.commit in str(machine)
    assert machine.date in str(machine)


@pytest.mark.parametrize(
    ("value", "written"),
    [(1234.5, "1,234"), (99.94, "99.9"), (7.456, "7.46"), (0.0123, "0.0123"), (0.0, "0"), (24, "24")],
)
def test_a_figure_has_the_digits_that_mean_something(value: float, written: str) -> None:
    assert figure(value) == written


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([1.0, 2.0, 3.0, 100.0], 0.5) == 3.0
    assert percentile(list(range(1, 101)), 0.95) == 96
    assert percentile([7.0], 0.95) == 7.0
