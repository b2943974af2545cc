"""The words that pass a shopper on to a human: what becomes of it, as it is."""

from __future__ import annotations

from dataclasses import replace

from assistant.answers.hours import in_words
from assistant.answers.voice import Voice
from assistant.domain.desk import Outlook, Service
from assistant.domain.reply import Expects, ExpectsKind, Part, QuickReply, Reply

CONTACT = "contact"
"""What a reply waits for that has told of a ticket."""


def passed_on(reply: Reply, outlook: Outlook, voice: Voice, *, open_now: bool) -> Reply:
    """The reply, with what becomes of the passage. open_now: whether the store's own hours are on, for stores without a
    desk."""
    texts = _texts(outlook, voice if not reply.parts else voice.continuing(), open_now)
    told = replace(reply, parts=(*reply.parts, *map(Part, texts)))
    match outlook.service:
        case Service.QUEUE:
            leave = QuickReply(voice.say("leave_queue"), voice.say("leave_queue_text"))
            return replace(told, quick_replies=(leave,), expects=None)
        case Service.CLOSED | Service.NOBODY:
            return replace(told, expects=Expects(ExpectsKind.SLOT, CONTACT))
        case Service.NONE:
            return told


def _texts(outlook: Outlook, voice: Voice, open_now: bool) -> list[str]:
    hours = outlook.hours or voice.store.hours
    match outlook.service:
        case Service.QUEUE:
            first = voice.say("queued_behind", ahead=outlook.ahead) if outlook.ahead else voice.say("queued_next")
            wait = [voice.say("queued_minutes", minutes=outlook.minutes)] if outlook.minutes is not None else []
            return [_line(voice, [first, *wait]), voice.say("queued_meanwhile")]
        case Service.CLOSED | Service.NOBODY:
            closed = outlook.service is Service.CLOSED
            text = (
                voice.say("ticket_closed_hours", hours=in_words(hours, voice)) if closed else voice.say("ticket_nobody")
            )
            return [_line(voice, [text, *_promised(voice)]), voice.say("ask_contact")]
        case Service.NONE:
            if not hours.weekly:
                return [voice.say("handoff_plain")]
            return [voice.say("handoff_open" if open_now else "handoff_closed", hours=in_words(hours, voice))]


def _promised(voice: Voice) -> list[str]:
    """What the store has said of the time in which tickets are answered."""
    within = voice.store.desk.answers_within if voice.store.desk is not None else None
    return [voice.say("ticket_within", within=within.in_language(voice.language.tag))] if within else []


def _line(voice: Voice, sentences: list[str]) -> str:
    return ("" if voice.language.tag.startswith("zh") else " ").join(sentences)
