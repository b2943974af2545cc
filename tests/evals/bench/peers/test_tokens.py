"""Tokens of an agent: what goes to its model and comes from it, in every call that an answer takes."""

from __future__ import annotations

from tests.evals.bench.peers import extra

extra.needed()

from langchain.agents import create_agent  # noqa: E402
from langchain_core.tools import tool  # noqa: E402

from assistant.llm.tokens import Encoding, TokenCounter  # noqa: E402
from evals.bench.peers.tokens import Taken, _Scripted  # noqa: E402


@tool
def retrieve_context(query: str) -> str:
    """Retrieve information to help answer a question."""
    return f"Wool, washed by hand. Asked: {query}"


def test_an_answer_takes_two_calls_and_the_second_is_given_all_that_was_retrieved() -> None:
    counter, taken = TokenCounter("gpt-4", Encoding()), Taken("agent", answered=1)
    agent = create_agent(_Scripted(counter, taken), [retrieve_context], system_prompt="Help shoppers.")
    said = agent.invoke({"messages": [("user", "What is it made of?")]})
    assert said["messages"][-1].text == "Wool, washed by hand."
    assert taken.calls == 2
    retrieved = counter.count("Wool, washed by hand. Asked: What is it made of?")
    assert taken.tokens_in > 2 * counter.count("Help shoppers. What is it made of?") + retrieved
    assert taken.each == taken.tokens_in + taken.tokens_out
