"""One model at one endpoint: what is asked of it, with all the patience that the endpoint is granted."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AIMessage
from langsmith.run_helpers import tracing_context

from assistant.domain.backend import JsonObject
from assistant.domain.models import Line, Prompt, Speaker, Tool
from assistant.llm.chat import Chat, Form, messages, response_format
from assistant.llm.faults import trouble_of
from assistant.llm.metering import Meter
from assistant.llm.objects import NoSuchObject, object_in
from assistant.llm.persistence import Deadline, Persistence
from assistant.llm.streaming import Stream
from assistant.llm.thoughts import spoken
from assistant.llm.tokens import TokenCounter
from assistant.llm.troubles import Trouble
from assistant.llm.working import Attempt, Rounds, worked

_REPEATED = 2000  # characters of an answer that a model is shown again


@dataclass(frozen=True, slots=True)
class Wire:
    """Every method raises Trouble, and tells `meter` what goes over the wire."""

    chat: Chat
    counter: TokenCounter
    persistence: Persistence

    async def stream(self, prompt: Prompt, meter: Meter) -> AsyncGenerator[str]:
        """Close it to stop the model at once."""
        deadline = self._deadline()
        said = messages(prompt.lines)

        async def opened() -> Stream:
            meter.sent(prompt)
            return await Stream.opened(self.chat, said, self.chat.options(prompt, streams=True), meter)

        async def attempt() -> Stream:
            try:
                return await opened()
            except Trouble as trouble:
                if not self.chat.habits.learn(trouble):
                    raise
            return await opened()

        async with self.persistence.place():
            stream = await self.persistence.tried(attempt, deadline)
            try:
                while piece := await stream.next(deadline):
                    yield piece
            except Trouble as trouble:
                self.persistence.heard(trouble)
                raise
            finally:
                await stream.close()

    async def fill(self, prompt: Prompt, schema: JsonObject, meter: Meter) -> JsonObject:
        """Once more where what came is no such object, with what is wrong with it."""
        deadline = self._deadline()
        async with self.persistence.place():
            text = await self._described(prompt, schema, meter, deadline)
            try:
                return object_in(text, schema)
            except NoSuchObject as fault:
                prompt = _with_fault(_with_schema(prompt, schema), text, fault)
            text = await self._described(prompt, schema, meter, deadline)
            try:
                return object_in(text, schema)
            except NoSuchObject as fault:
                raise Trouble(f"{fault}.", "garbage") from fault

    async def work(self, prompt: Prompt, tools: Sequence[Tool], rounds: int, meter: Meter) -> str:
        deadline = self._deadline()

        async def tried(attempt: Attempt) -> Any:
            meter.sent(prompt)
            return await self.persistence.tried(attempt, deadline)

        def heard(message: AIMessage) -> None:
            _told(meter, message)

        middleware = Rounds(rounds, self.chat.options(prompt), tried, heard)
        async with self.persistence.place():
            try:
                with tracing_context(enabled=False):  # else variables of the environment could send prompts elsewhere
                    return spoken(await worked(self.chat, prompt, tools, middleware))
            except Trouble:
                raise
            except Exception as error:  # what the agent loop has made of an answer
                raise trouble_of(error) from error

    async def _described(self, prompt: Prompt, schema: JsonObject, meter: Meter, deadline: Deadline) -> str:
        """A text that is to hold an object, in the first form of asking for it that the model takes."""
        while True:
            form = self.chat.habits.form
            told = prompt if form is Form.SCHEMA else _with_schema(prompt, schema)
            options = self.chat.options(prompt) | response_format(form, prompt.name, schema)
            try:
                return await self._whole(told, options, meter, deadline)
            except Trouble as trouble:
                if not trouble.of_a_parameter:
                    raise
                if self.chat.habits.learn(trouble):
                    continue
                if form is Form.TEXT:
                    self.chat.habits.form = Form.SCHEMA  # it was something else then
                    raise
                self.chat.habits.form = Form(form + 1)

    async def _whole(self, prompt: Prompt, options: dict[str, Any], meter: Meter, deadline: Deadline) -> str:
        said = messages(prompt.lines)

        async def attempt() -> AIMessage:
            meter.sent(prompt)
            with tracing_context(enabled=False):
                return await self.chat.client.ainvoke(said, **options)

        answer = await self.persistence.tried(attempt, deadline)
        _told(meter, answer)
        return spoken(str(answer.text))

    def _deadline(self) -> Deadline:
        return Deadline.after(self.chat.endpoint.waits.whole)


def _told(meter: Meter, message: AIMessage) -> None:
    meter.wrote(str(message.text))
    if usage := message.usage_metadata:
        meter.told(usage["input_tokens"], usage["output_tokens"])


def _with_schema(prompt: Prompt, schema: JsonObject) -> Prompt:
    """The prompt with the schema in words; as part of what stands first, so that the shopper's words stay last."""
    if any("JSON Schema" in line.text for line in prompt.lines):
        return prompt
    written = json.dumps(schema, ensure_ascii=False)
    told = Line(
        Speaker.STORE, f"Answer with one JSON object and nothing else. It must keep to this JSON Schema: {written}"
    )
    first = next((index for index, line in enumerate(prompt.lines) if line.speaker is not Speaker.STORE), 0)
    return replace(prompt, lines=(*prompt.lines[:first], told, *prompt.lines[first:]))


def _with_fault(prompt: Prompt, text: str, fault: NoSuchObject) -> Prompt:
    again = f"That cannot be used: {fault}. Answer again, with the JSON object alone."
    lines = (*prompt.lines, Line(Speaker.BOT, text[:_REPEATED] or "{}"), Line(Speaker.SHOPPER, again))
    return replace(prompt, lines=lines)
