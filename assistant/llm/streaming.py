"""One answer as it comes, read by a task of its own: to stop it is to cancel that task, which closes the connection at
once, wherever it waits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage
from langsmith.run_helpers import tracing_context

from assistant.llm.chat import Chat
from assistant.llm.endpoint import Waits
from assistant.llm.faults import trouble_of
from assistant.llm.metering import Meter
from assistant.llm.persistence import Deadline
from assistant.llm.thoughts import Aloud
from assistant.llm.troubles import Trouble, timed_out

_FILTERED = "content_filter"


class Stream:
    """`opened` waits for the first piece; `next` gives "" once all has come. Close it when done with it."""

    def __init__(self, chat: Chat, said: Sequence[BaseMessage], options: dict[str, Any], meter: Meter) -> None:
        self._waits: Waits = chat.endpoint.waits
        self._meter = meter
        self._come: asyncio.Queue[AIMessageChunk | Exception | None] = asyncio.Queue()
        self._aloud = Aloud()
        self._finished = ""  # why the model stopped, by the endpoint's word
        self._ready = ""
        self._ended = False
        self._task = asyncio.create_task(self._read(chat, said, options), name="model stream")

    @classmethod
    async def opened(cls, chat: Chat, said: Sequence[BaseMessage], options: dict[str, Any], meter: Meter) -> Stream:
        """Raises Trouble."""
        stream = cls(chat, said, options, meter)
        try:
            deadline = Deadline.after(stream._waits.first)
            stream._ready = await stream._piece(deadline, stream._waits.first)
        except BaseException:
            await stream.close()
            raise
        return stream

    async def next(self, deadline: Deadline) -> str:
        """Raises Trouble."""
        ready, self._ready = self._ready, ""
        return ready or await self._piece(deadline, self._waits.between)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _piece(self, deadline: Deadline, longest: float) -> str:
        """The next piece that has something to show."""
        while not self._ended:
            try:
                async with asyncio.timeout(min(longest, deadline.left())):
                    come = await self._come.get()
            except TimeoutError as error:
                raise timed_out("nothing comes from the endpoint") from error
            if isinstance(come, Exception):
                raise trouble_of(come) from come
            if come is None:
                return self._end()
            if piece := self._heard(come):
                return piece
        return ""

    def _heard(self, chunk: AIMessageChunk) -> str:
        self._finished = chunk.response_metadata.get("finish_reason") or self._finished
        if usage := chunk.usage_metadata:
            self._meter.told(usage["input_tokens"], usage["output_tokens"])
        if not chunk.text:
            return ""
        self._meter.wrote(chunk.text)
        return self._aloud.heard(chunk.text)

    def _end(self) -> str:
        self._ended = True
        if not self._finished:
            raise Trouble("the answer broke off.", "cut", passing=True, counts=True)
        if self._finished == _FILTERED:
            raise Trouble("the endpoint has filtered the answer.", "refused")
        return self._aloud.rest()

    async def _read(self, chat: Chat, said: Sequence[BaseMessage], options: dict[str, Any]) -> None:
        try:
            with tracing_context(enabled=False):  # else variables of the environment could send prompts elsewhere
                async for chunk in chat.client.astream(list(said), **options):
                    self._come.put_nowait(chunk)
        except Exception as error:
            self._come.put_nowait(error)
        else:
            self._come.put_nowait(None)
