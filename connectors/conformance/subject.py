"""What is checked, what a check is, and how it says that something is broken."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NoReturn

from assistant.domain.backend import JsonObject, ShopperRef, StoreBackend
from assistant.domain.errors import StorebotError
from assistant.domain.text import LocalText


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an operation for the subject's shopper."""

    operation: str
    arguments: JsonObject


@dataclass(frozen=True, slots=True)
class Subject:
    """A system to be checked, and what there is in it; what is None leaves out the checks that need it.

    Args:
        backend: the system.
        shopper: somebody with at least one order.
        other: somebody else with at least one order.
        particulars: what `identify` knows `shopper` by.
        read: a call of risk `read` that succeeds.
        write: a call that succeeds once, and changes something that the port's reads show. It is carried out.
        another: a call of the same operation, or another one, with other arguments. It must have no effect.
        foreign: a call as `write`, which names a record of `other`. It must have no effect.
        refused: a call that the system's own rules forbid. It must have no effect.
        reopened: closes the system, and gives it anew over the same data, as after a restart.
    """

    backend: StoreBackend
    shopper: ShopperRef
    other: ShopperRef | None = None
    particulars: Mapping[str, str] | None = None
    read: Call | None = None
    write: Call | None = None
    another: Call | None = None
    foreign: Call | None = None
    refused: Call | None = None
    reopened: Callable[[], Awaitable[StoreBackend]] | None = None


class Broken(AssertionError):
    """The system does not keep to the port; text says how, in Chinese and English."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = LocalText.of({"zh": zh, "en": en})


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that every system does. needs: what of the subject it cannot do without."""

    name: str
    title: LocalText
    run: Callable[[Subject], Awaitable[None]]
    needs: tuple[str, ...] = ()

    def missing(self, subject: Subject) -> list[str]:
        return [name for name in self.needs if getattr(subject, name) is None]


def check(name: str, zh: str, en: str, run: Callable[[Subject], Awaitable[None]], *needs: str) -> Check:
    return Check(name, LocalText.of({"zh": zh, "en": en}), run, needs)


@asynccontextmanager
async def raises(kinds: type[StorebotError] | tuple[type[StorebotError], ...], method: str) -> AsyncIterator[None]:
    names = "/".join(kind.__name__ for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))
    try:
        yield
    except kinds:
        return
    except StorebotError as error:
        raised = type(error).__name__
        broken(f"{method} 应为 {names}，实为 {raised}", f"{method} raised {raised} where {names} is due")
    broken(f"{method} 应为 {names}，却成功了", f"{method} succeeded where {names} is due")


def broken(zh: str, en: str) -> NoReturn:
    raise Broken(zh=zh, en=en)
