"""Fast understanding: everything that can be told of a message before the catalogue is looked at."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from datetime import date

from assistant.domain.folding import fold
from assistant.domain.understanding import (
    Clause,
    ClauseKind,
    Extreme,
    Intent,
    Language,
    Question,
    QuestionForm,
    Understanding,
)
from assistant.nlu import grammar, language
from assistant.nlu.body import BodyReader
from assistant.nlu.clauses import ClauseCutter, Cut
from assistant.nlu.intents import ShopIntents
from assistant.nlu.mood import MoodReader
from assistant.nlu.phrases import Phrases
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader
from assistant.nlu.slots import Placed, SlotReader


class Reader:
    """Reads messages. Built once; holds word lists and the intent classifier."""

    def __init__(self, intents: ShopIntents) -> None:
        words = grammar.load("question")
        self.intents = intents
        self.quantities = Quantities()
        self.body = BodyReader(self.quantities)
        self.slots = SlotReader(self.quantities)
        self.mood = MoodReader()
        self._questions = QuestionReader(self.quantities)
        self._cutter = ClauseCutter(self._asks)
        self._refers_back = Phrases(words["refers_back"])
        self._compares = Phrases(words["compares"])
        self._seeks = Phrases(words["seeks"])
        self._reckons = Phrases(words["reckons"])
        self._extremes = {end: Phrases(words[end.value]) for end in Extreme}
        self._ordinals = {int(number): Phrases(phrases) for number, phrases in words["ordinals"].items()}

    def with_intents(self, intents: ShopIntents) -> Reader:
        """This reader, telling other intents."""
        other = copy.copy(self)
        other.intents = intents
        return other

    def read(self, text: str, default: Language, *, today: date) -> Understanding:
        """`default` is the language where the message itself does not tell ("F001", "?"); `today` is the store's."""
        folded = fold(text)
        spoken = language.detect(text, default)
        pattern = self.intents.by_pattern(folded)
        cuts = self._cutter.cut(text) if pattern is None else (Cut(text, ClauseKind.STATEMENT),)
        placed = self.slots.placed(text, today=today, chinese=spoken.tag == "zh")
        asks = any(cut.kind is ClauseKind.QUESTION for cut in cuts)
        together = cuts[0] if len(cuts) == 1 else Cut(text, ClauseKind.QUESTION if asks else ClauseKind.REQUEST)
        whole = self._clause(together, pattern, placed, chinese=spoken.tag == "zh")
        clauses: tuple[Clause, ...] = (whole,)
        if len(cuts) > 1:
            clauses = tuple(
                self._clause(cut, self.intents.by_pattern(fold(cut.text)), placed, chinese=spoken.tag == "zh")
                for cut in cuts
            )
        return Understanding(text, folded, spoken, whole, clauses, self.mood.read(text))

    def question(self, folded: str, *, without: Iterable[str] = ()) -> Question:
        """The question again, with the words that name the product left out."""
        return self._questions.read(folded, without=without)

    def _clause(self, cut: Cut, pattern: Intent | None, placed: Sequence[Placed], *, chinese: bool) -> Clause:
        folded = fold(cut.text)
        return Clause(
            text=cut.text,
            folded=folded,
            kind=cut.kind,
            question=self._questions.read(folded),
            pattern=pattern,
            conditions=cut.conditions,
            slots=(
                *self.body.in_text(folded, chinese=chinese),
                *(found.slot for found in placed if cut.holds(found.start)),
            ),
            measures=self.quantities.in_text(folded),
            ordinals=tuple(number for number, phrases in self._ordinals.items() if phrases.found_in(folded)),
            refers_back=self._refers_back.found_in(folded),
            compares=self._compares.found_in(folded),
            seeks=self._seeks.found_in(folded),
            extreme=next((end for end, words in self._extremes.items() if words.found_in(folded)), None),
            corrects=self._cutter.corrects(folded),
            reckons=self._reckons.found_in(folded),
        )

    def _asks(self, folded: str) -> bool:
        """Whether a stretch asks something that stands by itself: a question with a word of content."""
        question = self._questions.read(folded)
        content = any(term.weight >= 1 for term in question.terms) or question.groups or question.codes
        return bool(content) and (question.form is not QuestionForm.STATEMENT or question.kind is not None)
