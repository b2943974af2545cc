"""`storebot explain`: how a message is read and why it is answered as it is, for merchants to read."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from assistant.cli.terminal import Terminal, plain
from assistant.console.reasons import Looked, Matter, Reasons, Row

if TYPE_CHECKING:
    from assistant.api.explanations import CandidateView, ClauseView, ExplanationView, MatterView, NamedProduct
    from assistant.domain.explanation import Explained

_NEAR, _NEARER = 0.0, 1.0  # standard deviations of likeness in meaning
_ENDS = ("？", "?", "！", "!", "。")
_LEAST_SHOWN = 0.01  # probability of an intent beside the first


class Reader(StrEnum):
    """In whose language it is explained."""

    ZH = "zh"
    EN = "en"


def show(terminal: Terminal, view: ExplanationView, explained: Explained) -> None:
    """The message, each thing it asks with what spoke for its answer, and the reply with its evidence."""
    reasons = told(terminal, view)
    _heading(terminal, terminal.text("explain.message"), view.text)
    _grid(terminal, reasons.message)
    for matter in reasons.matters:
        _heading(terminal, matter.title or terminal.text("explain.reading"), matter.said)
        _grid(terminal, matter.rows)
        if matter.looked:
            _candidates(terminal, matter.looked)
        _grid(terminal, (matter.why,))
    _heading(terminal, terminal.text("explain.reply"))
    terminal.reply(explained.reply)
    for dropped in reasons.dropped:
        terminal.out.print(plain(dropped), style="yellow", soft_wrap=True)
    terminal.say("explain.time", style="dim", milliseconds=f"{sum(view.milliseconds.values()):.0f}")


def reasons_in_words(text: str, explained: Explained, language: str) -> Reasons:
    """As `show` tells them, for pages."""
    from assistant.api.explanations import explained_view

    return told(Terminal(language), explained_view(text, explained))


def told(terminal: Terminal, view: ExplanationView) -> Reasons:
    """The explanation in the terminal's language."""
    message = (
        ("explain.language", terminal.text_or(f"explain.language.{view.language}", view.language)),
        ("explain.mood", _mood(terminal, view)),
        *_clauses(terminal, view.clauses),
    )
    several = len(view.matters) > 1
    return Reasons(
        _rows(terminal, *message),
        tuple(_matter(terminal, matter, number if several else 0) for number, matter in enumerate(view.matters, 1)),
        tuple(terminal.text("explain.unsupported", part=part) for part in view.unsupported),
        terminal.text("explain.evidence"),
    )


def _rows(terminal: Terminal, *rows: tuple[str, str]) -> tuple[Row, ...]:
    return tuple(Row(terminal.text(name) if name else "", value) for name, value in rows)


def _matter(terminal: Terminal, matter: MatterView, number: int) -> Matter:
    """number: 0 where the message asks one thing only."""
    route = terminal.text_or(f"explain.route.{matter.route}", matter.route)
    rule = terminal.text_or(f"explain.rule.{matter.rule}", matter.rule)
    rows = [
        ("explain.intent", _intents(terminal, matter)),
        ("explain.route", terminal.text("explain.because", what=route, why=rule)),
    ]
    if matter.products:
        rows.append(("explain.about", terminal.text("explain.separator").join(map(_product, matter.products))))
    if matter.choices:
        rows.append(("explain.choices", terminal.text("explain.separator").join(matter.choices)))
    if matter.resolved and matter.route in ("answer", "clarify", "recommend"):
        rows.append(("explain.resolved", matter.resolved))
    best = matter.why == "best_evidence"
    looked = [
        Looked(
            _percent(candidate.probability),
            _titled(terminal, candidate),
            candidate.source,
            _signals(terminal, candidate),
            candidate.taken,
            best and place == 0,
        )
        for place, candidate in enumerate(matter.candidates)
    ]
    return Matter(
        terminal.text("explain.matter", number=number) if number else "",
        matter.said if number else "",
        _rows(terminal, *rows),
        tuple(looked),
        Row(terminal.text("explain.why"), _why(terminal, matter)),
    )


def _product(product: NamedProduct) -> str:
    return f"{product.name} ({product.id})"


def _intents(terminal: Terminal, matter: MatterView) -> str:
    shown = [item for place, item in enumerate(matter.intents) if place == 0 or item.probability >= _LEAST_SHOWN]
    words = (f"{_label(terminal, item.label) or item.name} {_percent(item.probability)}" for item in shown)
    taken = next((item for item in matter.intents if item.name == matter.intent), None)
    line = terminal.text("explain.separator").join(words)
    return (
        line
        if taken is shown[0]
        else terminal.text("explain.taken_for", likely=line, intent=_label(terminal, matter.intent_label))
    )


def _label(terminal: Terminal, label: dict[str, str]) -> str:
    return label.get(terminal.language) or next(iter(label.values()), "")


def _mood(terminal: Terminal, view: ExplanationView) -> str:
    mood = terminal.text_or(f"explain.mood.{view.mood.level}", view.mood.level)
    if view.mood.course == "steady":
        return mood
    return f"{mood}{terminal.text('explain.separator')}{terminal.text_or(f'explain.course.{view.mood.course}', '')}"


def _clauses(terminal: Terminal, clauses: list[ClauseView]) -> list[tuple[str, str]]:
    """A row a clause: what it is, and the values read from it; one plain clause says nothing new."""
    rows: list[tuple[str, str]] = []
    for clause in clauses:
        kind = terminal.text_or(f"explain.kind.{clause.kind}", clause.kind)
        found = [
            *(terminal.text("explain.condition", text=text) for text in clause.conditions),
            *(_slot(terminal, slot.name, slot.text, slot.value) for slot in clause.slots),
        ]
        known = {slot.text for slot in clause.slots}
        found += [
            terminal.text("explain.named", what=terminal.text("explain.measure"), value=measure.text)
            for measure in clause.measures
            if measure.text not in known
        ]
        text = terminal.text("explain.clause", text=clause.text, kind=kind)
        rows.append(("explain.clauses" if not rows else "", "\n".join((text, *(f"  {each}" for each in found)))))
    return rows


def _slot(terminal: Terminal, name: str, text: str, value: str) -> str:
    named = terminal.text("explain.named", what=terminal.text_or(f"explain.slot.{name}", name), value=text)
    return named if value.casefold() == text.casefold() else f"{named} → {value}"


def _candidates(terminal: Terminal, looked: tuple[Looked, ...]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for name, ratio in (("", None), ("explain.probability", None), ("explain.evidence", 3), ("explain.signals", 2)):
        table.add_column(terminal.text(name) if name else "", overflow="fold", ratio=ratio, vertical="top")
    for number, candidate in enumerate(looked, start=1):
        style = "bold" if candidate.taken else ""
        evidence = Text(plain(candidate.text), style)
        evidence.append(f"\n{plain(candidate.source)}", style="dim not bold")
        mark = Text("✓", "green") if candidate.chosen else Text(f"{number}", "dim")
        table.add_row(mark, Text(candidate.likely, style), evidence, candidate.signals)
    terminal.out.print(Padding(table, (0, 0, 0, 2)))


def _titled(terminal: Terminal, candidate: CandidateView) -> str:
    if not candidate.title:
        return candidate.text
    if candidate.title.endswith(_ENDS):
        return f"{candidate.title} {candidate.text}"
    return terminal.text("explain.named", what=candidate.title, value=candidate.text)


def _signals(terminal: Terminal, candidate: CandidateView) -> str:
    signals = candidate.signals
    nearness = "far" if signals.dense < _NEAR else "near" if signals.dense < _NEARER else "nearest"
    words = [
        terminal.text("explain.signal.words", share=_percent(signals.coverage)),
        terminal.text("explain.signal.title", share=_percent(signals.name)) if signals.name else "",
        terminal.text(f"explain.signal.{nearness}"),
        terminal.text(f"explain.signal.quantity_{'yes' if signals.quantity > 0 else 'no'}") if signals.quantity else "",
        terminal.text("explain.signal.own") if signals.own else "",
    ]
    return terminal.text("explain.separator").join(filter(None, words))


def _why(terminal: Terminal, matter: MatterView) -> str:
    best = matter.candidates[0].probability if matter.candidates else 0.0
    name = f"explain.why.{matter.why}"
    return (
        terminal.text_or(name, matter.why)
        if name not in _WITH_FIGURES
        else terminal.text(name, probability=_percent(best), threshold=_percent(matter.threshold or 0.0))
    )


_ROWS = ("explain.clauses", "explain.intent", "explain.route", "explain.resolved", "explain.why")
_WITH_FIGURES = frozenset({"explain.why.best_evidence", "explain.why.unlikely", "explain.why.other_words"})


def _percent(share: float) -> str:
    """Whole percent; what is not quite certain does not look certain, nor impossible."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _heading(terminal: Terminal, name: str, said: str = "") -> None:
    title = Text(plain(name), style="bold cyan")
    if said:
        title.append(f"  {plain(said)}", style="bold")
    terminal.out.print(Rule(title, align="left", style="dim"))


def _grid(terminal: Terminal, rows: tuple[Row, ...]) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True, min_width=max(cell_len(terminal.text(name)) for name in _ROWS))
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(row.name, Text(plain(row.text)))
    terminal.out.print(Padding(grid, (0, 0, 0, 2)))
