"""What a model writes comes piece by piece, and whatever goes wrong has a reason."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

import pytest

from assistant.domain.errors import ModelUnavailable
from assistant.domain.models import Line, Prompt, Purpose, Speaker
from tests.llm.prompts import prompt
from tests.llm.talking import HASTY, PATIENT, talking, written
from tests.models.server import Answering, ModelServer, Raw, Refused, Text, event

HALF = event({"content": "half "})
SSE_OPEN = event({"role": "assistant", "content": ""})


async def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_an_answer_comes_piece_by_piece_with_what_it_took(server: ModelServer) -> None:
    server.says(Text(("It ", "costs ", "¥399.")))
    async with talking(server) as talk:
        model = talk.model()
        assert await written(model, prompt("How much?")) == ["It ", "costs ", "¥399."]
    (call,) = model.calls
    assert (call.outcome, call.tokens_in, call.tokens_out, call.exact) == ("done", 100, 3, True)
    assert call.first_token_ms is not None
    assert call.first_token_ms <= call.milliseconds
    (sent,) = server.requests
    assert sent["stream"] is True
    assert (sent["model"], sent["max_tokens"], sent["temperature"]) == ("model-1", 200, 0.0)
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert server.headers[0]["authorization"] == "Bearer k-1"


async def test_nothing_is_told_of_this_machine_but_what_is_asked(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    async with talking(server, api_key="") as talk:
        await written(talk.model(), prompt("hi"))
    told = str(server.headers)
    assert not [secret for secret in ("org-1", "project-1", "sk-other") if secret in told]
    assert not [name for name in server.headers[0] if name.startswith(("x-stainless", "openai-"))]


async def test_lines_of_one_speaker_in_a_row_are_one_message(server: ModelServer) -> None:
    lines = (
        Line(Speaker.STORE, "Rules."),
        Line(Speaker.STORE, "Facts."),
        Line(Speaker.SHOPPER, "Hi"),
        Line(Speaker.BOT, "Hello"),
        Line(Speaker.SHOPPER, "Well?"),
    )
    async with talking(server) as talk:
        await written(talk.model(), Prompt(Purpose.ANSWER, "p", "1", lines, 10))
    messages = server.requests[0]["messages"]
    assert [(message["role"], message["content"]) for message in messages] == [
        ("system", "Rules.\n\nFacts."),
        ("user", "Hi"),
        ("assistant", "Hello"),
        ("user", "Well?"),
    ]


@pytest.mark.parametrize(
    ("answers", "reason", "requests"),
    [
        ([Refused(401, "bad key")], "refused", 1),
        ([Refused(404, "no such model")], "refused", 1),
        ([Refused(400, "too long")], "refused", 1),
        ([Refused(500)], "unreachable", 3),
        ([Refused(503)], "unreachable", 3),
        ([Refused(429)], "rate_limited", 3),
        ([Refused(429, "pay", code="insufficient_quota")], "rate_limited", 1),
        ([Refused(429, headers={"Retry-After": "90"})], "rate_limited", 1),
        ([Refused(302, headers={"Location": "http://127.0.0.1:1/v1/chat/completions"})], "refused", 1),
        ([Text(("late",), first=10)], "timeout", 3),
        ([Raw((SSE_OPEN,), stalls=10)], "timeout", 3),
        ([Raw((b": still here\n\n",), stalls=10)], "timeout", 3),
        ([Raw((b"data: {{{\n\n",))], "garbage", 1),
        ([Raw((b"<html>hello</html>",), content_type="text/html")], "garbage", 1),
        ([Raw((b'data: {"error": {"message": "overloaded"}}\n\n',))], "cut", 3),
        ([Raw((SSE_OPEN,), ends=False)], "cut", 3),
        ([Text((), finish="content_filter")], "refused", 1),
    ],
)
async def test_what_goes_wrong_before_the_first_piece_is_tried_again_where_it_may_pass(
    server: ModelServer, answers: list[Answering], reason: str, requests: int
) -> None:
    server.says(*answers)
    async with talking(server, waits=HASTY if reason == "timeout" else PATIENT) as talk:
        model = talk.model()
        with pytest.raises(ModelUnavailable) as raised:
            await written(model, prompt("hi"))
    assert raised.value.reason == reason, raised.value.detail
    assert len(server.requests) == requests
    assert [call.outcome for call in model.calls] == [reason]


@pytest.mark.parametrize("trouble", [Refused(500), Refused(429, headers={"Retry-After": "0"}), Refused(408)])
async def test_trouble_that_passes_is_not_seen(server: ModelServer, trouble: Refused) -> None:
    server.says(trouble, trouble, "fine")
    async with talking(server) as talk:
        assert await written(talk.model(), prompt("hi")) == ["fine"]
    assert len(server.requests) == 3


async def test_a_pause_that_is_asked_for_is_kept(server: ModelServer) -> None:
    server.says(Refused(429, headers={"Retry-After": "1"}), "fine")
    started = time.monotonic()
    async with talking(server) as talk:
        await written(talk.model(), prompt("hi"))
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Raw((SSE_OPEN, HALF), stalls=10), "timeout"),
        (Raw((SSE_OPEN, HALF), ends=False), "cut"),
        (Raw((SSE_OPEN, HALF)), "cut"),
        (Raw((SSE_OPEN, HALF, b"data: {{{\n\n")), "garbage"),
        (Raw((SSE_OPEN, HALF, b'data: {"error": {"message": "overloaded"}}\n\n')), "cut"),
    ],
)
async def test_what_goes_wrong_after_the_first_piece_is_told_and_not_tried_again(
    server: ModelServer, answer: Raw, reason: str
) -> None:
    server.says(answer)
    got: list[str] = []
    async with talking(server, waits=HASTY if reason == "timeout" else PATIENT) as talk:
        model = talk.model()
        with pytest.raises(ModelUnavailable) as raised:
            await written(model, prompt("hi"), got)
    assert (got, raised.value.reason) == (["half "], reason)
    assert len(server.requests) == 1
    assert [call.outcome for call in model.calls] == [reason]


async def test_a_machine_that_nobody_answers_at_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with talking(f"http://127.0.0.1:{taken.getsockname()[1]}/v1") as talk:
            with pytest.raises(ModelUnavailable) as raised:
                await written(talk.model(), prompt("hi"))
    assert raised.value.reason == "unreachable"


async def test_a_whole_answer_that_takes_too_long_is_cut_short(server: ModelServer) -> None:
    server.says(Text(["word "] * 100, pause=0.1))
    async with talking(server, waits=replace(PATIENT, whole=0.5)) as talk:
        with pytest.raises(ModelUnavailable) as raised:
            await written(talk.model(), prompt("hi"))
    assert raised.value.reason == "timeout"


async def test_who_closes_an_answer_closes_the_connection_at_once(server: ModelServer) -> None:
    server.says(Text(["word "] * 1000, pause=0.05))
    async with talking(server) as talk:
        model = talk.model()
        async with aclosing(model.write(prompt("hi"))) as pieces:
            await anext(pieces)
        await until(lambda: server.closed == 1)
    assert [call.outcome for call in model.calls] == ["stopped"]
    assert model.calls[0].tokens_in > 0


async def test_who_cancels_an_answer_closes_the_connection_at_once(server: ModelServer) -> None:
    server.says(Raw((SSE_OPEN,), stalls=60))
    async with talking(server, waits=replace(PATIENT, first=60)) as talk:
        model = talk.model()
        task = asyncio.create_task(written(model, prompt("hi")))
        await until(lambda: server.under_way == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: server.closed == 1)
    assert [call.outcome for call in model.calls] == ["stopped"]


async def test_an_endpoint_that_fails_again_and_again_is_left_alone_for_a_while(server: ModelServer) -> None:
    server.says(Refused(500))
    async with talking(server, failures=2, attempts=1, pause=1000) as talk:
        for reason in ("unreachable", "unreachable", "open_circuit", "open_circuit"):
            with pytest.raises(ModelUnavailable) as raised:
                await written(talk.model(), prompt("hi"))
            assert raised.value.reason == reason
        assert len(server.requests) == 2
        server.says("fine")
        breaker = talk.endpoints.wire(talk.endpoint, Purpose.ANSWER).persistence.breaker
        breaker.now = lambda: time.monotonic() + 1000
        assert await written(talk.model(), prompt("hi")) == ["fine"]


async def test_no_more_calls_are_under_way_than_there_are_places(server: ModelServer) -> None:
    server.says(Text(["a", "b", "c"], pause=0.05))
    async with talking(server, at_once=2) as talk:
        await asyncio.gather(*(written(talk.model(), prompt("hi")) for _ in range(6)))
    assert server.most_under_way == 2


async def test_who_finds_no_place_in_time_is_told_so(server: ModelServer) -> None:
    server.says(Text(["a"] * 100, pause=0.05))
    async with talking(server, at_once=1, waits=replace(PATIENT, in_line=0.2)) as talk:
        first = talk.model().write(prompt("hi"))
        await anext(first)
        with pytest.raises(ModelUnavailable) as raised:
            await written(talk.model(), prompt("hi"))
        await first.aclose()
        server.says("fine")
        assert await written(talk.model(), prompt("hi")) == ["fine"], "the place is free again"
    assert raised.value.reason == "busy"


@pytest.mark.parametrize("parameter", ["stream_options", "temperature"])
async def test_a_parameter_that_the_endpoint_does_not_know_is_left_out_from_then_on(
    server: ModelServer, parameter: str
) -> None:
    def answer(body: dict[str, object]) -> Text | Refused:
        return Refused(400, f"Unknown parameter: {parameter}") if parameter in body else Text(("fine",))

    server.says(answer)
    async with talking(server) as talk:
        assert await written(talk.model(), prompt("hi")) == ["fine"]
        assert await written(talk.model(), prompt("hi")) == ["fine"]
    assert len(server.requests) == 3


async def test_tokens_are_estimated_where_the_endpoint_tells_none(server: ModelServer) -> None:
    server.says(Text(("Seven words are written in this answer.",), usage=False))
    async with talking(server) as talk:
        model = talk.model()
        await written(model, prompt("hi"))
    (call,) = model.calls
    assert not call.exact
    assert 8 <= call.tokens_out <= 12
    assert call.tokens_in > 5


async def test_what_a_model_thinks_aloud_is_not_shown(server: ModelServer) -> None:
    server.says(Text(("<th", "ink>The price", " is…</thi", "nk>\n\n", "It costs ", "¥399.")))
    async with talking(server) as talk:
        assert "".join(await written(talk.model(), prompt("hi"))) == "It costs ¥399."


async def test_variables_of_libraries_send_prompts_nowhere_else(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = ModelServer()
    elsewhere.start()
    try:
        other = elsewhere.base_url.removesuffix("/v1")
        for name, value in {
            "LANGSMITH_TRACING": "true",
            "LANGCHAIN_TRACING_V2": "true",
            "LANGSMITH_API_KEY": "lsv2_x",
            "LANGSMITH_ENDPOINT": other,
            "LANGCHAIN_ENDPOINT": other,
            "LANGSMITH_GATEWAY": "true",
            "LANGSMITH_GATEWAY_URL": other,
            "OPENAI_BASE_URL": elsewhere.base_url,
            "OPENAI_API_BASE": elsewhere.base_url,
            "OPENAI_PROXY": other,
            "HTTP_PROXY": other,
            "http_proxy": other,
            "ALL_PROXY": other,
        }.items():
            monkeypatch.setenv(name, value)
        async with talking(server) as talk:
            assert await written(talk.model(), prompt("hi")) == ["fine"]
            server.says('{"n": 1}')
            await talk.model().fill(prompt("hi"), {"type": "object"})
            server.says("fine")
            await talk.model().work(prompt("hi"), [], rounds=1)
        await asyncio.sleep(0.5)
        assert elsewhere.requests == []
        assert elsewhere.hits == 0
    finally:
        elsewhere.stop()
