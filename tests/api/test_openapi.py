"""The OpenAPI document tells the truth: fuzzed requests find no 5xx, no undocumented status and no other shape."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from assistant.domain.access import KeyScope
from assistant.domain.evaluations import Order
from assistant.domain.jobs import JobState
from tests.api.world import SHOP, World, opened

pytestmark = pytest.mark.long

FUZZ = settings(max_examples=25, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
OPERATIONS = (
    "openSession",
    "sendMessage",
    "readHistory",
    "rateConversation",
    "readTrace",
    "explainMessage",
    "readSummary",
    "readSuggestions",
    "readFaqDrafts",
    "startEvaluation",
    "listEvaluations",
    "readEvaluation",
    "readEvaluationResult",
    "readEvaluationReport",
    "cancelEvaluation",
    "deleteEvaluation",
    "tryProcedures",
    "listProcedures",
    "checkProcedure",
    "readProcedure",
    "readProcedureVersion",
    "putProcedure",
    "enableProcedure",
    "disableProcedure",
    "rollBackProcedure",
    "deleteProcedure",
    "listApprovals",
    "decideApproval",
    "readAudit",
    "readModelUsage",
    "readDesk",
    "putAgent",
    "readCase",
    "readCaseHistory",
    "takeCase",
    "declineCase",
    "sayAtDesk",
    "noteAtDesk",
    "typeAtDesk",
    "transferCase",
    "handBackCase",
    "closeCase",
    "listTickets",
    "closeTicket",
    "readQueuePlace",
    "leaveQueue",
    "leaveContact",
    "typeToDesk",
    "signIn",
    "signOut",
    "readMe",
    "changePassword",
    "listUsers",
    "addUser",
    "setRole",
    "removeUser",
    "listKeys",
    "createKey",
    "revokeKey",
    "readStore",
    "readProduct",
    "readPicture",
    "readHealth",
    "readReadiness",
)
KEYED = (
    "openSession",
    "readTrace",
    "explainMessage",
    "listApprovals",
    "decideApproval",
    "readAudit",
    "readModelUsage",
    "listUsers",
    "addUser",
    "setRole",
    "removeUser",
    "listKeys",
    "createKey",
    "revokeKey",
    *(name for name in OPERATIONS if "Evaluation" in name or "Procedure" in name),
    *(name for name in OPERATIONS if any(word in name for word in ("Desk", "Case", "Ticket")) and name != "typeToDesk"),
    "putAgent",
)
"""Asked with an API key; the others with a session token."""
BARE = ("readHealth", "readReadiness", "readMe", "signOut")
"""Takes nothing that could be wrong."""
READ = (
    *("putProcedure", "addUser", "createKey", "putAgent", "leaveContact", "closeTicket", "takeCase", "declineCase"),
    *("sayAtDesk", "noteAtDesk", "typeAtDesk", "transferCase", "handBackCase", "closeCase"),
)
"""Takes what a schema cannot describe, so that what fits the document may be refused."""


def operation(app: Any, name: str) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", app).find_operation_by_id(name)


def test_every_operation_is_tested_here_or_has_a_test_of_its_own(world: World) -> None:
    document = world.app().openapi()
    described = {method["operationId"] for path in document["paths"].values() for method in path.values()}
    assert described == {*OPERATIONS, "streamEvents", "streamDesk", "streamCase"}  # streams have no end


def test_every_operation_and_parameter_is_described(world: World) -> None:
    document = world.app().openapi()
    assert document["openapi"].startswith("3.1")
    for path in document["paths"].values():
        for method in path.values():
            assert method["summary"]
            for parameter in method.get("parameters", []):
                assert parameter.get("description") or parameter["schema"].get("default"), parameter
            for status, response in method["responses"].items():
                problem = "application/problem+json" in response.get("content", {})
                assert problem == (int(status) >= 400) or method["operationId"] == "readReadiness"


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in BARE])
def test_whatever_strangers_send_the_answer_is_documented(world: World, name: str) -> None:
    asked = operation(world.app(), name)

    @FUZZ
    @given(case=asked.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate()

    ask()


@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_follows_the_document_gets_a_documented_answer(world: World, name: str) -> None:
    world.bot.silent = True
    app = world.app()
    session = opened(TestClient(app).post(f"/v1/stores/{SHOP.id}/sessions", json={}))  # type: ignore[arg-type]
    headers = asyncio.run(world.auth(*KeyScope)) if name in KEYED else session.auth
    done = asyncio.run(world.evaluations.start(SHOP.id, Order("qa", lines="{}")))
    world.evaluations.end(done.id, JobState.DONE)
    known = {"store_id": SHOP.id, "conversation_id": session.conversation_id, "evaluation_id": done.id}
    asked = operation(app, name)

    @FUZZ
    @given(case=asked.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def ask(case: schemathesis.Case[Any]) -> None:
        for parameter, value in known.items():
            if parameter in case.path_parameters:
                case.path_parameters[parameter] = value
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance] if name in READ else [])

    ask()
