"""Fast understanding: everything that can be told of a message before the catalogue is looked at."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.domain.folding import fold
from assistant.domain.understanding import Intent, Language, Question, Understanding
from assistant.nlu import grammar, language
from assistant.nlu.intents import QUESTION, IntentClassifier
from assistant.nlu.phrases import Phrases
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader


class Reader:
    """Reads messages. Built once; holds word lists and the intent classifier."""

    def __init__(self, intents: IntentClassifier) -> None:
        words = grammar.load("question")
        self.intents = intents
        self.quantities = Quantities()
        self._questions = QuestionReader(self.quantities)
        self._refers_back = Phrases(words["refers_back"])
        self._compares = Phrases(words["compares"])
        self._seeks = Phrases(words["seeks"])
        self._ordinals = {int(number): Phrases(phrases) for number, phrases in words["ordinals"].items()}

    def read(self, text: str, default: Language) -> Understanding:
        """`default` is the language where the message itself does not tell ("F001", "?")."""
        folded = fold(text)
        return Understanding(
            text=text,
            folded=folded,
            language=language.detect(text, default),
            intent=self.intents.by_pattern(folded) or Intent(QUESTION, 0.0),
            question=self._questions.read(folded),
            measures=self.quantities.in_text(folded),
            ordinals=tuple(number for number, phrases in self._ordinals.items() if phrases.found_in(folded)),
            refers_back=self._refers_back.found_in(folded),
            compares=self._compares.found_in(folded),
            seeks=self._seeks.found_in(folded),
        )

    def question(self, folded: str, *, without: Iterable[str] = ()) -> Question:
        """The question again, with the words that name the product left out."""
        return self._questions.read(folded, without=without)
