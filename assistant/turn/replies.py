"""Replies that answer no question: small talk, passing on to a human, refusing, and what cannot be done yet."""

from __future__ import annotations

from assistant.domain.events import HandoffRequested
from assistant.domain.reply import Action, ActionKind, HandoffReason, Part, Reply
from assistant.domain.understanding import Route
from assistant.turn import hours
from assistant.turn.steps import Tools
from assistant.turn.turn import Matter, Routed

_OWN_OPENING = frozenset({HandoffReason.SAFETY_INJURY, HandoffReason.CUSTOMER_REQUEST})
_REFUSALS = frozenset({"injection", "privacy", "fraud"})  # reasons with words of their own


def small_talk(matter: Matter, routed: Routed) -> Reply:
    """An answer to a greeting, thanks and the like; what has no words of its own is led back to the shop."""
    voice = matter.voice
    tag = voice.language.tag
    bot, store = voice.store.persona.name.in_language(tag), voice.store.name.in_language(tag)
    names: dict[str, dict[str, object]] = {"greeting": {"bot": bot}, "bot_identity": {"bot": bot, "store": store}}
    name = routed.intent if voice.has(routed.intent) else "off_topic"
    return Reply(tag, Action(ActionKind.SMALL_TALK, routed.intent), (Part(voice.say(name, **names.get(name, {}))),))


def handed_over(matter: Matter, routed: Routed, tools: Tools) -> Reply:
    """A human is asked for, for the reason given; words of regret first where something went wrong."""
    voice, store = matter.voice, matter.voice.store
    reason = HandoffReason(routed.reason) if routed.reason else HandoffReason.CUSTOMER_REQUEST
    if not store.hours.weekly:
        text = voice.say("handoff_plain")
    else:
        name = "handoff_open" if hours.serving(store.hours, tools.clock.now()) else "handoff_closed"
        text = voice.say(name, hours=hours.in_words(store.hours, voice))
    matter.turn.also += (HandoffRequested(reason, note=matter.turn.request.text[:500]),)
    parts: tuple[Part, ...] = (Part(text),)
    if reason is not HandoffReason.CUSTOMER_REQUEST:
        opening = "sorry_hurt" if reason is HandoffReason.SAFETY_INJURY else "sorry_trouble"
        parts = (Part(voice.say(opening)), Part(text))
    return Reply(voice.language.tag, Action(ActionKind.HANDOFF, reason.value), parts)


def refused(matter: Matter, routed: Routed) -> Reply:
    name = f"refuse_{routed.reason}" if routed.reason in _REFUSALS else "refuse"
    reason = routed.reason or "policy_restriction"
    return Reply(matter.voice.language.tag, Action(ActionKind.REFUSE, reason), (Part(matter.voice.say(name)),))


def not_connected(matter: Matter, routed: Routed) -> Reply:
    """What would need the shop's order system: where to do it oneself, and a human."""
    text = matter.voice.say("retain_first" if routed.route is Route.RETAIN else "own_order")
    return Reply(
        matter.voice.language.tag,
        Action(ActionKind.ABSTAIN, "no_procedure"),
        (Part(text),),
        quick_replies=(matter.voice.ask_human(),),
    )


def asked_for_needs(matter: Matter) -> Reply:
    """A question for what the shopper needs, where nothing can be recommended from what was said."""
    return Reply(matter.voice.language.tag, Action(ActionKind.CLARIFY, "needs"), (Part(matter.voice.say("needs")),))


def asked_back(matter: Matter, routed: Routed) -> Reply:
    """A question for what the message is about."""
    text = matter.voice.say("clarify_which" if routed.why == "which_of_several" else "clarify_open")
    return Reply(
        matter.voice.language.tag,
        Action(ActionKind.CLARIFY, routed.why),
        (Part(text),),
        quick_replies=(matter.voice.ask_human(),),
    )


def sympathy(matter: Matter) -> Reply:
    """Regret for a grumble that needs no human yet, and a question what went wrong."""
    return Reply(
        matter.voice.language.tag,
        Action(ActionKind.CLARIFY, "complaint"),
        (Part(matter.voice.say("sorry_mild")),),
        quick_replies=(matter.voice.ask_human(),),
    )
