"""Language models for tests of turns, scripted: what they are asked, and a switch that takes them away."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answers.generative import NO_ANSWER
from assistant.domain.backend import JsonObject
from assistant.domain.models import LanguageModel, Prompt, Purpose
from assistant.domain.store import Store
from assistant.llm.scripted import Saying, Script, ScriptedModels


@dataclass
class Switched:
    """Models whose script a test may change, and that stores have only while they are `there`.

    script: for prompts that ask what a message means; looks: for those that ask to look something up. To all others
    they answer that they know nothing.
    """

    script: Script
    looks: Script = lambda _: NO_ANSWER
    there: bool = True

    def __post_init__(self) -> None:
        self.models = ScriptedModels(self._says)

    def of(self, store: Store) -> LanguageModel | None:
        return self.models.of(store) if self.there else None

    @property
    def prompts(self) -> list[Prompt]:
        """Those that asked what a message means."""
        return [prompt for prompt in self.models.prompts if prompt.purpose is Purpose.UNDERSTAND]

    def _says(self, prompt: Prompt) -> Saying:
        if prompt.purpose is Purpose.UNDERSTAND:
            return self.script(prompt)
        return self.looks(prompt) if prompt.name == "lookup" else NO_ANSWER


def message_of(prompt: Prompt) -> str:
    """The shopper's message in a prompt, as it is marked there."""
    now = next(line.text for line in prompt.lines if "<message>" in line.text)
    start = now.rindex("<message>") + len("<message>")
    return now[start : now.index("</message>", start)]


def part(said: str, query: str = "", intent: str = "", product: str = "", *conditions: str) -> JsonObject:
    """A part of a message as a model writes it."""
    return {"said": said, "query": query, "intent": intent, "product": product, "conditions": list(conditions)}
