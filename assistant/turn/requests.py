"""Takes a message apart into the requests in it, and the questions between them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import regex

from assistant.domain.procedures import Procedure
from assistant.domain.understanding import ClauseKind, Route
from assistant.nlu.understand import Reader
from assistant.turn.counter import Desk
from assistant.turn.turn import Matter, Routed, Turn

_SURE = 0.5  # probability of an intent from which a clause is a request of its own

RouteOf = Callable[[Matter], Routed]
Resolved = Callable[[Turn, str], Awaitable[Matter]]

# A full stop ends a piece, but for those behind "St." and "Mr."
_STOP = r"(?<!\b(?:st|rd|ave|blvd|dr|apt|no|mr|mrs|ms))\.(?=\s|$)"
_PIECE = regex.compile(rf"(?:(?!{_STOP})[^\n。！？!?；;，,])+(?:[\n。！？!?；;，,]|{_STOP})*", regex.IGNORECASE)


# "New York,", "IL,", "62701.": an address goes on.
_GOES_ON = regex.compile(r"\s*(?:\p{Lu}[\w.'-]*(?: \p{Lu}[\w.'-]*){0,2}(?: \d{5})?|\d{5}(?:-\d{4})?)[\s.,;!?]*")


@dataclass(slots=True)
class _Group:
    """Clauses that go together. procedure: what they ask for, "" where they only ask a question."""

    matters: list[Matter]
    routed: Routed
    procedure: str


async def apart(turn: Turn, route: RouteOf, resolved: Resolved, reader: Reader) -> list[Matter]:
    """The matters of a message that asks for several things; none where it asks for one.

    What only states something goes with the request after it, or with the one before it where none follows.
    """
    if turn.desk is None:
        return []
    groups = list(_groups(turn, route))
    if len(groups) > 1 and any(group.procedure for group in groups):
        return _in_order([_matter(turn, group, reader) for group in groups], turn.desk)
    named = turn.desk.asked_for(turn.read.whole)
    return _in_order(await _by_words(turn, turn.desk, resolved), turn.desk) if len(named) > 1 else []


def _in_order(matters: list[Matter], desk: Desk) -> list[Matter]:
    """The matters with each request behind those that its procedure comes after. What is asked for only for want of
    something else stays where it is said."""
    if any(desk.serving.engine.hearing.for_want(matter.read) for matter in matters):
        return matters
    ordered: list[Matter] = []
    for matter in matters:
        name = _procedure_of(matter, desk)
        later = (place for place, other in enumerate(ordered) if name in _after(other, desk))
        ordered.insert(next(later, len(ordered)), matter)
    return ordered


def _procedure_of(matter: Matter, desk: Desk) -> str:
    """The procedure that a matter asks for; "" where it asks for none."""
    routed = matter.routed
    procedure = desk.wanted(routed.procedure, routed.intent) if routed is not None else None
    return procedure.name if procedure is not None else ""


def _after(matter: Matter, desk: Desk) -> frozenset[str]:
    procedure = desk.procedures.get(_procedure_of(matter, desk))
    return procedure.after if procedure is not None else frozenset()


async def _by_words(turn: Turn, desk: Desk, resolved: Resolved) -> list[Matter]:
    """A message that names several procedures, cut between those that stand in different parts of it."""
    parts: list[tuple[str, str]] = []  # text and procedure
    held = ""
    for piece in _pieces(turn.read.text):
        matter = await resolved(turn, piece)
        named = desk.asked_for(matter.read)
        if not named:
            held += piece
        elif parts and parts[-1][1] == named[0].name:
            parts[-1] = (parts[-1][0] + held + piece, named[0].name)
            held = ""
        else:
            parts.append((held + piece, named[0].name))
            held = ""
    if len(parts) < 2:
        return []
    parts[-1] = (parts[-1][0] + held, parts[-1][1])
    matters = []
    for text, name in parts:
        matter = await resolved(turn, text)
        matter.routed = by_words(desk.procedures[name])
        matters.append(matter)
    return matters


def _pieces(text: str) -> list[str]:
    """A text cut at its marks; the parts of an address stay together."""
    pieces: list[str] = []
    for piece in filter(str.strip, _PIECE.findall(text)):
        if pieces and pieces[-1].rstrip().endswith(",") and _GOES_ON.fullmatch(piece):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _groups(turn: Turn, route: RouteOf) -> Iterator[_Group]:
    assert turn.desk is not None
    held: list[Matter] = []
    open_group: _Group | None = None
    for matter in turn.matters:
        routed = matter.routed or route(matter)
        procedure = turn.desk.wanted(routed.procedure, routed.intent)
        wanted = procedure is not None and routed.confidence >= _SURE and turn.desk.requested(matter.read, procedure)
        if wanted and open_group is not None and procedure is not None and open_group.procedure == procedure.name:
            open_group.matters += [*held, matter]
            held = []
        elif wanted and procedure is not None:
            if open_group is not None:
                yield open_group
            open_group, held = _Group([*held, matter], routed, procedure.name), []
        elif matter.read.kind is ClauseKind.QUESTION and routed.route is Route.ANSWER and not matter.read.conditions:
            if open_group is not None:
                yield open_group
            open_group, held = _Group([*held, matter], routed, ""), []
        else:
            held.append(matter)
    if open_group is not None:
        open_group.matters += held
        yield open_group


def _matter(turn: Turn, group: _Group, reader: Reader) -> Matter:
    """One matter of a group: its clauses read together; a question keeps its own reading."""
    leading = next((matter for matter in group.matters if matter.products), group.matters[-1])
    if len(group.matters) == 1 or not group.procedure:
        matter = next((each for each in group.matters if each.read.kind is ClauseKind.QUESTION), group.matters[-1])
    else:
        text = "\n".join(each.read.text for each in group.matters)
        read = reader.read(text, turn.voice.language, today=turn.voice.today).whole
        matter = Matter(turn, read, leading.question, leading.products, leading.named, leading.ambiguous)
        matter.asked_vector = leading.asked_vector
        matter.notes = dict(leading.notes)
    matter.routed = group.routed
    return matter


def by_words(procedure: Procedure, confidence: float = 0.9) -> Routed:
    """The way of a matter that asks for a procedure in so many words."""
    intent = procedure.intents[0] if procedure.intents else procedure.name
    return Routed(Route.PROCEDURE, intent, why="asked_in_words", confidence=confidence, procedure=procedure.name)
