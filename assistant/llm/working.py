"""A model that may call tools, by LangChain's agent loop, in so many rounds and no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from jsonschema import Draft202012Validator
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage
from langchain_core.tools import StructuredTool

from assistant.domain.errors import StorebotError
from assistant.domain.models import Prompt, Tool
from assistant.llm.chat import Chat, messages
from assistant.llm.troubles import Trouble

Attempt = Callable[[], Awaitable[ModelResponse[Any]]]


class Rounds(AgentMiddleware[Any, Any, Any]):
    """Has each call of the model go through `tried`, and no tool be called once there were `rounds` rounds of them.

    The tools stay in the last request, which keeps what stands before it as the endpoint's cache knows it.
    """

    def __init__(
        self,
        rounds: int,
        options: dict[str, Any],
        tried: Callable[[Attempt], Awaitable[ModelResponse[Any]]],
        heard: Callable[[AIMessage], None],
    ) -> None:
        super().__init__()
        self._left = rounds
        self._options = options
        self._tried = tried
        self._heard = heard

    async def awrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]]
    ) -> ModelResponse[Any]:
        last = self._left == 0
        changes: dict[str, Any] = {"tool_choice": "none"} if last and request.tools else {}
        asked = request.override(model_settings=self._options, **changes)
        response = await self._tried(lambda: handler(asked))
        for message in response.result:
            if isinstance(message, AIMessage):
                self._heard(message)
                if last and message.tool_calls:
                    raise Trouble("the model asks for tools again and again.", "garbage")
        self._left -= 1
        return response


async def worked(chat: Chat, prompt: Prompt, tools: Sequence[Tool], middleware: Rounds) -> str:
    """What the model writes in the end. Raises Trouble."""
    agent = create_agent(chat.client, [_langchains(tool) for tool in tools], middleware=[middleware])
    asked: Any = {"messages": messages(prompt.lines)}  # its type is narrower than what it takes
    ended = await agent.ainvoke(asked)
    final = ended["messages"][-1]
    if not final.text.strip():
        raise Trouble("the model has said nothing.", "garbage")
    return str(final.text)


def _langchains(tool: Tool) -> StructuredTool:
    check = Draft202012Validator(tool.arguments)

    async def call(**arguments: Any) -> str:
        faults = [fault.message for fault in check.iter_errors(arguments)]
        if faults:
            return f"These arguments cannot be used: {'; '.join(faults[:3])[:500]}"
        try:
            return await tool.call(arguments)
        except StorebotError as error:
            return f"This cannot be had now: {error.detail}"

    return StructuredTool(
        name=tool.name, description=tool.description, args_schema=dict(tool.arguments), coroutine=call
    )
