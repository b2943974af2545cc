"""A shopper whom a language model plays, at any OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.resources import files
from string import Template
from typing import Annotated, Any

from openai import AsyncOpenAI, OpenAIError
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from evals.door import text_of
from evals.simulator.script import Goal, Script
from evals.simulator.shopper import SimulatorFault, Transcript

_TRIES = 2  # at an answer that can be read
_MILLION = 1_000_000
_LANGUAGES = {"zh": "Chinese", "en": "English"}
_BEGIN = "(The chat window is open. Say what you came for.)"


@dataclass(frozen=True, slots=True)
class ShopperModel:
    """The model that plays shoppers.

    base_url: of an OpenAI-compatible API, ending in /v1. longest: exchanges after which a shopper gives up. price_in,
    price_out: of a million tokens read and written; the currency is that of the reader.
    """

    base_url: str
    model: str
    api_key: str = field(default="none", repr=False)
    temperature: float = 0.0
    longest: int = 30
    timeout_s: float = 60.0
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)


class Turn(BaseModel):
    """What the model answers."""

    messages: list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]] = Field(
        max_length=5
    )
    done: bool = False


@dataclass(frozen=True, slots=True)
class LlmShopper:
    """Plays a persona and goals in words of its own; scripted messages tell it what the goals are."""

    model: ShopperModel

    async def play(self, script: Script, transcript: Transcript) -> None:
        said: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": prompt_for(script)},
            {"role": "user", "content": _BEGIN},
        ]
        endpoint = AsyncOpenAI(base_url=self.model.base_url, api_key=self.model.api_key, timeout=self.model.timeout_s)
        async with endpoint as client:
            for _ in range(self.model.longest):
                turn = await self._next(client, said, transcript)
                if turn.messages:
                    exchange = await transcript.say(*turn.messages)
                    said.append({"role": "user", "content": _heard(exchange.reply)})
                    if exchange.reply is None:
                        return  # a human has the word
                if turn.done or not turn.messages:
                    return
        transcript.stumbles.append(f"the shopper was not done after {self.model.longest} exchanges")

    async def _next(self, client: AsyncOpenAI, said: list[ChatCompletionMessageParam], transcript: Transcript) -> Turn:
        """What the shopper does next; it is added to what was said. Raises SimulatorFault."""
        for left in reversed(range(_TRIES)):
            answer = await self._asked(client, said, transcript)
            said.append({"role": "assistant", "content": answer})
            try:
                return Turn.model_validate_json(_object_in(answer))
            except ValidationError as error:
                if not left:
                    raise SimulatorFault(f"The model did not answer as it was told to: {answer[:200]!r}") from error
                said.append({"role": "user", "content": "That was no JSON object as described. Answer only with one."})
        raise AssertionError("unreachable")

    async def _asked(self, client: AsyncOpenAI, said: list[ChatCompletionMessageParam], transcript: Transcript) -> str:
        try:
            completion = await client.chat.completions.create(
                model=self.model.model,
                messages=said,
                temperature=self.model.temperature,
                response_format={"type": "json_object"},
            )
        except OpenAIError as error:
            raise SimulatorFault(f"The model that plays the shopper cannot be reached: {error}") from error
        self._count(completion, transcript)
        return (completion.choices[0].message.content or "") if completion.choices else ""

    def _count(self, completion: ChatCompletion, transcript: Transcript) -> None:
        if usage := completion.usage:
            transcript.tokens += usage.total_tokens
            transcript.cost += self.model.price_in * usage.prompt_tokens / _MILLION
            transcript.cost += self.model.price_out * usage.completion_tokens / _MILLION


def prompt_for(script: Script) -> str:
    """What the model is told before the conversation."""
    prompt = Template((files(__package__) / "prompts" / "shopper.md").read_text("utf-8"))
    return prompt.substitute(
        language=_LANGUAGES.get(script.lang.partition("-")[0], script.lang),
        persona=script.persona.strip() or "A shopper of this shop.",
        goals="\n".join(_goals(script.goals)) or "See above.",
    )


def _goals(goals: tuple[Goal, ...]) -> Iterator[str]:
    for number, goal in enumerate(goals, start=1):
        yield f"{number}. {' '.join(goal.say)}"
        for name, value in goal.reveal.items():
            yield f"   - You know {name}: {value}"
        yield f"   - If you are asked to confirm: {'you agree' if goal.accept else 'you do not agree'}"
        if goal.choose:
            yield f"   - If there is a choice, you take: {goal.choose}"


def _heard(reply: Mapping[str, object] | None) -> str:
    """A reply as a shopper sees it: the words, and the buttons below them."""
    expects: Any = (reply or {}).get("expects") or {}
    buttons: Any = expects.get("options") or (reply or {}).get("quick_replies") or ()
    labels = [str(button.get("label") or "") for button in buttons if isinstance(button, Mapping)]
    return "\n".join([text_of(reply), *([f"[{' | '.join(labels)}]"] if labels else [])])


def _object_in(answer: str) -> str:
    """The JSON object in an answer: models like to put a fence around it."""
    start, end = answer.find("{"), answer.rfind("}")
    return answer[start : end + 1] if 0 <= start < end else answer
