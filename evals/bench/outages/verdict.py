"""Whether a shopper's transcript, the history endpoint and the database agree, and every message was answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from evals.bench.outages.shopper import StoredEvent


class Fault(StrEnum):
    """What may go wrong with a conversation."""

    LOST = "lost"  # stored, and never seen by the shopper
    INVENTED = "invented"  # seen by the shopper, and not stored
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    CHANGED = "changed"  # seen with another content than is stored
    GAP = "gap"  # a sequence number that is missing in the log
    HISTORY = "history differs"
    MESSAGE_LOST = "message lost"  # the server said that it was stored
    MESSAGE_REPEATED = "message stored twice"
    MESSAGE_REORDERED = "messages reordered"
    UNANSWERED = "unanswered"
    ANSWERED_TWICE = "answered twice"


@dataclass(frozen=True, slots=True)
class Found:
    """A fault, and the events of the conversation that show it."""

    conversation_id: str
    fault: Fault
    detail: str


def judge(
    conversation_id: str,
    *,
    sent: Sequence[str],
    seen: Sequence[StoredEvent],
    history: Sequence[StoredEvent],
    stored: Sequence[StoredEvent],
) -> list[Found]:
    """All faults of one conversation; `sent` are the client message ids in the order of sending."""
    faults = (*_of_stream(seen, stored), *_of_log(history, stored), *_of_messages(sent, stored), *_of_replies(stored))
    return [Found(conversation_id, fault, detail) for fault, detail in faults]


def _of_stream(seen: Sequence[StoredEvent], stored: Sequence[StoredEvent]) -> Iterator[tuple[Fault, str]]:
    numbers = [event["seq"] for event in seen]
    by_number = {event["seq"]: event for event in stored}
    if missing := sorted(by_number.keys() - set(numbers)):
        yield Fault.LOST, f"events {missing}"
    if extra := sorted(set(numbers) - by_number.keys()):
        yield Fault.INVENTED, f"events {extra}"
    if len(set(numbers)) < len(numbers):
        yield Fault.DUPLICATED, f"events came as {numbers}"
    if list(dict.fromkeys(numbers)) != sorted(set(numbers)):
        yield Fault.REORDERED, f"events came as {numbers}"
    if changed := [event["seq"] for event in seen if by_number.get(event["seq"], event) != event]:
        yield Fault.CHANGED, f"events {changed}"


def _of_log(history: Sequence[StoredEvent], stored: Sequence[StoredEvent]) -> Iterator[tuple[Fault, str]]:
    numbers = [event["seq"] for event in stored]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Fault.GAP, f"the log holds {numbers}"
    if list(history) != list(stored):
        yield Fault.HISTORY, f"{len(history)} events, {len(stored)} stored"


def _of_messages(sent: Sequence[str], stored: Sequence[StoredEvent]) -> Iterator[tuple[Fault, str]]:
    kept = [event["message"]["client_message_id"] for event in stored if event["type"] == "message"]
    if missing := [name for name in sent if name not in kept]:
        yield Fault.MESSAGE_LOST, f"messages {missing}"
    if len(set(kept)) < len(kept):
        yield Fault.MESSAGE_REPEATED, f"stored as {kept}"
    if [name for name in dict.fromkeys(kept) if name in sent] != [name for name in sent if name in kept]:
        yield Fault.MESSAGE_REORDERED, f"stored as {kept}"


def _of_replies(stored: Sequence[StoredEvent]) -> Iterator[tuple[Fault, str]]:
    answers = [event["answers"] for event in stored if event["type"] == "reply" and event["answers"]]
    last = max((event["seq"] for event in stored if event["type"] == "message"), default=0)
    if last > max(answers, default=0):
        yield Fault.UNANSWERED, f"message {last}"
    if any(later <= earlier for earlier, later in pairwise(answers)):
        yield Fault.ANSWERED_TWICE, f"replies cover {answers}"
