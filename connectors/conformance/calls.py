"""Checks of what is called: refusals that do nothing, and effects that happen once."""

from __future__ import annotations

import asyncio

import uuid_utils

from assistant.domain.backend import JsonObject, Operation, Risk
from assistant.domain.errors import Conflict, InvalidInput, NotFound, OperationRefused
from connectors.conformance.subject import Call, Subject, broken, check, raises
from connectors.conformance.views import View, check_same, view
from connectors.schemas import misfits


async def _unknown_operation(subject: Subject) -> None:
    async with raises(NotFound, "call"):
        await subject.backend.call("storebot-no-operation", {}, shopper=subject.shopper, idempotency_key=_key())


async def _misfitting_arguments(subject: Subject) -> None:
    before = await view(subject.backend, subject.shopper)
    for name, operation in subject.backend.operations.items():
        if not misfits(operation.arguments, {}) or (operation.risk is not Risk.READ and subject.write is None):
            continue  # a system that is not to be written to is not tempted either
        key = _key()
        try:
            await subject.backend.call(name, {}, shopper=subject.shopper, idempotency_key=key)
        except InvalidInput as error:
            if not error.data.get("errors"):
                broken(f"{name} 的错误没有说明 errors", f"the error of {name} has no `errors` in its data")
        else:
            broken(f"{name} 接受了空参数", f"{name} took no arguments, which its schema asks for")
        if await subject.backend.outcome(key) is not None:
            broken(f"{name} 被拒绝后仍有结果", f"{name} was not carried out and yet has an outcome")
    check_same(before, await view(subject.backend, subject.shopper))


async def _unknown_key(subject: Subject) -> None:
    if await subject.backend.outcome(_key()) is not None:
        broken("未用过的键有结果", "a key that was never used has an outcome")


async def _read_call(subject: Subject) -> None:
    assert subject.read is not None
    if _operation(subject, subject.read).risk is not Risk.READ:
        broken(f"{subject.read.operation} 不是读操作", f"{subject.read.operation} is not of risk read")
    before, key = await view(subject.backend, subject.shopper), _key()
    for _ in range(2):
        _check_result(subject, subject.read, await _call(subject, subject.read, key))
    check_same(before, await view(subject.backend, subject.shopper))


async def _once(subject: Subject) -> None:
    """The checks of a write share one, so that a connector to a real system is asked for a single effect."""
    assert subject.write is not None
    backend, me, key = subject.backend, subject.shopper, _key()
    before = await view(backend, me)
    results = await asyncio.gather(*(_call(subject, subject.write, key) for _ in range(3)))
    _check_result(subject, subject.write, results[0])
    after = await view(backend, me)
    if after == before:
        broken(
            f"{subject.write.operation} 没有改变任何可见记录", f"{subject.write.operation} changed nothing that is seen"
        )
    if any(result != results[0] for result in results):
        broken("同一键得到不同结果", "calls under the same key gave different results")
    if await _call(subject, subject.write, key) != results[0]:
        broken("重复调用的结果不同", "a repeated call gave another result")
    if await backend.outcome(key) != results[0]:
        broken("outcome 与结果不同", "the outcome of the key is not the result")
    check_same(after, await view(backend, me))
    await _key_is_taken(subject, key, after)
    if subject.reopened is not None:
        again = await subject.reopened()
        check_same(after, await view(again, me))
        result = await again.call(subject.write.operation, subject.write.arguments, shopper=me, idempotency_key=key)
        if result != results[0] or await again.outcome(key) != results[0]:
            broken("重启后结果不同", "after a restart the key has another outcome")
        check_same(after, await view(again, me))


async def _key_is_taken(subject: Subject, key: str, after: View) -> None:
    assert subject.write is not None
    if subject.another is not None:
        async with raises(Conflict, "call"):
            await _call(subject, subject.another, key)
    if subject.other is not None:
        theirs = await view(subject.backend, subject.other)
        async with raises((Conflict, NotFound), "call"):
            await subject.backend.call(
                subject.write.operation, subject.write.arguments, shopper=subject.other, idempotency_key=key
            )
        check_same(theirs, await view(subject.backend, subject.other))
    check_same(after, await view(subject.backend, subject.shopper))


async def _foreign(subject: Subject) -> None:
    assert subject.foreign is not None
    assert subject.other is not None
    mine, theirs = await view(subject.backend, subject.shopper), await view(subject.backend, subject.other)
    key = _key()
    async with raises(NotFound, subject.foreign.operation):
        await _call(subject, subject.foreign, key)
    check_same(mine, await view(subject.backend, subject.shopper))
    check_same(theirs, await view(subject.backend, subject.other))
    if await subject.backend.outcome(key) is not None:
        broken("未执行的调用有结果", "a call that was not carried out has an outcome")


async def _refused(subject: Subject) -> None:
    assert subject.refused is not None
    before, key = await view(subject.backend, subject.shopper), _key()
    try:
        await _call(subject, subject.refused, key)
    except OperationRefused as refusal:
        reason = refusal.data.get("reason")
        if not isinstance(reason, str) or not reason:
            broken("拒绝时没有给出 reason", "the refusal has no `reason` in its data")
    else:
        broken(f"{subject.refused.operation} 没有被拒绝", f"{subject.refused.operation} was not refused")
    check_same(before, await view(subject.backend, subject.shopper))
    if await subject.backend.outcome(key) is not None:
        broken("被拒绝的调用有结果", "a refused call has an outcome")


def _operation(subject: Subject, call: Call) -> Operation:
    found = subject.backend.operations.get(call.operation)
    if found is None:
        broken(f"没有操作 {call.operation}", f"there is no operation {call.operation}")
    return found


async def _call(subject: Subject, call: Call, key: str) -> JsonObject:
    return await subject.backend.call(call.operation, call.arguments, shopper=subject.shopper, idempotency_key=key)


def _check_result(subject: Subject, call: Call, result: JsonObject) -> None:
    for misfit in misfits(_operation(subject, call).result, result):
        place, message = misfit["loc"] or "result", misfit["msg"]
        broken(f"{call.operation} 的结果不符合模式：{place} {message}", f"{call.operation}'s result: {place} {message}")


def _key() -> str:
    return f"storebot-check-{uuid_utils.uuid7().hex}"


CALLS = (
    check("unknown_operation", "不存在的操作：NotFound", "An unknown operation is NotFound", _unknown_operation),
    check(
        "misfitting_arguments", "参数不符时什么也不做", "Arguments that do not fit do nothing", _misfitting_arguments
    ),
    check("unknown_key", "未用过的键没有结果", "A key that was never used has no outcome", _unknown_key),
    check("read_call", "读操作什么也不改变", "A read changes nothing", _read_call, "read"),
    check("foreign", "不能动别人的记录", "Another's records cannot be changed", _foreign, "foreign", "other"),
    check("refused", "被拒绝时有原因，什么也不做", "A refusal has a reason and does nothing", _refused, "refused"),
    check("once", "同一键只生效一次，重启后也是", "A key has its effect once, also after a restart", _once, "write"),
)
"""In the order in which they run. The one that changes something comes last."""
