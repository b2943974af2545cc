"""What a human who takes a conversation over should know of it, told from its log: no word of it is made up.

A language model, where the store has one, may put it into a few sentences; what those say must stand in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.domain.conversation import Focus
from assistant.domain.events import AgentSaid, Event, HandoffRequested, MessageReceived, Replied
from assistant.domain.evidence import EvidenceKind
from assistant.domain.ids import ProductId
from assistant.domain.reply import ActionKind, HandoffReason, Reply
from assistant.domain.understanding import Mood, MoodLevel

_SHOWN = 90  # characters of a line
_WANTS, _DONE, _OPEN = 3, 5, 3  # lines of each
_TALK = (ActionKind.SMALL_TALK,)
_UNANSWERED = (ActionKind.ABSTAIN, ActionKind.CLARIFY)

Say = Callable[..., str]
"""A text by its name and values, in the language of the summary."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something the shopper asked, and what it came to, both as they stand in the log."""

    asked: str
    reply: str


@dataclass(frozen=True, slots=True)
class Summary:
    """wants: in the shopper's words, what they want now first. done: what was answered and carried out. open: what was
    asked and not answered. waits_for: what the assistant last asked for, "" for nothing. orders, products: concerned,
    the latest first. reason: why a human was asked for, None where none was. text: all of it in a few lines.
    by_model: whether a language model worded the text.
    """

    wants: tuple[str, ...]
    done: tuple[Outcome, ...]
    open: tuple[str, ...]
    waits_for: str
    mood: Mood
    orders: tuple[str, ...]
    products: tuple[str, ...]
    reason: HandoffReason | None
    text: str
    by_model: bool = False


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What the shopper said until somebody answered, and the answer; None: nobody has yet."""

    said: tuple[str, ...]
    reply: Reply | None = None
    by_human: str = ""


def summary(
    events: Sequence[Event],
    focus: Focus,
    *,
    titles: Mapping[str, str],
    products: Mapping[ProductId, str],
    mood: Callable[[str], Mood],
    say: Say,
) -> Summary:
    """Of a conversation with all its events in order. titles: of procedures by name; products: names by id.

    mood: reads that of one text. say: words it; its texts are named `summary_...`.
    """
    exchanges = list(_exchanges(events))
    talked = [each for each in exchanges if each.said and not _is_talk(each)]
    reason = _reason(events)
    waits = exchanges[-1].reply if exchanges else None
    found = Summary(
        wants=_unique(_short(each.said[-1]) for each in reversed(talked))[:_WANTS],
        done=tuple(_done(talked, focus, titles, say))[-_DONE:],
        open=_unique(_short(each.said[-1]) for each in reversed(talked) if _is_open(each))[:_OPEN],
        waits_for=_short(waits.parts[-1].text) if waits is not None and waits.expects and waits.parts else "",
        mood=_mood([said for each in exchanges for said in each.said], mood),
        orders=tuple(focus.service.orders),
        products=tuple(products.get(each, str(each)) for each in _concerned(exchanges, focus)),
        reason=reason,
        text="",
    )
    return _with_text(found, say)


def lines(found: Summary, say: Say) -> Iterator[str]:
    """The summary in lines, each with a heading; what there is nothing to say of is left out."""
    if found.reason is not None:
        yield say("summary_reason", reason=say(f"summary_reason_{found.reason.value}"))
    if found.wants:
        yield say("summary_wants", items=_listed(found.wants, say))
    if found.done:
        yield say("summary_done", items=_listed([f"{each.asked} → {each.reply}" for each in found.done], say))
    if found.open:
        yield say("summary_open", items=_listed(found.open, say))
    if found.waits_for:
        yield say("summary_waits", text=found.waits_for)
    if found.orders:
        yield say("summary_orders", items=_listed(found.orders, say))
    if found.products:
        yield say("summary_products", items=_listed(found.products, say))
    if found.mood.level is not MoodLevel.CALM:
        yield say("summary_mood", level=say(f"summary_mood_{found.mood.level.value}"))


def _with_text(found: Summary, say: Say) -> Summary:
    return replace(found, text="\n".join(lines(found, say)) or say("summary_nothing"))


def _exchanges(events: Sequence[Event]) -> Iterator[_Exchange]:
    said: list[str] = []
    for event in events:
        match event.payload:
            case MessageReceived(message):
                said.append(message.text)
            case Replied(reply=reply) if said:
                yield _Exchange(tuple(said), reply)
                said = []
            case AgentSaid(text=text) if said:
                yield _Exchange(tuple(said), by_human=text)
                said = []
            case _:
                pass
    if said:
        yield _Exchange(tuple(said))


def _is_talk(exchange: _Exchange) -> bool:
    """Whether nothing was wanted: small talk, or an answer to a question of the assistant's."""
    return exchange.reply is not None and exchange.reply.action.kind in _TALK


def _is_open(exchange: _Exchange) -> bool:
    reply = exchange.reply
    if reply is None:
        return not exchange.by_human
    return reply.action.kind in _UNANSWERED


def _done(talked: Sequence[_Exchange], focus: Focus, titles: Mapping[str, str], say: Say) -> Iterator[Outcome]:
    for each in talked:
        reply = each.reply
        if each.by_human:
            yield Outcome(_short(each.said[-1]), _short(each.by_human))
        elif reply is not None and (_tells(reply) or _reads(reply)):
            yield Outcome(_short(each.said[-1]), _short(reply.parts[0].text))
    for finished in focus.service.finished:
        title = titles.get(finished.procedure, finished.procedure)
        yield Outcome(title, say("summary_carried_out", order=finished.order or "-"))


def _tells(reply: Reply) -> bool:
    return bool(reply.evidence) and reply.action.kind in (ActionKind.ANSWER, ActionKind.RECOMMEND)


def _reads(reply: Reply) -> bool:
    """Whether a procedure told something of records."""
    told = reply.action.kind is ActionKind.PROCEDURE and reply.expects is None
    return told and any(item.kind is EvidenceKind.RECORD for item in reply.evidence) and bool(reply.parts)


def _reason(events: Sequence[Event]) -> HandoffReason | None:
    asked = (each.payload.reason for each in reversed(events) if isinstance(each.payload, HandoffRequested))
    return next(asked, None)


def _mood(said: Sequence[str], mood: Callable[[str], Mood]) -> Mood:
    """The strongest of the last three lines: who has just been angry is not calm because of an "ok"."""
    return max((mood(text) for text in said[-3:]), key=lambda each: each.score, default=Mood())


def _concerned(exchanges: Sequence[_Exchange], focus: Focus) -> list[ProductId]:
    shown = [
        item.product_id
        for each in reversed(exchanges)
        if each.reply is not None
        for item in each.reply.evidence
        if item.product_id is not None
    ]
    return list(dict.fromkeys((*focus.product_ids, *shown)))[:_OPEN]


def _listed(items: Sequence[str], say: Say) -> str:
    return say("summary_between").join(items)


def _unique(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else f"{plain[: _SHOWN - 1]}…"
