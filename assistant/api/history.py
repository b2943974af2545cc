"""What was said before an evaluation's conversation begins."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.api.incoming import message_text
from assistant.api.schemas import MAX_SAID_CHARS, Said
from assistant.domain.conversation import Message, Page
from assistant.domain.events import MessageReceived, Replied
from assistant.domain.ids import MessageId, TurnId, new_id
from assistant.domain.reply import Action, ActionKind, Part, Reply

REASON = "history"
"""The reason of replies that were told to the assistant, not given by it."""


def told(history: Sequence[Said], language: str, page: Page) -> list[MessageReceived | Replied]:
    """The events of a conversation that begins with `history`, the first with sequence number 1.

    Raises InvalidInput, naming the turn, for a text with nothing to see in it.
    """
    events: list[MessageReceived | Replied] = []
    answers = 0
    for seq, said in enumerate(history, start=1):
        text = message_text(said.text, max_chars=MAX_SAID_CHARS, loc=f"body.evaluation.history.{seq - 1}.text")
        if said.role == "user":
            # The slash keeps these ids apart from any that a client may choose.
            events.append(MessageReceived(Message(MessageId(new_id("msg")), f"history/{seq}", text, page)))
            answers = seq
        else:
            reply = Reply(language, Action(ActionKind.ANSWER, REASON), (Part(text),))
            events.append(Replied(TurnId(new_id("turn")), reply, answers))
    return events
