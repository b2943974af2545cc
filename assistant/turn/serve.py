"""The steps of a turn that serve procedures, and the replies that tell how far they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import orjson
import structlog

from assistant.answers.plain import plain
from assistant.domain.commerce import Product
from assistant.domain.evidence import Evidence, EvidenceKind
from assistant.domain.ids import EvidenceId, ProductId
from assistant.domain.procedures import Asked, Procedure, Service, SlotKind
from assistant.domain.reply import Action, ActionKind, Expects, ExpectsKind, HandoffReason, Part, QuickReply, Reply
from assistant.domain.understanding import Route
from assistant.procedures.failing import TROUBLES, faulty
from assistant.procedures.progress import Progress, Told, Way
from assistant.procedures.wording import as_shown
from assistant.turn.counter import Desk
from assistant.turn.replies import called_human, with_human
from assistant.turn.steps import Tools, resolved
from assistant.turn.turn import Matter, Routed, Turn

_log = structlog.get_logger(__name__)
_TOLD = frozenset({SlotKind.PAYMENT, SlotKind.ADDRESS})
IDENTITY = "identity"
PENDING = "pending"
ANSWERING = "answers_the_store"  # what the store has asked
PROPOSED = "proposed"  # by a language model, and not requested in words: it is asked whether it is wanted


async def open_desk(turn: Turn, tools: Tools) -> None:
    """Where the store has a system and procedures, they can be served."""
    if tools.serving is None:
        return
    conversation = turn.request.conversation
    try:
        backend = await tools.serving.backends.of(conversation)
    except TROUBLES as trouble:  # what has nothing to do with orders is answered all the same
        _log.warning("system_not_opened", conversation_id=conversation.id, error=str(trouble))
        return
    procedures = await tools.serving.procedures.of(conversation.store_id)
    if backend is not None and procedures:

        async def find(ids: Sequence[ProductId]) -> list[Product]:
            return await tools.knowledge.products(turn.scope, ids)

        turn.desk = Desk(
            tools.serving,
            backend,
            procedures,
            turn.voice,
            find,
            turn.focus.service,
            conversation.shopper.ref,
            tools.clock.now(),
            conversation.store_id,
            tools.serving.guesses,
        )


async def take_up(turn: Turn, tools: Tools) -> None:
    """What the message does to the procedure under way; where it is an answer to it, nothing else is made of it."""
    desk = turn.desk
    if desk is None:
        return
    desk.voice = turn.voice
    before: Service | None = desk.state
    waited_for_identity = desk.shopper is None and bool(desk.state.waiting)
    try:
        await desk.identify(turn.read.whole)
    except TROUBLES as trouble:
        faulty(IDENTITY, trouble)
        desk.passed.append(_not_identified(turn))
        before, waited_for_identity = None, True
    said_who = waited_for_identity and desk.state != before
    told = _told(turn, turn.whole, tools)
    taken = await desk.go_on(told) or said_who or await desk.take_up(told)
    if taken:
        if desk.passed or desk.shopper is not None:
            await _next_requests(turn, tools)
        turn.matters = [turn.whole]
        turn.whole.routed = Routed(Route.PROCEDURE, _intent(desk), why=PENDING, confidence=1.0)


async def served(matter: Matter, routed: Routed, tools: Tools) -> Reply | None:
    """The reply of procedures to a matter that asks for one; None where the store has none for it."""
    turn = matter.turn
    desk = turn.desk
    if desk is None:
        return None
    if routed.why == PENDING and not desk.passed:
        return _who(matter, None, desk)
    if routed.why == PENDING:
        return reply_of(desk.passed, matter)
    procedure = desk.wanted(routed.procedure, routed.intent)
    hearing = desk.serving.engine.hearing
    if (
        procedure is None
        or routed.why == PROPOSED
        or (hearing.supposed(matter.read) and not desk.asked_for(matter.read))
    ):
        return None
    if routed.why != "asked_in_words" and hearing.declined(matter.read):
        title = procedure.title.in_language(matter.voice.language.tag)
        text = matter.voice.say("procedure_dropped", matter=title)
        return plain(matter.voice, ActionKind.SMALL_TALK, f"{procedure.name}.declined", text)
    if not _answers(routed, procedure, desk) and not desk.requested(matter.read, procedure):
        return None
    asked = Asked(procedure.name, matter.read.text, hearing.for_want(matter.read), turn.read.text)
    if procedure.identified and desk.shopper is None:
        return _who(matter, asked if desk.state.waiting else replace(asked, otherwise=False), desk)
    before = len(desk.passed)
    if before and (desk.waits or asked.otherwise):
        return await _afterwards(matter, asked, procedure, tools)
    await desk.begin(procedure, _told(turn, matter, tools, procedure.name))
    if _goes_on_for_want(matter, desk):
        desk.give_up_for_want()
    await _next_requests(turn, tools)
    return reply_of(desk.passed[before:], matter)


def _answers(routed: Routed, procedure: Procedure, desk: Desk) -> bool:
    """Whether a matter answers what the store has asked about a procedure: while a run waits, about that one."""
    run = desk.state.run
    return routed.why == ANSWERING and (run is None or run.procedure == procedure.name)


def offered(matter: Matter, routed: Routed) -> Reply | None:
    """What could be done about a matter of which nobody has asked that it be done; None where there is nothing."""
    desk = matter.turn.desk
    procedure = desk.wanted(routed.procedure, routed.intent) if desk is not None else None
    if procedure is None:
        return None
    title = procedure.title.in_language(matter.voice.language.tag)
    text = matter.voice.say("procedure_offer", matter=title)
    reply = plain(matter.voice, ActionKind.CLARIFY, f"{procedure.name}.offered", text)
    return replace(reply, quick_replies=(QuickReply(title, title), *reply.quick_replies))


def _goes_on_for_want(matter: Matter, desk: Desk) -> bool:
    """Whether the message goes on with what shall be done where this is not to be had."""
    matters = matter.turn.matters
    following = matters[matters.index(matter) + 1 :] if matter in matters else []
    return any(desk.serving.engine.hearing.for_want(each.read) for each in following[:1])


async def _afterwards(matter: Matter, asked: Asked, procedure: Procedure, tools: Tools) -> Reply:
    """A request after another in the same message: it waits for its turn, or for the other to come to nothing."""
    desk = matter.turn.desk
    assert desk is not None
    before = len(desk.passed)
    desk.later(asked)
    await _next_requests(matter.turn, tools)
    if len(desk.passed) > before:
        return reply_of(desk.passed[before:], matter)
    title = procedure.title.in_language(matter.voice.language.tag)
    waits = desk.waits and not asked.otherwise
    kind = ActionKind.PROCEDURE if waits else ActionKind.SMALL_TALK
    return plain(matter.voice, kind, f"{procedure.name}.later", matter.voice.say("procedure_afterwards", matter=title))


async def resumed(turn: Turn, tools: Tools) -> Reply | None:
    """What is still waited for, to be said after what else was answered; None where nothing is."""
    desk = turn.desk
    if desk is None or desk.passed:
        return None
    if desk.shopper is None:
        return _who(turn.whole, None, desk) if desk.state.waiting else None
    before = len(desk.passed)
    await desk.resume(_told(turn, turn.whole, tools))
    return reply_of(desk.passed[before:], turn.whole) if len(desk.passed) > before else None


def reply_of(passed: Sequence[Progress], matter: Matter) -> Reply:
    """What procedures have come to, as one reply."""
    voice = matter.voice
    evidence = tuple(_evidence(progress, place, matter) for place, progress in enumerate(passed))
    parts = tuple(
        Part(text, (item.id,)) for progress, item in zip(passed, evidence, strict=True) for text in progress.texts
    )
    last = passed[-1]
    if last.handoff is not None:
        return _handed_over(matter, last.handoff, parts, evidence)
    buttons: tuple[QuickReply, ...] = ()
    expects: Expects | None = None
    if last.way is Way.CONFIRMS:
        buttons = tuple(QuickReply(voice.say(name), voice.say(name)) for name in ("confirm_yes", "confirm_no"))
        expects = Expects(ExpectsKind.CONFIRMATION, last.procedure, buttons)
    elif last.way is Way.ASKS:
        buttons = tuple(QuickReply(choice.label, choice.says or choice.label) for choice in last.choices)
        # Who cannot tell is asked to choose; who cannot choose is asked for the thing itself, in words of their own.
        asked = last.run.asked if last.run is not None else 0
        chooses = (asked % 2 == 1) == _is_told(last, matter)
        expects = Expects(ExpectsKind.CHOICE if buttons and chooses else ExpectsKind.SLOT, last.slot, buttons)
    elif last.suggest and matter.turn.desk is not None:
        known = (matter.turn.desk.procedures.get(name) for name in last.suggest)
        titles = [procedure.title.in_language(voice.language.tag) for procedure in known if procedure]
        buttons = tuple(QuickReply(title, title) for title in titles)
    action = Action(ActionKind.PROCEDURE, f"{last.procedure}.{last.way.value}")
    return Reply(voice.language.tag, action, parts, evidence, quick_replies=buttons, expects=expects)


def _is_told(progress: Progress, matter: Matter) -> bool:
    """Whether what is asked for is a thing that shoppers tell in words of their own rather than pick from a list."""
    desk = matter.turn.desk
    procedure = desk.procedures.get(progress.procedure) if desk is not None else None
    slots = procedure.slots if procedure is not None else ()
    return any(slot.name == progress.slot and slot.kind in _TOLD for slot in slots)


def _handed_over(
    matter: Matter, reason: HandoffReason, parts: tuple[Part, ...], evidence: tuple[Evidence, ...]
) -> Reply:
    desk = matter.turn.desk
    if desk is not None:
        desk.drop_runs()
    called = called_human(matter, reason)
    return replace(called, parts=(*parts, *called.parts), evidence=evidence)


async def _next_requests(turn: Turn, tools: Tools) -> None:
    """Begin the requests that waited for their turn, until one needs the shopper."""
    desk = turn.desk
    assert desk is not None
    if desk.state.waiting and desk.state.waiting[0].otherwise:
        desk.give_up_for_want()
    while (asked := desk.next_request()) is not None:
        procedure = desk.procedures.get(asked.procedure)
        if procedure is None or (procedure.identified and desk.shopper is None):
            continue
        matter = await resolved(turn, asked.text, tools)
        await desk.begin(procedure, _told(turn, matter, tools, procedure.name, asked.within))
    last = desk.passed[-1] if desk.passed else None
    if last is not None and last.run is None and last.handoff is None:
        await desk.resume(_told(turn, turn.whole, tools))  # what was put off for it


def _who(matter: Matter, asked: Asked | None, desk: Desk) -> Reply:
    """Asks who the shopper is, in the way that the store's system can tell; or has them sign in."""
    voice = matter.voice
    if not desk.identifies:
        return plain(voice, ActionKind.ABSTAIN, "not_signed_in", voice.say("sign_in_first"), human=True)
    if asked is not None:
        desk.later(asked)
    if desk.nobody:
        desk.drop_runs()
        return with_human(matter, HandoffReason.POLICY_RESTRICTION, voice.say("identity_unknown_twice"))
    sets = [sorted(enough - desk.state.particulars.keys()) for enough in desk.ways]
    begun = [missing for missing in sets if len(missing) < max(map(len, sets))] if desk.state.particulars else sets
    ways = voice.say("or").join(
        voice.say("and").join(voice.say(f"particular_{name}") for name in missing) for missing in begun or sets
    )
    lead = "identity_unknown" if desk.state.unknown else "identity_ask"
    reply = plain(voice, ActionKind.PROCEDURE, "identify.asks", voice.say(lead, ways=ways))
    return replace(reply, expects=Expects(ExpectsKind.SLOT, IDENTITY))


def _not_identified(turn: Turn) -> Progress:
    """Nobody can tell now who the shopper is."""
    text = turn.voice.say("identity_no_system")
    return Progress(Way.FAILED, IDENTITY, texts=(text,), handoff=HandoffReason.TOOL_FAILURE)


def _told(turn: Turn, matter: Matter, tools: Tools, procedure: str = "", within: str = "") -> Told:
    """The message as the procedure hears it, by name; "": the one under way. within: the message that a request which
    waited was a part of."""
    desk = turn.desk
    heard = desk.heard(procedure) if desk is not None else ""
    if not heard and matter.read.text != (within or turn.read.text):
        heard = within or turn.read.text  # what a part of the message leaves open, the rest of it may tell
    earlier = tools.reader.read(heard, turn.voice.language, today=turn.voice.today).whole if heard else None
    conversation = turn.request.conversation
    return Told(
        clause=matter.read,
        message=turn.read.whole,
        store_id=conversation.store_id,
        conversation_id=conversation.id,
        seq=turn.request.answers,
        products=matter.products,
        named=matter.named,
        orders=desk.state.orders if desk is not None else (),
        earlier=earlier,
    )


def _evidence(progress: Progress, place: int, matter: Matter) -> Evidence:
    """The records that a text was made of, what was worked out from them, and the shop's own words for it."""
    shown = as_shown(progress.rests_on)  # amounts are told rounded
    held = progress.rests_on if shown == progress.rests_on else (progress.rests_on, shown)
    text = orjson.dumps(held, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    desk = matter.turn.desk
    procedure = desk.procedures.get(progress.procedure) if desk is not None else None
    if procedure is not None:
        words = (procedure.confirm, procedure.done, *(rule.say for rule in procedure.rules))
        text = "\n".join((text, *(each.in_language(matter.voice.language.tag) for each in words if each)))
    return Evidence(
        EvidenceId(f"record:{progress.procedure}:{place}"),
        EvidenceKind.RECORD,
        text,
        progress.procedure,
        "store system",
    )


def _intent(desk: Desk) -> str:
    last = desk.passed[-1] if desk.passed else None
    procedure = desk.procedures.get(last.procedure) if last else None
    return procedure.intents[0] if procedure and procedure.intents else "procedure"
