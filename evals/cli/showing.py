"""What the terminal shows of results, comparisons and gates. Data goes to stdout, remarks to stderr."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.text import Text

from assistant.cli.terminal import Terminal, plain
from evals.cases import Fault, Verdict
from evals.figures import Figure
from evals.gate import Ruling
from evals.results import RunResult
from evals.statistics import CaseChange, Comparison, FigureChange
from evals.suites.suite import Refused

_CASES_SHOWN = 20
_CRASHES_SHOWN = 5


def show_result(terminal: Terminal, known: Mapping[str, Figure], result: RunResult) -> None:
    """The figures with their intervals, how the cases came out, and the first crashes."""
    rows = []
    for name, value in result.figures.items():
        unit = known[name].unit
        interval = " to ".join(shown_value(bound, unit) for bound in result.intervals.get(name, ()))
        rows.append((name, shown_value(value, unit), interval, unit))
    terminal.table(("figure", "value", "95 % interval", "unit"), rows)
    missing = [name for name in known if name not in result.figures]
    if missing:
        _print(terminal, f"Not defined in this run: {', '.join(missing)}", "dim")
    verdicts = Counter(outcome.verdict for outcome in result.outcomes)
    _print(terminal, ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.most_common()))
    faults = sum(outcome.fault is Fault.SIMULATOR for outcome in result.outcomes)
    if faults:
        _print(terminal, f"{faults:,} of these are the simulated shopper's fault", "yellow")
    crashes = [outcome for outcome in result.outcomes if outcome.verdict is Verdict.CRASHED]
    for outcome in crashes[:_CRASHES_SHOWN]:
        place = result.places.get(outcome.case_id, "")
        _print(terminal, f"✗ {outcome.case_id} ({place}) crashed: {outcome.note}", "red")
    if len(crashes) > _CRASHES_SHOWN:
        _print(terminal, f"and {len(crashes) - _CRASHES_SHOWN:,} more crashed", "red")


def show_comparison(terminal: Terminal, known: Mapping[str, Figure], comparison: Comparison) -> None:
    """Warnings, each figure's change, and the cases that came out otherwise, those that broke first."""
    for warning in comparison.warnings:
        terminal.err.print(Text(plain(f"Mind: {warning}."), style="yellow"), soft_wrap=True)
    columns = ("figure", "baseline", "now", "difference", "95 % interval", "p", "cases +/-", "finding")
    title = f"Against the baseline, on the {comparison.cases:,} cases of both runs"
    rows = (_change_row(change, known[change.name].unit) for change in comparison.figures)
    terminal.table(columns, rows, title=title)
    _show_cases(terminal, "broke", comparison.broke, "red")
    _show_cases(terminal, "got better", comparison.better, "green")
    for ids, what in ((comparison.new, "of this run only"), (comparison.gone, "of the baseline only")):
        if ids:
            _print(terminal, f"{_counted(len(ids), 'case')} {what}: {_listed(ids)}", "dim")


def show_rulings(terminal: Terminal, known: Mapping[str, Figure], rulings: Sequence[Ruling]) -> None:
    """Each demand of the gate, with the figure's value and whether it holds."""
    for ruling in rulings:
        unit = known[ruling.figure].unit
        value = shown_value(ruling.value, unit) if ruling.value is not None else "not defined"
        mark, style = ("✓", "green") if ruling.holds else ("✗", "bold red")
        _print(terminal, f"{mark} {ruling.figure} is {value}: {ruling.demand}", style)
    if rulings:
        holds = all(ruling.holds for ruling in rulings)
        _print(terminal, f"The gate {'holds' if holds else 'does not hold'}.", "green" if holds else "bold red")


def show_faults(terminal: Terminal, faults: Sequence[Refused]) -> None:
    """All that is wrong with a file: on stderr, a line each, as compilers do."""
    for fault in faults:
        place = str(fault.place) if fault.place.line else fault.place.file
        terminal.err.print(Text(plain(f"{place}: {fault.reason}")), soft_wrap=True)
    terminal.fail(f"{_counted(len(faults), 'fault')}; nothing was run.")


def show_suites(terminal: Terminal, suites: Mapping[str, str]) -> None:
    terminal.table(("suite", "figures"), suites.items())


def show_checked(terminal: Terminal, cases: int, files: int) -> None:
    _print(terminal, f"{_counted(cases, 'case')} in {_counted(files, 'file')}, no fault", "green")


def _show_cases(terminal: Terminal, what: str, changes: Sequence[CaseChange], style: str) -> None:
    if not changes:
        return
    _print(terminal, f"{_counted(len(changes), 'case')} {what}:", style)
    by_weight = sorted(changes, key=lambda change: change.before == change.now)  # those of another verdict first
    for change in by_weight[:_CASES_SHOWN]:
        _print(terminal, f"  {change.case_id}: {change.before} → {change.now} ({', '.join(change.figures)})")
    if len(changes) > _CASES_SHOWN:
        _print(terminal, f"  and {len(changes) - _CASES_SHOWN:,} more", "dim")


def _change_row(change: FigureChange, unit: str) -> tuple[str, ...]:
    interval = " to ".join(_signed(bound, unit) for bound in change.interval or ())
    return (
        change.name,
        shown_value(change.baseline, unit),
        shown_value(change.now, unit),
        _signed(change.difference, unit),
        interval,
        f"{change.p_value:.3f}" if change.p_value is not None else "",
        f"+{change.gained} -{change.lost}" if change.gained or change.lost else "",
        change.finding,
    )


def shown_value(value: float, unit: str = "") -> str:
    """Counts whole, shares and the like with three places, large numbers with one."""
    if unit and value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3f}"


def _signed(value: float, unit: str) -> str:
    return ("+" if value >= 0 else "") + shown_value(value, unit)


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_CASES_SHOWN]) + (", ..." if len(ids) > _CASES_SHOWN else "")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _print(terminal: Terminal, text: str, style: str = "") -> None:
    terminal.out.print(Text(plain(text), style=style), soft_wrap=True)
