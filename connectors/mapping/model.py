"""What stands in a mapping file, whichever way the system is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from assistant.domain.backend import OrderStage, Risk
from assistant.domain.text import LocalText
from connectors.mapping.expressions import ExpressionField, compiled

NAME = r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$"
PARTICULARS = ("email", "name", "phone", "postcode")
"""What identifies a shopper and is compared with their record without being mapped."""


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _title(value: object) -> object:
    if isinstance(value, LocalText):
        return value
    texts = value if isinstance(value, Mapping) else {}
    if not all(isinstance(texts.get(language), str) and texts[language].strip() for language in ("zh", "en")):
        raise ValueError("a text in each language is needed: {zh: ..., en: ...}")
    return LocalText.of({str(language): str(text) for language, text in texts.items()})


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one such as Asia/Shanghai") from error
    return name


def _as_price(value: object) -> object:
    return {"amount": value} if isinstance(value, str) else value


class PriceMap(Entry):
    """decimals: how many of an amount's last digits stand behind the point, where it is told in the smallest unit."""

    amount: ExpressionField
    currency: ExpressionField | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 0


Price = Annotated[PriceMap, BeforeValidator(_as_price)]
At = Field(default_factory=lambda: compiled("@"))


class AddressMap(Entry):
    """`at`: where the address stands; what the others name is looked for there."""

    at: ExpressionField = At
    recipient: ExpressionField | None = None
    phone: ExpressionField | None = None
    country: ExpressionField | None = None
    region: ExpressionField | None = None
    city: ExpressionField | None = None
    district: ExpressionField | None = None
    street: ExpressionField | None = None
    unit: ExpressionField | None = None
    postcode: ExpressionField | None = None


class PaymentMap(Entry):
    at: ExpressionField = At
    id: ExpressionField
    kind: ExpressionField
    label: ExpressionField | None = None


class PaymentsMap(PaymentMap):
    each: ExpressionField


class ShopperMap(Entry):
    """particulars: what else identifies a shopper, and where in their record it stands."""

    id: ExpressionField
    name: ExpressionField | None = None
    email: ExpressionField | None = None
    phone: ExpressionField | None = None
    address: AddressMap | None = None
    payment_methods: PaymentsMap | None = None
    particulars: dict[Annotated[str, Field(pattern=NAME)], ExpressionField] = {}
    fields: ExpressionField = At


class LineMap(Entry):
    each: ExpressionField
    product_id: ExpressionField
    quantity: ExpressionField | None = None
    sku_id: ExpressionField | None = None
    title: ExpressionField | None = None
    price: Price | None = None
    options: ExpressionField | None = None


class OrderMap(Entry):
    """owned_by: `call` where records do not say whose they are, and the calls that give them name the shopper."""

    id: ExpressionField
    shopper: ExpressionField | None = None
    owned_by: Literal["call"] | None = None
    state: ExpressionField
    stages: dict[Annotated[str, BeforeValidator(_as_text)], OrderStage]
    lines: LineMap
    total: Price | None = None
    address: AddressMap | None = None
    payment: PaymentMap | None = None
    placed_at: ExpressionField | None = None
    fields: ExpressionField = At

    @model_validator(mode="after")
    def _owned(self) -> OrderMap:
        if (self.shopper is None) == (self.owned_by is None):
            raise ValueError(
                "say where in the record its owner stands (shopper), or that the call sees to it (owned_by: call)"
            )
        return self


class StepMap(Entry):
    each: ExpressionField
    text: ExpressionField
    at: ExpressionField | None = None
    place: ExpressionField | None = None


class ShipmentMap(Entry):
    number: ExpressionField
    carrier: ExpressionField | None = None
    steps: StepMap | None = None
    due_at: ExpressionField | None = None
    delivered_at: ExpressionField | None = None
    skus: ExpressionField | None = None


class BalanceMap(Entry):
    id: ExpressionField
    kind: ExpressionField
    amount: Price
    label: ExpressionField | None = None


class CouponMap(Entry):
    id: ExpressionField
    terms: ExpressionField
    begins: ExpressionField | None = None
    ends: ExpressionField | None = None


class Records(Entry):
    shopper: ShopperMap
    order: OrderMap
    shipment: ShipmentMap | None = None
    balance: BalanceMap | None = None
    coupon: CouponMap | None = None


class Pages(Entry):
    """An answer may be one of several. parameter: what tells which; next: where an answer tells the following one's."""

    parameter: str
    next: ExpressionField
    at_most: Annotated[int, Field(ge=1, le=100)] = 20


class Read(Entry):
    """Where records come from: a call of the system, or the record of the shopper or order (`from`).

    values: what the call is told, by parameter. each: where in the answer the records stand. fetch: the records of the
    list are only named there (each gives ids), and are read one by one. owner: whose a record is.
    """

    call: str | None = None
    from_: Annotated[Literal["shopper", "order"] | None, Field(alias="from")] = None
    values: Annotated[dict[str, ExpressionField], Field(alias="with")] = {}
    each: ExpressionField = At
    fetch: bool = False
    owner: ExpressionField | None = None
    pages: Pages | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Read:
        if (self.call is None) == (self.from_ is None):
            raise ValueError("say which call gives the records, or `from` which record they are taken")
        if self.from_ and (self.values or self.pages):
            raise ValueError("what is taken `from` a record has no `with` and no `pages`")
        return self


class Reads(Entry):
    shopper: Read
    orders: Read
    order: Read
    shipments: Read | None = None
    balances: Read | None = None
    coupons: Read | None = None

    def entries(self) -> Iterator[tuple[str, Read]]:
        for name in ("shopper", "orders", "order", "shipments", "balances", "coupons"):
            read = getattr(self, name)
            if read is not None:
                yield name, read


class Identification(Entry):
    """Particulars that suffice together, and the call that looks for the shopper by them.

    fetch: the call only names those whom it finds (each gives ids), and their records are read by `reads.shopper`.
    """

    by: Annotated[tuple[str, ...], Field(min_length=1)]
    call: str
    values: Annotated[dict[str, ExpressionField], Field(alias="with")]
    each: ExpressionField = At
    fetch: bool = False


class OperationMap(Entry):
    """An operation and the call that carries it out.

    values: what the call is told, by parameter; what is not there is an argument, under its own name or the one that
    `rename` gives it. without: parameters that are never told. order: the argument that names an order, which must be
    the shopper's. public: it concerns nobody. arguments, required, result_schema: what the schemas say instead.
    """

    call: str
    risk: Risk
    title: Annotated[LocalText, BeforeValidator(_title)]
    values: Annotated[dict[str, ExpressionField], Field(alias="with")] = {}
    rename: dict[str, Annotated[str, Field(min_length=1)]] = {}
    without: tuple[str, ...] = ()
    order: str | None = None
    public: bool = False
    arguments: dict[str, dict[str, Any]] = {}
    required: tuple[str, ...] | None = None
    result: ExpressionField | None = None
    result_schema: dict[str, Any] | None = None

    model_config = ConfigDict(arbitrary_types_allowed=True)


class Errors(Entry):
    """What the system's errors mean: expressions over {status, body, text}. The first that is true decides.

    in_progress: an earlier call under this key is still at work. reused: the key was used for another call.
    reason: a stable code for why a rule forbids it. otherwise: what an error of a write means of which nothing else
    is known; `refused` only for a system that has done nothing whenever it answers with an error.
    """

    not_found: ExpressionField | None = None
    invalid: ExpressionField | None = None
    in_progress: ExpressionField | None = None
    reused: ExpressionField | None = None
    reason: ExpressionField | None = None
    otherwise: Literal["unknown", "refused"] = "unknown"


class Outcome(Entry):
    """How to ask what became of a call, by its key: expressions over the answer. Not to be found is to have no effect.

    done: true if it was carried out, failed: true if it never will be; while neither is, nobody knows. result: what
    it gave.
    """

    call: str
    values: Annotated[dict[str, ExpressionField], Field(alias="with")]
    done: ExpressionField
    failed: ExpressionField | None = None
    result: ExpressionField = At


class Patience(Entry):
    """Seconds and counts. timeout: of one attempt. attempts, within: of a call that may be repeated.

    failures: how many in a row make the connector stop asking, for `pause`.
    """

    timeout: Annotated[float, Field(gt=0, le=120)] = 8
    attempts: Annotated[int, Field(ge=1, le=6)] = 3
    within: Annotated[float, Field(gt=0, le=300)] = 20
    failures: Annotated[int, Field(ge=1)] = 5
    pause: Annotated[float, Field(gt=0)] = 30


class SystemMap(Entry):
    """A mapping file. currency: of amounts that do not say theirs; timezone: of times that do not.

    one_is_enough: whether a single particular may tell who a shopper is.
    """

    format: Literal[1]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    timezone: Annotated[str, AfterValidator(_timezone)] = "UTC"
    patience: Patience = Patience()
    reads: Reads
    records: Records
    identify: tuple[Identification, ...] = ()
    one_is_enough: bool = False
    operations: dict[Annotated[str, Field(pattern=NAME)], OperationMap] = {}
    errors: Errors = Errors()
    outcome: Outcome | None = None

    def calls(self) -> Iterator[tuple[tuple[str | int, ...], Read | Identification | OperationMap | Outcome]]:
        """Everything that calls the system, with its place in the file."""
        for name, read in self.reads.entries():
            if read.call:
                yield ("reads", name), read
        for number, identification in enumerate(self.identify):
            yield ("identify", number), identification
        for name, operation in self.operations.items():
            yield ("operations", name), operation
        if self.outcome:
            yield ("outcome",), self.outcome
