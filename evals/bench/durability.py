"""Conversations over a bad line with a killed server, at full size: `evals.bench.outages` says what is played."""

from __future__ import annotations

import shutil
from dataclasses import asdict

from evals.bench.outages import Asked, Fault, Outcome, Plan, play
from evals.bench.section import Check, Section, Table, figure, table
from evals.bench.turns import load_scripts
from evals.bench.workspace import DEMO, Workspace


async def measure(workspace: Workspace) -> Section:
    plan = Plan(conversations=20, kills=2) if workspace.small else Plan()
    data_dir = workspace.folder / "durability"
    shutil.rmtree(data_dir, ignore_errors=True)
    shutil.copytree(await workspace.demo_data(), data_dir)
    questions = [
        Asked(script.language.split("-", maxsplit=1)[0], text, script.page)
        for script in load_scripts()
        for text in script.messages
    ]
    workspace.say(f"{plan.conversations} conversations, {plan.kills} kills of the server")
    with workspace.progress("messages answered") as progress:
        outcome = await play(plan, data_dir=data_dir, store_id=DEMO, questions=questions, progress=progress)
    for found in outcome.found[:20]:
        workspace.say(f"{found.conversation_id}: {found.fault}: {found.detail}")
    for refused in outcome.refused[:20]:
        workspace.say(refused)
    return Section(
        name="durability",
        title="Conversations with cut connections and a killed server",
        about=(
            f"{plan.conversations} shoppers at once over HTTP and Server-Sent Events, {plan.messages[0]} to "
            f"{plan.messages[1]} messages each, some sent without waiting for a reply. A proxy cuts "
            f"{plan.cut_share:.0%} of the connections anywhere in the answer; the server is a process of its own that "
            f"is killed (SIGKILL) {plan.kills} times in the traffic and started again. In the end the transcript of "
            "each shopper, event by event as the stream brought it, is compared with the history endpoint and with the "
            "database: every event once, in order, with the same content; every message stored once and answered once."
        ),
        tables=(_counts(outcome), _faults(outcome)),
        checks=(
            Check(
                "every transcript equals the database and every message is answered",
                f"{outcome.conversations - len({found.conversation_id for found in outcome.found})} of "
                f"{outcome.conversations} conversations, {len(outcome.refused)} errors",
                outcome.sound,
            ),
        ),
        data={**asdict(outcome), "faults": outcome.faults, "sound": outcome.sound},
    )


def _counts(outcome: Outcome) -> Table:
    rows = (
        ("conversations", outcome.conversations),
        ("messages stored", outcome.messages),
        ("replies stored, greetings among them", outcome.replies),
        ("events compared", outcome.events),
        ("kills of the server", outcome.kills),
        ("TCP connections", outcome.connections),
        ("connections cut by the proxy", outcome.cuts),
        ("event streams opened", outcome.streams),
        ("messages sent again that were stored already", outcome.sent_again),
        ("seconds", outcome.seconds),
    )
    return table(("what happened", "count"), [(name, figure(value)) for name, value in rows])


def _faults(outcome: Outcome) -> Table:
    return table(("fault", "conversations"), [(fault.value, str(outcome.faults.get(fault, 0))) for fault in Fault])
