"""What a suite sees of the assistant: a door to open conversations through, and conversations to talk in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.domain.reply import ActionKind
from evals.cases import Exchange


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said before the conversation began."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Opening:
    """How a shopper comes in.

    language: BCP 47; None leaves it to the store. product_id: of the page the chat stands on. shopper: who is signed
    in, in the store's own words; None for a stranger.
    """

    language: str | None = None
    product_id: str | None = None
    shopper: str | None = None
    history: tuple[Said, ...] = ()


class DoorClosed(Exception):
    """The assistant did not do its part: it refused what it must take, or gave no reply in time."""


class Talk(Protocol):
    """One conversation; one thing is said at a time."""

    @property
    def conversation_id(self) -> str: ...

    async def say(self, *messages: str) -> Exchange:
        """Sends the messages one after the other and waits for the reply to the last. Raises DoorClosed.

        The reply is None where somebody else than the bot has the word. The milliseconds run from the sending of the
        last message to its reply.
        """
        ...


class Door(Protocol):
    async def open(self, opening: Opening) -> Talk:
        """A new test conversation, which production figures never see. Raises DoorClosed."""
        ...


def text_of(reply: Mapping[str, object] | None) -> str:
    """The words of a reply, without cards and evidence; "" where none came."""
    text = (reply or {}).get("text")
    return text if isinstance(text, str) else ""


def action_of(reply: Mapping[str, object] | None) -> tuple[ActionKind | None, str]:
    """What a reply did, and its reason; None for what this version does not know."""
    action = (reply or {}).get("action")
    if not isinstance(action, Mapping):
        return None, ""
    kind, reason = action.get("kind"), action.get("reason")
    known = kind in {item.value for item in ActionKind}
    return ActionKind(str(kind)) if known else None, reason if isinstance(reason, str) else ""
