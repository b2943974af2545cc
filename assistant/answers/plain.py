"""Replies in words alone: nothing is stated that would need evidence."""

from __future__ import annotations

from assistant.answers.voice import Voice
from assistant.domain.reply import Action, ActionKind, Part, Reply


def plain(voice: Voice, kind: ActionKind, reason: str, *texts: str, human: bool = False) -> Reply:
    """A part for each text; with `human`, a button that asks for one."""
    buttons = (voice.ask_human(),) if human else ()
    return Reply(voice.language.tag, Action(kind, reason), tuple(map(Part, texts)), quick_replies=buttons)
