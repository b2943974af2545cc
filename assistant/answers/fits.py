"""Whether a product fits a space or bears a weight that the shopper names: what is said against what is stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import regex

from assistant.answers.figures import Figure, Figures, surest
from assistant.answers.voice import Voice
from assistant.domain.evidence import Entry
from assistant.domain.reply import Action, ActionKind, Part, Reply
from assistant.domain.understanding import Clause

_INTO = regex.compile(
    r"[放塞装摆搬推挤][得的不]?[下进入]|进得?去|进得了|进不去|能进|过得去|嵌[得不]?[进入下]|够不够放|够放|够装|够摆"
    r"|(?<![a-z])(?:fits?|go|goes|get|big|wide|deep|tall|large)(?![a-z])"
)
_GOES_IN = regex.compile(
    r"[进入]"
)  # "放进60厘米的柜子" names the space behind the verb; "放得下15寸的电脑" names the thing
_PLACE = regex.compile(
    r"(?<![a-z])(?:in|into|through|under|gap|space|opening|door|doorway|cabinet|cupboard|shelf|niche|alcove|room)(?![a-z])"
)
_PASSAGE = regex.compile(r"门|缝|空隙|间隙|过道|(?<![a-z])(?:door(?:way)?|gap)(?![a-z])")
_BEARS = regex.compile(
    r"[撑承载坐扛顶][得的]?[住受起动]|承重|坐得|(?<![a-z])(?:hold|support|carry|bear|take)s?(?![a-z])"
)
_BARE = regex.compile(
    r"(?:宽|深|高|长|厚|进深)度?(?:只有|才|是|有|为|约|大概)?\s*(\d{2,4}(?:\.\d+)?)(?!\d|\.\d|\s*[a-z×*])"
    r"(?!\s*(?:厘|毫|米|公|寸|英|升|斤|千|克|块|元|码|岁|个|天|年|月|平))"
)
_CENTIMETRES_UP_TO = 300  # a bare number is centimetres up to here, millimetres beyond


@dataclass(frozen=True, slots=True)
class Space:
    """A room that the shopper has. side: which way it is measured, "" where that is not said."""

    side: str
    millimetres: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Fits:
    """Answers in `voice` about the product that replies call `name`."""

    figures: Figures
    voice: Voice
    name: str

    def into_space(self, read: Clause, entries: Sequence[Entry]) -> Reply | None:
        """Whether it fits what the shopper measured; both figures alone where that depends on how it is put; None where
        no space is given or no size is stated."""
        spaces = self._spaces(read)
        if not spaces:
            return None
        states = self.figures.states(read.folded) - {"cut_out"}
        box = surest(self.figures.properties["size"], self.figures.of(self.figures.properties["size"], entries, states))
        passage = _PASSAGE.search(read.folded) is not None  # it may be turned to go through
        verdicts: list[bool | None] = []
        used: list[Figure] = []
        for space in spaces:
            own = None if passage and box else self._side(space.side, entries, states)
            figure = own or box
            if figure is None:
                return None
            sides = _sides_meant(space, figure, own)
            verdicts.append(_within(sides, space, passage=passage and own is None))
            used.append(figure)
        if len(spaces) == len(used[0].numbers) > 1 and not any(space.side for space in spaces):
            pairs = zip(sorted(used[0].numbers), sorted(space.millimetres for space in spaces), strict=True)
            verdicts = [side < room if side != room else None for side, room in pairs]
        key = "fit_no" if False in verdicts else "fit_unsure" if None in verdicts else "fit_yes"
        return self._reply(key, spaces, used)

    def under_weight(self, read: Clause, entries: Sequence[Entry]) -> Reply | None:
        """Whether it bears a weight named; None where none is, or no limit is stated."""
        given = [measure for measure in read.measures if measure.kind == "mass"]
        if len(given) != 1 or not _BEARS.search(read.folded):
            return None
        item = self.figures.properties["load"]
        limit = surest(item, self.figures.of(item, entries))
        most = limit.of("load") if limit else None
        if limit is None or most is None:
            return None
        key = "load_yes" if given[0].number <= most else "load_no"
        return self._reply(key, [Space("", given[0].number, given[0].text)], [limit])

    def _reply(self, key: str, spaces: Sequence[Space], used: Sequence[Figure]) -> Reply:
        said = self._said if key.startswith("fit") else lambda figure, _: figure.written
        figures = list(dict.fromkeys(said(figure, space) for figure, space in zip(used, spaces, strict=True)))
        evidence = tuple(dict.fromkeys(self.voice.evidence(figure.entry) for figure in used))
        text = self.voice.say(
            key,
            product=self.name,
            figure=self.voice.join(figures),
            space=self.voice.join(list(dict.fromkeys(space.text for space in spaces))),
        )
        part = Part(text, tuple(item.id for item in evidence))
        return Reply(self.voice.language.tag, Action(ActionKind.ANSWER, "fit"), (part,), evidence)

    def _said(self, figure: Figure, space: Space) -> str:
        if len(figure.numbers) > 1 or not space.side:
            return self.voice.say("side_box", figure=figure.written)
        return self.voice.say(f"side_{space.side}", figure=figure.written)

    def _side(self, side: str, entries: Sequence[Entry], states: frozenset[str]) -> Figure | None:
        if not side:
            return None
        item = self.figures.properties[side]
        return surest(item, self.figures.of(item, entries, states))

    def _spaces(self, read: Clause) -> list[Space]:
        verb = _INTO.search(read.folded)
        if verb is None or (verb.group().isascii() and not _PLACE.search(read.folded)):
            return []
        boxes = self.figures.boxes_in("", read.folded)
        if boxes:
            return [
                Space(side, number, boxes[0].text)
                for side, number in zip(boxes[0].sides, boxes[0].numbers, strict=True)
            ]
        spaces, position = [], 0
        for measure in read.measures:
            start = read.folded.find(measure.text, position)
            if measure.kind != "length" or start < 0:
                continue
            position = start + len(measure.text)
            thing = start > verb.start() and not verb.group().isascii() and not _GOES_IN.search(verb.group())
            if not thing:
                side = self.figures.side_beside(read.folded, start, position)
                spaces.append(Space(side, measure.number, measure.text))
        for bare in _BARE.finditer(read.folded) if not spaces else ():
            number = Decimal(bare[1])
            factor = 10 if number <= _CENTIMETRES_UP_TO else 1
            spaces.append(
                Space(self.figures.side_beside(read.folded, bare.start(1), bare.end(1)), number * factor, bare[1])
            )
        return spaces


def _sides_meant(space: Space, figure: Figure, own: Figure | None) -> tuple[Decimal, ...]:
    """The sides of the product that the space bounds."""
    number = own.of(space.side) if own else None
    return (number,) if number is not None else figure.numbers


def _within(sides: tuple[Decimal, ...], space: Space, *, passage: bool) -> bool | None:
    """Whether it goes in however it is turned, or however it is turned does not; None where it depends, or fits barely.

    Into a passage it goes lengthwise: the longest side does not count.
    """
    ordered = sorted(sides)
    largest = ordered[-2] if passage and len(ordered) > 1 else ordered[-1]
    if largest < space.millimetres:
        return True
    return False if ordered[0] > space.millimetres else None
