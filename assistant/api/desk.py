"""The side of those who talk with shoppers: the queue, conversations, agents, tickets."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathParameter

from assistant.api.access import require
from assistant.api.deps import ID_PATTERN, ConversationIdPath, Services, ServicesDep
from assistant.api.desk_schemas import (
    AGENT_ID,
    MAX_CHARS,
    Acting,
    AgentView,
    CaseView,
    CloseInput,
    CloseTicketInput,
    DeskHistory,
    DeskView,
    GroupView,
    HandoffView,
    NoteInput,
    PresenceInput,
    Said,
    SayInput,
    TicketList,
    TicketView,
    TransferInput,
    desk_event,
)
from assistant.api.errors import documented
from assistant.api.incoming import clean_line, clean_text, message_text
from assistant.api.links import media_url
from assistant.api.resume import resume_point
from assistant.desk.entering import Case
from assistant.desk.serving import At
from assistant.domain.access import Caller, KeyScope
from assistant.domain.desk import Agent, TicketState
from assistant.domain.errors import Forbidden, InvalidInput, NotFound
from assistant.domain.ids import AgentId, ConversationId, StoreId, TicketId
from assistant.domain.skills import DeskSettings, GroupName
from assistant.domain.store import Store

router = APIRouter(prefix="/v1/stores/{store_id}/desk", tags=["desk"])

AtDesk = Annotated[Caller, Depends(require(KeyScope.DESK))]
TicketIdPath = Annotated[str, PathParameter(pattern=ID_PATTERN, description="The ticket's id.")]
_READS = documented(401, 403, 404, 422)
_WRITES = documented(400, 401, 403, 404, 409, 413, 422)


def acting(caller: Caller, agent: str | None) -> AgentId:
    """Who acts. Raises InvalidInput where a key does not say for whom, Forbidden for others than who signed in."""
    if caller.person:
        if agent not in (None, caller.id):
            raise Forbidden("Who signed in acts as themselves; leave out `agent`.")
        return AgentId(caller.id)
    if agent is None:
        raise InvalidInput(
            "Say which agent acts.", errors=[{"loc": "body.agent", "msg": "is required with an API key"}]
        )
    return AgentId(agent)


@router.get("", operation_id="readDesk", summary="Read the desk as it stands", responses=_READS)
async def read_desk(caller: AtDesk, services: ServicesDep) -> DeskView:
    return await desk_view(services, caller.store_id)


@router.put("/agents/{agent_id}", operation_id="putAgent", summary="Come, go, or be away", responses=_WRITES)
async def put_agent(
    caller: AtDesk,
    services: ServicesDep,
    agent_id: Annotated[str, PathParameter(pattern=AGENT_ID, description="The agent's id; `me` is who signed in.")],
    body: PresenceInput,
) -> AgentView:
    """Also the sign of life that an open desk gives at least once a minute. What waits is offered at once."""
    me = caller.person and agent_id == "me"
    known = acting(caller, None if me else agent_id)
    store, desk = await _with_desk(services, caller.store_id)
    if strange := [name for name in body.groups if all(group.name != name for group in desk.groups)]:
        raise InvalidInput(f"There is no group {strange[0]!r}.", group=strange[0])
    now = services.clock.now()
    agent = Agent(
        known,
        store.id,
        clean_line(message_text(body.name, max_chars=60, loc="body.name"), max_chars=60),
        body.state,
        body.capacity or desk.capacity,
        tuple(map(GroupName, body.groups)),
        tuple(body.languages),
        seen_at=now,
        idle_since=now,
    )
    await services.desks.serving.come(agent)
    view = await desk_view(services, store.id)
    return next(each for each in view.agents if each.id == known)


@router.get(
    "/conversations/{conversation_id}", operation_id="readCase", summary="Find a conversation", responses=_READS
)
async def read_case(caller: AtDesk, services: ServicesDep, conversation_id: ConversationIdPath) -> CaseView:
    case = await services.desks.entries.case(caller.store_id, ConversationId(conversation_id))
    return await case_view(services, case)


@router.get(
    "/conversations/{conversation_id}/history",
    operation_id="readCaseHistory",
    summary="Read a conversation, with what is for the desk",
    responses=documented(401, 403, 404, 409, 422),
)
async def read_case_history(
    request: Request,
    caller: AtDesk,
    services: ServicesDep,
    conversation_id: ConversationIdPath,
    after: Annotated[str, Query(pattern="^[0-9]{1,18}$", description="Events after this seq.")] = "0",
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> DeskHistory:
    case = await services.desks.entries.case(caller.store_id, ConversationId(conversation_id))
    start = resume_point(after, last_seq=case.conversation.last_seq, name="after")
    events = await services.log.events(case.conversation.id, after=start, limit=limit)
    media = media_url(services.public_url or str(request.base_url), caller.store_id)
    last = max([case.conversation.last_seq, *(event.seq for event in events)])
    return DeskHistory(events=[desk_event(event, media=media) for event in events], last_seq=last)


@router.post(
    "/conversations/{conversation_id}/take", operation_id="takeCase", summary="Take a conversation", responses=_WRITES
)
async def take(caller: AtDesk, services: ServicesDep, conversation_id: ConversationIdPath, body: Acting) -> CaseView:
    """From the queue, the bot, or another agent. The shopper is told. Harmless for who has it already."""
    agent = acting(caller, body.agent)
    return await case_view(services, await services.desks.serving.take(_at(caller, conversation_id, body), agent))


@router.post(
    "/conversations/{conversation_id}/decline",
    operation_id="declineCase",
    summary="Not to take what one is asked to",
    status_code=204,
    responses=_WRITES,
)
async def decline(caller: AtDesk, services: ServicesDep, conversation_id: ConversationIdPath, body: Acting) -> None:
    await services.desks.serving.decline(_at(caller, conversation_id, body), acting(caller, body.agent))


@router.post(
    "/conversations/{conversation_id}/messages",
    operation_id="sayAtDesk",
    summary="Write to the shopper",
    status_code=201,
    responses=_WRITES,
)
async def say(caller: AtDesk, services: ServicesDep, conversation_id: ConversationIdPath, body: SayInput) -> Said:
    """Takes the conversation from queue and bot at once; from another agent only with `take_over`, else 409."""
    text = message_text(body.text, max_chars=MAX_CHARS)
    event = await services.desks.serving.say(
        _at(caller, conversation_id, body), acting(caller, body.agent), text, key=body.key, take_over=body.take_over
    )
    return Said(seq=event.seq)


@router.post(
    "/conversations/{conversation_id}/notes",
    operation_id="noteAtDesk",
    summary="Write to others at the desk",
    status_code=201,
    responses=_WRITES,
)
async def note(caller: AtDesk, services: ServicesDep, conversation_id: ConversationIdPath, body: NoteInput) -> Said:
    """Shoppers do not see it."""
    event = await services.desks.serving.note(
        _at(caller, conversation_id, body),
        acting(caller, body.agent),
        message_text(body.text, max_chars=MAX_CHARS),
        mentions=[AgentId(mentioned) for mentioned in body.mentions],
        key=body.key,
    )
    return Said(seq=event.seq)


@router.post(
    "/conversations/{conversation_id}/typing",
    operation_id="typeAtDesk",
    summary="Show the shopper that somebody writes",
    status_code=204,
    responses=_WRITES,
)
async def typing(caller: AtDesk, services: ServicesDep, conversation_id: ConversationIdPath, body: Acting) -> None:
    await services.desks.serving.typing(_at(caller, conversation_id, body), acting(caller, body.agent))


@router.post(
    "/conversations/{conversation_id}/transfer",
    operation_id="transferCase",
    summary="Pass a conversation on",
    responses=_WRITES,
)
async def transfer(
    caller: AtDesk, services: ServicesDep, conversation_id: ConversationIdPath, body: TransferInput
) -> CaseView:
    """To another agent, who has it at once, or to a group's queue, where it keeps its place."""
    agent, at, remark = acting(caller, body.agent), _at(caller, conversation_id, body), clean_text(body.note)
    serving = services.desks.serving
    if body.to_agent is not None and body.to_group is None:
        return await case_view(services, await serving.pass_to_agent(at, agent, AgentId(body.to_agent), remark))
    if body.to_group is not None and body.to_agent is None:
        return await case_view(services, await serving.pass_to_group(at, agent, GroupName(body.to_group), remark))
    raise InvalidInput("Give one of `to_agent` and `to_group`.")


@router.post(
    "/conversations/{conversation_id}/hand-back",
    operation_id="handBackCase",
    summary="Hand a conversation back to the bot",
    responses=_WRITES,
)
async def hand_back(
    caller: AtDesk, services: ServicesDep, conversation_id: ConversationIdPath, body: Acting
) -> CaseView:
    """The bot answers what nobody has answered. Harmless where it has the conversation."""
    at, agent = _at(caller, conversation_id, body), acting(caller, body.agent)
    return await case_view(services, await services.desks.serving.hand_back(at, agent))


@router.post(
    "/conversations/{conversation_id}/close",
    operation_id="closeCase",
    summary="Close a conversation",
    responses=_WRITES,
)
async def close(
    caller: AtDesk, services: ServicesDep, conversation_id: ConversationIdPath, body: CloseInput
) -> CaseView:
    """Harmless where it is closed."""
    at, agent = _at(caller, conversation_id, body), acting(caller, body.agent)
    return await case_view(services, await services.desks.serving.close(at, agent, clean_text(body.reason)))


@router.get("/tickets", operation_id="listTickets", summary="List tickets", responses=_READS)
async def list_tickets(
    caller: AtDesk,
    services: ServicesDep,
    state: Annotated[TicketState | None, Query(description="Only those in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> TicketList:
    found = await services.desks.entries.book.tickets(caller.store_id, state, limit=limit)
    return TicketList(tickets=[TicketView.model_validate(ticket) for ticket in found])


@router.post(
    "/tickets/{ticket_id}/close", operation_id="closeTicket", summary="Answer and close a ticket", responses=_WRITES
)
async def close_ticket(
    caller: AtDesk, services: ServicesDep, ticket_id: TicketIdPath, body: CloseTicketInput
) -> TicketView:
    """The answer reaches the shopper in their conversation. Harmless where the ticket is closed."""
    answer = message_text(body.answer, max_chars=MAX_CHARS, loc="body.answer") if body.answer else ""
    ticket = await services.desks.serving.close_ticket(
        caller.store_id, TicketId(ticket_id), acting(caller, body.agent), answer
    )
    return TicketView.model_validate(ticket)


async def desk_view(services: Services, store_id: StoreId) -> DeskView:
    """Raises NotFound where the store has no desk."""
    store, desk = await _with_desk(services, store_id)
    floor = await services.desks.queue.floor(store)
    load = floor.load()
    waiting = [each for each in floor.handoffs if each.waits]
    agents = []
    for agent in floor.agents:
        view = AgentView.model_validate(agent)
        agents.append(view.model_copy(update={"present": floor.present(agent), "load": load.get(agent.id, 0)}))
    groups = [
        GroupView(
            name=group.name,
            title=group.title.in_language(store.default_language),
            open=floor.serves(group),
            waiting=sum(each.group == group.name for each in waiting),
        )
        for group in desk.groups
    ]
    return DeskView(
        at=floor.now,
        waiting=[HandoffView.model_validate(each) for each in waiting],
        serving=[HandoffView.model_validate(each) for each in floor.handoffs if not each.waits],
        agents=agents,
        groups=groups,
        tickets=len(await services.desks.entries.book.tickets(store_id, TicketState.OPEN)),
    )


async def case_view(services: Services, case: Case) -> CaseView:
    conversation = case.conversation
    handoffs = await services.desks.entries.book.of_conversation(conversation.id)
    return CaseView(
        conversation_id=conversation.id,
        owner=conversation.owner,
        epoch=conversation.epoch,
        agent=case.standing.agent,
        language=case.words.tag,
        shopper_id=conversation.shopper.id,
        shopper_name=conversation.shopper.name,
        identified=conversation.shopper.identified,
        last_seq=conversation.last_seq,
        handoffs=[HandoffView.model_validate(each) for each in handoffs],
    )


async def _with_desk(services: Services, store_id: StoreId) -> tuple[Store, DeskSettings]:
    store = await services.stores.get(store_id)
    if store.desk is None:
        raise NotFound("The store has no desk; its settings name one under `desk`.", store_id=store_id)
    return store, store.desk


def _at(caller: Caller, conversation_id: str, body: Acting) -> At:
    return At(caller.store_id, ConversationId(conversation_id), body.epoch)
