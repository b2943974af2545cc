"""What an answer takes of a language model, beside a plain LangChain agent with a retriever for a tool."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import create_retriever_tool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr

from assistant.bootstrap import application, read_location
from assistant.domain.ids import ProductId, StoreId
from assistant.domain.models import Prompt
from assistant.llm.scripted import Saying, ScriptedModels
from assistant.llm.tokens import Encoding, TokenCounter
from assistant.settings import Settings
from evals.bench.endpoint import answer_to
from evals.bench.peers.bench import Bench
from evals.bench.peers.contest import ASSISTANT, named
from evals.bench.peers.embedding import AssistantEmbeddings, assistant_embeddings
from evals.bench.peers.pages import chunks_of, pages_of, sentences_of
from evals.bench.peers.vectors import chroma_of
from evals.bench.section import Section, at_most, figure, table
from evals.cases import content_of
from evals.suites.qa import ABSTAINING, Question

MOST_SHARE = 0.5
CHUNKINGS = ((1000, 2), (100, 4))
"""Characters of a chunk, and chunks retrieved: as in LangChain's tutorial on agents, and what suits short facts."""

_STORE = StoreId("peers")
_MODEL = "gpt-4"  # its encoding is at hand, so that tokens are counted exactly
_A_LINE, _A_REPLY = 4, 3  # tokens that the form of a chat takes
_SYSTEM = (
    "You have access to a tool that retrieves context from the pages of an online shop. Use the tool to help answer "
    "shoppers' questions. If the context does not hold the answer, say that you don't know."
)


@dataclass
class Taken:
    """Of all questions together. calls: of a model. answered: questions that got an answer."""

    name: str
    questions: int = 0
    answered: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def each(self) -> float:
        """Tokens for each answered question, in and out."""
        return (self.tokens_in + self.tokens_out) / max(1, self.answered)

    def row(self) -> tuple[str, ...]:
        answered = max(1, self.answered)
        shares = (self.calls / max(1, self.questions), self.tokens_in / answered, self.tokens_out / answered, self.each)
        return (self.name, figure(self.questions), figure(self.answered), *map(figure, shares))


async def measure(bench: Bench) -> Section:
    questions = [content_of(case, Question) for case in bench.data.questions()]
    bench.say(f"{ASSISTANT} answers")
    ours = await _ours(bench, questions)
    peers = []
    async with assistant_embeddings(bench.target()) as embeddings:
        for size, most in CHUNKINGS:
            bench.say(f"an agent answers from chunks of {size} characters")
            peers.append(await _agents(bench, questions, embeddings, size, most))
    least = min(peer.each for peer in peers)
    return Section(
        name="peers-tokens",
        title="Peers: tokens for an answer",
        about=(
            f"{len(questions)} questions about the ECom-Bench shop, each asked of {ASSISTANT} with a language model "
            "and of a plain LangChain agent (`create_agent`) with a retriever over the shop's texts for its only tool, "
            "its system prompt as in LangChain's tutorial. The model is scripted: it says the first sentence of what "
            "it is given, and the agent's first has the tool called with the question. Tokens are counted by tiktoken "
            "with "
            f"the encoding of {_MODEL}, with the form of the chat and the description of tools, and calls that only "
            f"help to understand a message. {ASSISTANT} answers from facts and in the shop's own words without a "
            "model; what it declines to answer took tokens too, and they are counted in. The agent answers everything."
        ),
        tables=(
            table(
                ("", "questions", "answered", "calls a question", "in, an answer", "out, an answer", "both"),
                [taken.row() for taken in (ours, *peers)],
            ),
        ),
        checks=(
            at_most("an answer takes at most half the tokens of an agent's", ours.each / least, MOST_SHARE, "of them"),
        ),
        data={taken.name: vars(taken) for taken in (ours, *peers)},
    )


def _written(prompt: Prompt) -> Saying:
    if prompt.name == "answer":
        return answer_to([{"content": prompt.lines[-1].text}])
    return {"parts": []}


async def _ours(bench: Bench, questions: Sequence[Question]) -> Taken:
    taken, models = Taken(f"{ASSISTANT}, with a model"), ScriptedModels(_written, name=_MODEL)
    settings = Settings(data_dir=bench.data_dir, coalesce_ms=0)
    async with application(settings, models=models) as app:
        await app.import_store(bench.data.shop, _STORE)
        for question in questions:
            conversation, page = None, ProductId(question.product_id) if question.product_id else None
            for said in question.history:
                if said.role == "user":
                    before = await app.ask(_STORE, said.text, product_id=page, conversation_id=conversation)
                    conversation = before.conversation_id
            models.made.clear()
            answer = await app.ask(_STORE, question.question, product_id=page, conversation_id=conversation)
            taken.questions += 1
            taken.answered += answer.reply.action.kind not in ABSTAINING
            taken.calls += len(models.calls)
            taken.tokens_in += sum(call.tokens_in for call in models.calls)
            taken.tokens_out += sum(call.tokens_out for call in models.calls)
    return taken


async def _agents(
    bench: Bench, questions: Sequence[Question], embeddings: AssistantEmbeddings, size: int, most: int
) -> Taken:
    taken = Taken(f"{named('LangChain agent', 'langchain')}, {most} chunks of {size} characters")
    counter = TokenCounter(_MODEL, Encoding())
    pages = pages_of(read_location(bench.data.shop, _STORE).items)
    async with chroma_of(chunks_of(pages, size), embeddings) as store:
        retriever = store.as_retriever(search_kwargs={"k": most})
        tool = create_retriever_tool(retriever, "retrieve_context", "Retrieve information to help answer a question.")
        for question in questions:
            model = _Scripted(counter, taken)
            agent = create_agent(model, [tool], system_prompt=_SYSTEM)
            said: list[Any] = [(line.role, line.text) for line in question.history]
            asked: Any = {"messages": [*said, ("user", question.question)]}
            await asyncio.to_thread(lambda: agent.invoke(asked))  # noqa: B023 - it has ended before the next
            taken.questions += 1
            taken.answered += 1
    return taken


class _Scripted(BaseChatModel):
    """Has its tool called with the question, then says the first sentence of what that gave; counts what goes by."""

    _counter: TokenCounter = PrivateAttr()
    _taken: Taken = PrivateAttr()
    _described: str = PrivateAttr(default="")

    def __init__(self, counter: TokenCounter, taken: Taken) -> None:
        super().__init__()
        self._counter, self._taken = counter, taken

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> _Scripted:
        self._described = "".join(json.dumps(convert_to_openai_tool(tool), ensure_ascii=False) for tool in tools)
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        asked = next(message.text for message in reversed(messages) if message.type == "human")
        last = messages[-1]
        if isinstance(last, ToolMessage):
            answer = AIMessage(sentences_of(last.text)[0])
        else:
            answer = AIMessage("", tool_calls=[{"name": "retrieve_context", "args": {"query": asked}, "id": "call_1"}])
        self._taken.calls += 1
        self._taken.tokens_in += sum(map(self._tokens, messages)) + self._counter.count(self._described) + _A_REPLY
        self._taken.tokens_out += self._tokens(answer) - _A_LINE
        return ChatResult(generations=[ChatGeneration(message=answer)])

    def _tokens(self, message: BaseMessage) -> int:
        calls = message.tool_calls if isinstance(message, AIMessage) else []
        written = "".join(call["name"] + json.dumps(call["args"], ensure_ascii=False) for call in calls)
        return self._counter.count(message.text + written) + _A_LINE
