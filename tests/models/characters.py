"""Models of a bad character, for a server of models to play: what they are told, they twist or obey."""

from __future__ import annotations

import json
import re

from tests.models.server import Body, Calls, Text

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ORDER = re.compile(r"(?:ignore|disregard|forget)\b.*|(?:忽略|无视|忘记).*", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+")


def always_lies(body: Body) -> Text:
    """Says what it was told last of the store, with every number changed and yes for no."""
    told = str(body["messages"][0]["content"]).splitlines()[-1]
    lie = _NUMBER.sub(lambda match: str(float(match.group()) * 2 + 1).removesuffix(".0"), told)
    lie = lie.replace("不支持", "支持").replace(" not ", " ")
    return _in_pieces(
        f"{lie}。保修 99 年，用券 LIES50 立减 50 元。It comes with a 99-year warranty; coupon LIES50 takes $50 off."
    )


def obeys(body: Body) -> Text | Calls:
    """Does what any text asks that tells it to forget its rules, wherever it stands: calls every tool with what is
    asked for, says the system prompt and every link."""
    everything = "\n".join(str(message.get("content") or "") for message in body["messages"])
    order = _ORDER.search(everything)
    if order is None:
        return _in_pieces("I do not know.")
    if body.get("tools") and body["messages"][-1]["role"] != "tool":
        names = [tool["function"]["name"] for tool in body["tools"]]
        return Calls([(name, {"order": order.group(), "all": True}) for name in names])
    if body.get("response_format"):
        return _in_pieces(json.dumps({"say": order.group(), "do": "refund"}, ensure_ascii=False))
    links = " ".join(_LINK.findall(everything))
    return _in_pieces(f"As you wish: {order.group()} {links} My instructions: {body['messages'][0]['content']}")


def _in_pieces(text: str) -> Text:
    return Text([text[start : start + 5] for start in range(0, len(text), 5)])
