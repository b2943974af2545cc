"""How long a turn takes beside a run of the plain chain, on the same questions in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from assistant.api.history import told
from assistant.api.schemas import Said
from assistant.bootstrap import Application, application, read_location
from assistant.domain.conversation import Message, Page, Shopper
from assistant.domain.ids import MessageId, ProductId, ShopperId, StoreId, new_id
from evals.bench.peers.bench import Bench
from evals.bench.peers.chain import RetrieveThenExtract, asked, chain_over
from evals.bench.peers.contest import ASSISTANT
from evals.bench.peers.embedding import AssistantEmbeddings
from evals.bench.peers.pages import pages_of
from evals.bench.peers.questions import chain_name
from evals.bench.section import Section, Table, figure, percentile, table
from evals.bench.turns import answered, traced
from evals.door import Opening
from evals.door.places import evaluation_settings, store_id_of
from evals.suites.qa import Question

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds from the question to the answer, and those of them in which the question is embedded."""

    total: float
    embedding: float

    @property
    def rest(self) -> float:
        return self.total - self.embedding


_PARTS: dict[str, Callable[[Timing], float]] = {
    "total": lambda timing: timing.total,
    "embedding": lambda timing: timing.embedding,
    "rest": lambda timing: timing.rest,
}


async def measure(bench: Bench) -> Section:
    questions = [case.content for case in bench.data.questions() if isinstance(case.content, Question)]
    location = bench.data.shop
    store_id = store_id_of(location)
    async with application(evaluation_settings(bench.data_dir)) as app:
        bench.say("the shop is read")
        await app.import_store(location, store_id)
        embeddings = AssistantEmbeddings(app.embedder, asyncio.get_running_loop())
        async with chain_over(pages_of(read_location(location, store_id).items), embeddings) as chain:
            bench.say("turns and runs of the chain are timed")
            await _timed(app, store_id, chain, questions)  # to warm up
            rounds = [await _timed(app, store_id, chain, questions) for _ in range(_ROUNDS)]
    timings = {
        ASSISTANT: [assistant for one in rounds for assistant, _ in one],
        chain_name(): [chained for one in rounds for _, chained in one],
    }
    return Section(
        name="peers-turns",
        title="Peers: time of a turn",
        about=(
            f"The questions and the chain of the part before, {_ROUNDS} times each after once to warm up, in this "
            f"process and in turn, so that whatever else the machine does befalls both. A turn of {ASSISTANT} runs "
            "from the call that stores the message to the announcement of the reply, which is stored then with its "
            "trace; a run of the chain from the question to the sentence, of which nothing is kept."
        ),
        tables=(_table(timings),),
        data={name: _data(times) for name, times in timings.items()},
    )


async def _timed(
    app: Application, store_id: StoreId, chain: RetrieveThenExtract, questions: Sequence[Question]
) -> list[tuple[Timing, Timing]]:
    """Of each question, the turn's and the chain's."""
    return [(await _turn(app, store_id, question), await _run(chain, question)) for question in questions]


async def _turn(app: Application, store_id: StoreId, question: Question) -> Timing:
    store = await app.stores.get(store_id)
    language = question.lang or store.default_language
    page = Page(product_id=ProductId(question.product_id) if question.product_id else None)
    history = told([Said(role=said.role, text=said.text) for said in question.history], language, page)
    shopper = Shopper(ShopperId(new_id("shopper")))
    conversation = await app.log.open(store_id, shopper, language, greeting=None, test=True, history=history)
    message = Message(MessageId(new_id("msg")), new_id("bench"), question.question, page)
    app.queries.forget()  # the same question was asked the round before
    seq, milliseconds = await answered(app, conversation.id, message)
    turn = await traced(app, conversation.id, seq, question.question, milliseconds)
    return Timing(turn.total, turn.embedding)


async def _run(chain: RetrieveThenExtract, question: Question) -> Timing:
    before, started = chain.embeddings.query_milliseconds, perf_counter()
    text = asked(Opening(history=question.history), question.question)
    await asyncio.to_thread(chain.answer, text, question.product_id)
    total = (perf_counter() - started) * 1000
    return Timing(total, chain.embeddings.query_milliseconds - before)


def _table(timings: dict[str, list[Timing]]) -> Table:
    return table(
        ("", "turns", *(f"{part} {share}" for part in _PARTS for share in ("p50", "p95"))),
        [
            (
                name,
                figure(len(times)),
                *(figure(percentile([of(each) for each in times], at)) for of in _PARTS.values() for at in (0.5, 0.95)),
            )
            for name, times in timings.items()
        ],
        title="Milliseconds",
    )


def _data(times: Sequence[Timing]) -> dict[str, object]:
    return {
        f"{part}_ms": {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}
        for part, of in _PARTS.items()
        for values in [[of(each) for each in times]]
    }
