"""Where a reader of the log goes on."""

from __future__ import annotations

from assistant.domain.errors import Conflict, InvalidInput


def stream_start(last_event_id: str | None, after: str, *, last_seq: int) -> int:
    """The seq after which a stream goes on: by the header, where there is one, else by `after`. Raises as
    `resume_point` does."""
    if last_event_id is None:
        return resume_point(after, last_seq=last_seq, name="after")
    return resume_point(last_event_id, last_seq=last_seq, name="Last-Event-ID")


def resume_point(text: str, *, last_seq: int, name: str) -> int:
    """The seq after which to go on, from what a client sent as `name`.

    Raises InvalidInput for what is no seq, and Conflict for one that the log never reached: it belongs to another
    conversation, and going on quietly would lose events.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidInput(
            f"{name} must be the id of an event of this conversation, a whole number from 0 on.",
            errors=[{"loc": name, "msg": "must be a whole number from 0 on"}],
        )
    seq = int(text)
    if seq > last_seq:
        raise Conflict(
            f"{name} is {seq}, but this conversation ends at {last_seq}: the id belongs to another one. Start from 0.",
            last_seq=last_seq,
        )
    return seq
