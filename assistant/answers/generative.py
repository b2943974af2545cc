"""Answers that a language model words: from evidence to a prompt, from what is written to sentences that may be said.

A sentence is said once the evidence is known to hold it; one that it does not hold is dropped, and its reasons counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, field

import regex

from assistant.answers.facts import shortened
from assistant.answers.sentences import Sentences
from assistant.answers.verification.replies import unsupported
from assistant.answers.verification.verifier import Standard, Verifier
from assistant.answers.voice import Voice
from assistant.domain.commerce import Product
from assistant.domain.errors import ModelUnavailable
from assistant.domain.evidence import Evidence
from assistant.domain.models import LanguageModel, Speaker
from assistant.domain.reply import Part
from assistant.prompts import Block, Datum, Laid, Layout, Prompts

NO_ANSWER = "NO_ANSWER"
"""What a model is told to write where the evidence does not answer."""

DONE = "done"

_PROMPT = "answer"
_MOST_SENTENCES = 3  # to one question
_LONGEST = 200  # characters, likewise: a shopper asked a question, not for the page
_TURNS = 4  # lines of the conversation that a question is understood with
_TURN_SHOWN = 120  # characters of each
_NEARLY_ALL = 0.95  # of the tokens that may be written: what ends there may have been cut off
_CITED = regex.compile(r"\s*[\[【]\s*(?:\d{1,2}\s*[,，、]?\s*)+[\]】]")
_NUMBER = regex.compile(r"\d+")
_ADDRESSED = regex.compile(r"^\W*(?:Q|问题?|question)\s*(\d{1,2})\s*[:：.、)）]\s*", regex.IGNORECASE)
_MARKUP = regex.compile(r"\*\*|__|`|^#+\s*|^[-*•]\s+")

Shown = Callable[[int, Part], Awaitable[None]]
"""Told of each part that may be said, with the place of its question, as soon as it may."""


def _anything(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that is put to a model. said: in the shopper's words. follows: the question that it leans on, if any.

    about: how the products that it is about are called. evidence: the likeliest first. answers: whether a text answers
    as much as must be; nothing is said before what is held does. cites: whether a sentence must name the evidence that
    holds it, as the model is told to.
    """

    said: str
    evidence: tuple[Evidence, ...]
    follows: str = ""
    about: str = ""
    products: tuple[Product, ...] = ()
    answers: Callable[[str], bool] = _anything
    cites: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """A line of the conversation before."""

    speaker: Speaker
    text: str


@dataclass(slots=True)
class Worded:
    """What came of it. parts: what may be said, for each question; nothing where nothing that answers was left.

    dropped: sentences that were not said, by the reason. outcome: "done", or why it came to an end before: the reason
    of a ModelUnavailable.
    """

    parts: tuple[list[Part], ...]
    dropped: Counter[str] = field(default_factory=Counter)
    outcome: str = DONE
    evidence: tuple[Evidence, ...] = ()


class Generative:
    """Words answers in a store's voice. Makes one call of the model, whatever is asked."""

    def __init__(self, prompts: Prompts, verifier: Verifier) -> None:
        self._prompts = prompts
        self._verifier = verifier

    async def word(
        self,
        askings: Sequence[Asking],
        earlier: Sequence[Earlier],
        voice: Voice,
        model: LanguageModel,
        *,
        within: AbstractAsyncContextManager[None],
        shown: Shown | None = None,
    ) -> Worded:
        """Never raises for what a model does: what was sure before it failed is there.

        within: entered around the model's work; it may end that with ModelUnavailable.
        """
        laid, evidence = self._laid(askings, earlier, voice, model)
        worded = Worded(tuple([] for _ in askings), evidence=evidence)
        if not evidence:
            worded.outcome = "no_room"
            return worded
        hearing = _Hearing(askings, [self._standard(asking, evidence) for asking in askings], worded, shown)
        try:
            async with within, aclosing(model.write(laid.prompt)) as pieces:
                await _heard(
                    pieces, hearing, lambda written: model.count(written) >= laid.prompt.most_tokens * _NEARLY_ALL
                )
        except ModelUnavailable as gone:
            worded.outcome = gone.reason
        return worded

    def _standard(self, asking: Asking, evidence: Sequence[Evidence]) -> Standard:
        known = {item.id for item in asking.evidence}
        own = [item for item in evidence if item.id in known]
        return self._verifier.over(own, asked=f"{asking.said} {asking.follows}".strip(), products=asking.products)

    def _laid(
        self, askings: Sequence[Asking], earlier: Sequence[Earlier], voice: Voice, model: LanguageModel
    ) -> tuple[Laid, tuple[Evidence, ...]]:
        """The prompt, and the evidence that has found room in it, in the order of its numbers."""
        evidence = tuple({item.id: item for item in _in_turn([asking.evidence for asking in askings])}.values())
        blocks = (
            Block("question", tuple(_question(asking, place, len(askings)) for place, asking in enumerate(askings, 1))),
            Block("evidence", tuple(_evidence(item, number) for number, item in enumerate(evidence, 1))),
            Block("turns", tuple(_turn(line) for line in earlier[-_TURNS:]), last_first=True),
        )
        tag = voice.language.tag
        layout = Layout(self._prompts.get(_PROMPT, tag), model.count)
        laid = layout.lay(_stated(voice, tag), blocks)
        return laid, evidence[: laid.kept["evidence"]]


async def _heard(pieces: AsyncGenerator[str], hearing: _Hearing, is_all: Callable[[str], bool]) -> None:
    """is_all: whether a text is all that could be written, so that its end may be missing."""
    sentences, written = Sentences(), ""
    async for piece in pieces:
        written += piece
        for sentence in sentences.feed(piece):
            await hearing.hear(sentence)
        if hearing.over:
            return
    if (left := sentences.rest()) and not is_all(written):
        await hearing.hear(left)
    await hearing.end()


def _stated(voice: Voice, tag: str) -> Mapping[str, str]:
    store = voice.store
    tone = store.persona.tone
    return {
        "shop": store.name.in_language(tag),
        "bot": store.persona.name.in_language(tag),
        "tone": tone.in_language(tag) if tone is not None and tone.speaks(tag) else "",
    }


def _in_turn(lists: Sequence[Sequence[Evidence]]) -> list[Evidence]:
    """The first of each, then the second of each, and so on: each question has the same claim to room."""
    longest = max((len(items) for items in lists), default=0)
    return [items[place] for place in range(longest) for items in lists if place < len(items)]


def _question(asking: Asking, place: int, of: int) -> Datum:
    labels = {"n": f"Q{place}" if of > 1 else "", "about": asking.about, "follows": asking.follows}
    return Datum("question", asking.said, labels)


def _evidence(item: Evidence, number: int) -> Datum:
    as_of = item.as_of.date().isoformat() if item.as_of else ""
    return Datum("evidence", item.text, {"n": str(number), "about": item.title, "as_of": as_of})


def _turn(line: Earlier) -> Datum:
    return Datum("said", shortened(" ".join(line.text.split()), _TURN_SHOWN), {"by": line.speaker.value})


@dataclass(slots=True)
class _Hearing:
    """Takes sentences as they come, and holds them back until they answer.

    place: of the question that is being answered. held: what may be said once more comes. uncited: a sentence that must
    name its evidence, and may do so after its stop.
    """

    askings: Sequence[Asking]
    standards: Sequence[Standard]
    worded: Worded
    shown: Shown | None
    place: int = 0
    over: bool = False
    held: list[Part] = field(default_factory=list)
    uncited: str | None = None

    async def hear(self, sentence: str) -> None:
        if self.over:
            return
        marks = _CITED.match(sentence)  # what stands before a sentence was written after the stop of the one before
        if self.uncited is not None:
            late, self.uncited = self.uncited, None
            await self._take(late, _numbers_in(marks[0]) if marks else set())
        self._turn_to(sentence[marks.end() :] if marks else sentence)
        if NO_ANSWER in sentence:
            self._declined()
            return
        cited = _numbers_in(" ".join(_CITED.findall(sentence, marks.end() if marks else 0)))
        text = _text_of(sentence, several=len(self.standards) > 1)
        if not any(character.isalnum() for character in text):
            return
        if cited or not self.askings[self.place].cites:
            await self._take(text, cited)
        else:
            self.uncited = text

    async def end(self) -> None:
        """Nothing more comes."""
        if self.uncited is not None:
            await self._take(self.uncited, set())

    async def _take(self, text: str, cited: set[int]) -> None:
        part = self._part(text, cited)
        if part is None or not self._has_room(part):
            return
        self.held.append(part)
        if not self._said and not self._answers():
            return
        for each in self.held:
            self._said.append(each)
            if self.shown is not None:
                await self.shown(self.place, each)
        self.held.clear()
        if len(self._said) >= _MOST_SENTENCES:
            self._next()

    def _answers(self) -> bool:
        states = any(part.evidence_ids for part in self.held)
        return states and self.askings[self.place].answers(" ".join(part.text for part in self.held))

    def _has_room(self, part: Part) -> bool:
        """Whether it may follow what is said already: something new, and not too much."""
        said = self._said
        if any(part.text == other.text for other in said) or len(said) >= _MOST_SENTENCES:
            return False
        if said and sum(len(other.text) for other in (*said, part)) > _LONGEST:
            self.worded.dropped["too_long"] += 1
            return False
        return True

    @property
    def _said(self) -> list[Part]:
        return self.worded.parts[self.place]

    def _turn_to(self, sentence: str) -> None:
        """To the question that a sentence says it answers, where there are several; never back."""
        addressed = _ADDRESSED.match(sentence) if len(self.standards) > 1 else None
        if addressed and self.place < (place := int(addressed[1]) - 1) < len(self.standards):
            self.place = place
            self.held.clear()

    def _declined(self) -> None:
        self.worded.dropped["declined"] += 1
        self._next()

    def _next(self) -> None:
        """Nothing more to this question."""
        self.held.clear()
        if self.place + 1 == len(self.standards):
            self.over = True

    def _part(self, text: str, cited: set[int]) -> Part | None:
        """What may be said; None, and the reasons counted, where it may not."""
        finding = self.standards[self.place].check(text)
        if not finding.supported:
            self.worded.dropped.update(reason.value for reason in finding.reasons)
            return None
        named = {item.id for number, item in enumerate(self.worded.evidence, 1) if number in cited}
        if self.askings[self.place].cites and not named & set(finding.evidence_ids):
            self.worded.dropped["uncited"] += 1
            return None
        part = Part(text, tuple(sorted(finding.evidence_ids, key=lambda item: item not in named)))
        if part.evidence_ids and unsupported(part, self.worded.evidence):
            self.worded.dropped["number"] += 1
            return None
        return part


def _numbers_in(marks: str) -> set[int]:
    return {int(number) for number in _NUMBER.findall(marks)}


def _text_of(sentence: str, *, several: bool) -> str:
    """Without what is for us and not for the shopper."""
    text = _CITED.sub("", sentence)
    return _MARKUP.sub("", _ADDRESSED.sub("", text) if several else text).strip()
