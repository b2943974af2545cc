"""Whether a mapping hangs together, and fits what the system says of its calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assistant.domain.backend import Operation, Risk
from connectors.mapping import operations
from connectors.mapping.expressions import Expression
from connectors.mapping.model import PARTICULARS, Identification, OperationMap, Outcome, Read, SystemMap
from connectors.mapping.remote import Signature
from connectors.written import Faults, Place, Written

SHOPPER, ORDER, RECORD, KEY, ARGUMENTS, WANTED = "shopper", "order", "record", "key", "arguments", "particulars"
"""What expressions of `with` can use. record: the order as the system gave it."""

_OF_READS = {
    "order": {SHOPPER, ORDER},
    "shipments": {SHOPPER, ORDER, RECORD},
}
Problem = tuple[Place, str, str]


def coherent(mapping: SystemMap, written: Written, faults: Faults, *, shopper_is_told: bool = False) -> None:
    """Finds what is wrong with the file by itself. shopper_is_told: every call says who the shopper is."""
    problems = (
        *_of_reads(mapping, shopper_is_told),
        *_of_identification(mapping),
        *_of_operations(mapping, shopper_is_told),
    )
    for place, zh, en in problems:
        _add(faults, written, place, zh, en)
    if mapping.outcome:
        for place, zh, en in _of_values(("outcome",), mapping.outcome.values, {KEY}):
            _add(faults, written, place, zh, en)
        if not any(KEY in expression.names for expression in mapping.outcome.values.values()):
            _add(faults, written, ("outcome", "with"), "没有用到 key", "nothing there uses `key`")


def agreed(
    mapping: SystemMap, written: Written, faults: Faults, signature_of: Callable[[str], Signature | None]
) -> Mapping[str, Operation]:
    """The operations; finds where the file contradicts the system. signature_of gives None for a call there is not."""
    declared = {}
    for place, entry in mapping.calls():
        call = entry.call or ""
        signature = signature_of(call)
        if signature is None:
            _add(faults, written, (*place, "call"), f"系统没有 {call}", f"the system has no {call}")
            continue
        for problem in _of_parameters(place, entry, signature):
            _add(faults, written, *problem)
        if isinstance(entry, OperationMap):
            declared[str(place[-1])] = operations.declared(str(place[-1]), entry, signature)
            for below, zh, en in (*operations.faults(entry, signature), *_of_orders(mapping, entry, signature)):
                _add(faults, written, (*place, *below), zh, en)
    return declared


def _add(faults: Faults, written: Written, place: Place, zh: str, en: str) -> None:
    name = ".".join(map(str, place))
    faults.add(written.file, written.line(place), zh=f"{name}：{zh}", en=f"{name}: {en}")


def _of_reads(mapping: SystemMap, shopper_is_told: bool) -> Iterator[Problem]:
    for name, read in mapping.reads.entries():
        yield from _of_values(("reads", name), read.values, _OF_READS.get(name, {SHOPPER}))
        record = {"orders": "order", "order": "order", "shopper": "shopper"}.get(name, name.removesuffix("s"))
        if getattr(mapping.records, record) is None:
            yield ("reads", name), f"records 中没有 {record}", f"there is no {record} under `records`"
        if read.from_ == name or (name in ("shopper", "orders", "balances", "coupons") and read.from_ == "order"):
            zh, en = f"不能取自 {read.from_} 的记录", f"it cannot be taken from the record of the {read.from_}"
            yield ("reads", name, "from"), zh, en
        if read.fetch and name != "orders":
            yield ("reads", name, "fetch"), "只有 orders 可以逐个读取", "only orders can be fetched one by one"
        if read.call and not shopper_is_told and not _concerns_the_shopper(name, read, mapping):
            yield ("reads", name), *_UNBOUND


_UNBOUND = (
    "没有说明与哪位顾客有关：请在 with 中使用 shopper，或说明记录的所有者",
    "nothing says whose records these are: use `shopper` in `with`, or say whose a record is",
)

_UNTIED = (
    "没有说明与哪位顾客有关：请在 with 中使用 shopper，或用 order 指明订单参数；与任何人都无关时写 public: true",
    "nothing ties it to the shopper: use `shopper` in `with`, or name in `order` the argument that is an order; "
    "write `public: true` where it concerns nobody",
)


def _concerns_the_shopper(name: str, read: Read, mapping: SystemMap) -> bool:
    used = _used(read.values)
    if name in ("orders", "order"):
        return SHOPPER in used or mapping.records.order.shopper is not None
    if name == "shipments":
        return bool({SHOPPER, ORDER, RECORD} & used) or read.owner is not None
    if name == "shopper":
        return SHOPPER in used
    return SHOPPER in used or read.owner is not None


def _of_identification(mapping: SystemMap) -> Iterator[Problem]:
    shopper = mapping.records.shopper
    there = {"email": shopper.email, "name": shopper.name, "phone": shopper.phone}
    there["postcode"] = shopper.address.postcode if shopper.address else None
    known = {name for name in PARTICULARS if there[name]} | shopper.particulars.keys()
    for number, entry in enumerate(mapping.identify):
        place = ("identify", number)
        yield from _of_values(place, entry.values, {WANTED})
        if len(set(entry.by)) == 1 and not mapping.one_is_enough:
            lone = entry.by[0]
            zh = f"知道顾客的 {lone} 就能查看和修改其订单；请再加一项，如 [{lone}, phone]，或写明 one_is_enough: true"
            en = (
                f"whoever knows a shopper's {lone} could read and change that shopper's orders; ask for a second "
                f"particular, such as [{lone}, phone], or write `one_is_enough: true`"
            )
            yield (*place, "by"), zh, en
        for name in entry.by:
            if name not in known:
                zh = f"records.shopper 中没有 {name}，无法核对"
                yield (*place, "by"), zh, f"records.shopper has no {name} to compare it with"


def _of_operations(mapping: SystemMap, shopper_is_told: bool) -> Iterator[Problem]:
    for name, entry in mapping.operations.items():
        place = ("operations", name)
        allowed = {SHOPPER, KEY, ARGUMENTS} | ({RECORD, ORDER} if entry.order else set())
        yield from _of_values(place, entry.values, allowed)
        bound = shopper_is_told or entry.order is not None or SHOPPER in _used(entry.values)
        if entry.public and entry.order is not None:
            yield (*place, "public"), "与 order 矛盾", "it contradicts `order`"
        elif not entry.public and not bound:
            yield place, *_UNTIED
        if entry.public and entry.risk is not Risk.READ:
            yield (*place, "public"), "只有读操作可以与人无关", "only what reads can concern nobody"


def _of_values(place: Place, values: Mapping[str, Expression], allowed: set[str]) -> Iterator[Problem]:
    for target, expression in values.items():
        for name in sorted(expression.names - allowed):
            names = ", ".join(sorted(allowed))
            yield (
                (*place, "with", target),
                f"不能使用 {name}；可用：{names}",
                f"it cannot use {name}; there are: {names}",
            )


def _of_parameters(
    place: Place, entry: Read | Identification | OperationMap | Outcome, signature: Signature
) -> Iterator[Problem]:
    call = entry.call or ""
    for target in entry.values:
        if target not in signature.parameters:
            yield (*place, "with", target), *operations.no_parameter(call, target, signature)
    if isinstance(entry, OperationMap):
        return  # what is not told is an argument
    told = set(entry.values)
    if isinstance(entry, Read) and entry.pages:
        told.add(entry.pages.parameter)
        if entry.pages.parameter not in signature.parameters:
            zh, en = operations.no_parameter(call, entry.pages.parameter, signature)
            yield (*place, "pages", "parameter"), zh, en
    for target in sorted(signature.required - told):
        yield (*place, "with"), f"{call} 必须有 {target}", f"{call} needs {target}"


def _of_orders(mapping: SystemMap, entry: OperationMap, signature: Signature) -> Iterator[operations.Fault]:
    """A parameter by which an order is read names an order here as well, which has to be proven the shopper's."""
    naming = {target for target, expression in mapping.reads.order.values.items() if ORDER in expression.names}
    for target, argument in operations.passed_on(entry, signature).items():
        if target in naming and argument != entry.order and not entry.public:
            zh = f"{argument} 指明订单：请写 order: {argument}，以核对订单属于该顾客"
            en = f"{argument} names an order: write `order: {argument}`, so that it is checked to be the shopper's"
            yield (), zh, en


def _used(values: Mapping[str, Expression]) -> set[str]:
    return {name for expression in values.values() for name in expression.names}
