"""What shoppers are told of who serves them, in the language and script that they write."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answers.texts import Texts
from assistant.answers.voice import Voice
from assistant.domain.conversation import Conversation
from assistant.domain.folding import to_traditional
from assistant.domain.store import Store
from assistant.domain.text import LocalText
from assistant.domain.understanding import Script
from assistant.nlu import language


@dataclass(frozen=True, slots=True)
class Words:
    """Speaks of the desk in one conversation."""

    texts: Texts
    store: Store
    conversation: Conversation

    @property
    def tag(self) -> str:
        """The BCP 47 tag that the shopper writes."""
        return self.conversation.focus.language or self.conversation.language

    def say(self, name: str, **values: object) -> str:
        spoken = language.of_tag(self.tag)
        text = Voice(self.texts, self.store, spoken, addresses=False).say(name, **values)
        return to_traditional(text) if spoken.script is Script.TRADITIONAL else text

    def in_language(self, text: LocalText) -> str:
        return text.in_language(self.tag)

    @property
    def bot(self) -> str:
        return self.in_language(self.store.persona.name)
