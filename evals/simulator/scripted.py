"""A shopper who follows a script word for word, without a language model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.domain.reply import ExpectsKind
from evals.simulator.choices import identified
from evals.simulator.phrases import Phrases
from evals.simulator.script import Goal, Script
from evals.simulator.shopper import SimulatorFault, Transcript

EXCHANGES_A_GOAL = 6
"""How often the shopper answers what is asked of a goal before going on to the next."""


@dataclass(frozen=True, slots=True)
class ScriptedShopper:
    phrases: Phrases = field(default_factory=Phrases.load)

    async def play(self, script: Script, transcript: Transcript) -> None:
        if not script.goals:
            raise SimulatorFault("The script has no goals: only a language model can play it.")
        known: dict[str, str] = {}
        language = "zh" if script.lang.partition("-")[0] == "zh" else "en"
        for goal in script.goals:
            known |= goal.reveal
            exchange = await transcript.say(*goal.say)
            for _ in range(EXCHANGES_A_GOAL):
                expects = _expects(exchange.reply)
                if expects is None:
                    break
                exchange = await transcript.say(self._answer(expects, goal, known, language, transcript))
            if exchange.reply is None:
                return  # a human has the word

    def _answer(
        self, expects: Mapping[str, Any], goal: Goal, known: Mapping[str, str], language: str, transcript: Transcript
    ) -> str:
        match expects.get("kind"):
            case ExpectsKind.CONFIRMATION:
                return (self.phrases.confirm if goal.accept else self.phrases.refuse)[language]
            case ExpectsKind.SLOT:
                told = self.phrases.told(str(expects.get("name") or ""), known, language)
                return told if told is not None else self.phrases.unknown[language]
            case ExpectsKind.CHOICE:
                return self._chosen(expects, goal, language, transcript)
            case other:
                raise SimulatorFault(f"The assistant waits for {other!r}, which a scripted shopper does not know.")

    def _chosen(self, expects: Mapping[str, Any], goal: Goal, language: str, transcript: Transcript) -> str:
        options = [option for option in expects.get("options") or () if isinstance(option, Mapping)]
        found = identified(goal.choose, [f"{option.get('label', '')}" for option in options])
        if len(found) != 1:
            by_text = identified(goal.choose, [f"{option.get('text', '')}" for option in options])
            found = by_text if len(by_text) == 1 else found
        if len(found) == 1:
            return str(options[found[0]].get("text") or "")
        if len(found) > 1:
            labels = ", ".join(str(options[place].get("label")) for place in found)
            transcript.stumbles.append(f"“{goal.choose}” fits several of the options as well: {labels}")
        return self.phrases.undecided[language]


def _expects(reply: Mapping[str, object] | None) -> Mapping[str, Any] | None:
    expects = (reply or {}).get("expects")
    return expects if isinstance(expects, Mapping) else None
