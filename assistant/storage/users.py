"""Users, their parts in stores, and their stays.

A stay's token has 256 random bits and is kept as its SHA-256 digest, as API keys are.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from assistant.domain.errors import Conflict, InvalidInput, NotFound, Unauthorized
from assistant.domain.ids import StoreId, new_id
from assistant.domain.ports import Clock
from assistant.domain.users import Role, SignIn, User, UserId
from assistant.storage.database import Database
from assistant.storage.passwords import LONGEST, Passwords
from assistant.storage.tables import members, stays, users

TOKEN_BYTES = 32
LONGEST_NAME = 100
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_LANGUAGES = ("zh", "en")


class SqlUsers:
    """The `Users` port over SQL. stay: how long somebody stays signed in."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        stay: timedelta = timedelta(hours=12),
        passwords: Passwords | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._stay = stay
        self._passwords = passwords or Passwords()

    async def add(
        self, store_id: StoreId, email: str, role: Role, *, name: str = "", language: str = "zh", password: str = ""
    ) -> User:
        email, name = _email(email), _name(name, email)
        if language not in _LANGUAGES:
            raise InvalidInput(f"A user's language is one of {', '.join(_LANGUAGES)}.")
        hashed = await asyncio.to_thread(self._passwords.hashed, password, email) if password else None
        now = self._clock.now()

        def work(tx: Connection) -> User:
            known = tx.execute(_OF_EMAIL, {"email": email}).first()
            if known is None:
                if hashed is None:
                    raise InvalidInput(
                        f"{email} is new here: give a first password.", detail_zh=f"{email} 是新用户，请设置初始密码。"
                    )
                values = {"id": new_id("user"), "email": email, "name": name, "language": language}
                tx.execute(insert(users), {**values, "password": hashed, "created_at": now})
                known = _found(tx.execute(_OF_EMAIL, {"email": email}).first(), email)
            if _is_member(tx, store_id, known.id):
                raise Conflict(f"{email} is a member of this store already.", email=email)
            tx.execute(insert(members), {"store_id": store_id, "user_id": known.id, "role": role, "at": now})
            return _user(tx, known)

        try:
            return await self._database.write(work)
        except IntegrityError as error:
            raise NotFound(f"There is no store {store_id!r}", store_id=store_id) from error

    async def of_store(self, store_id: StoreId) -> list[User]:
        def work(tx: Connection) -> list[User]:
            return [_user(tx, row) for row in tx.execute(_OF_STORE, {"store": store_id}).all()]

        return await self._database.read(work)

    async def get(self, user_id: UserId) -> User:
        def work(tx: Connection) -> User:
            return _user(tx, _found(tx.execute(_ONE, {"user": user_id}).first(), user_id))

        return await self._database.read(work)

    async def of_email(self, email: str) -> User:
        def work(tx: Connection) -> User:
            return _user(tx, _found(tx.execute(_OF_EMAIL, {"email": email.strip().lower()}).first(), email))

        return await self._database.read(work)

    async def set_role(self, store_id: StoreId, user_id: UserId, role: Role) -> User:
        def work(tx: Connection) -> User:
            _check_owner_stays(tx, store_id, user_id, role)
            tx.execute(_SET_ROLE, {"store": store_id, "user": user_id, "new_role": role})
            return _user(tx, _found(tx.execute(_ONE, {"user": user_id}).first(), user_id))

        return await self._database.write(work)

    async def remove(self, store_id: StoreId, user_id: UserId) -> None:
        def work(tx: Connection) -> None:
            _check_owner_stays(tx, store_id, user_id, None)
            tx.execute(_REMOVE, {"store": store_id, "user": user_id})

        await self._database.write(work)

    async def set_password(self, user_id: UserId, password: str, *, keeping: str = "") -> None:
        email = (await self.get(user_id)).email
        hashed = await asyncio.to_thread(self._passwords.hashed, password, email)

        def work(tx: Connection) -> None:
            tx.execute(_SET_PASSWORD, {"user": user_id, "hashed": hashed})
            tx.execute(_END_OTHERS, {"user": user_id, "kept": _digest(keeping)})

        await self._database.write(work)

    async def sign_in(self, email: str, password: str) -> SignIn:
        def look(tx: Connection) -> Row[Any] | None:
            return tx.execute(_OF_EMAIL, {"email": email.strip().lower()[:LONGEST]}).first()

        row = await self._database.read(look)
        fits = await asyncio.to_thread(self._passwords.fits, password, row.password if row is not None else None)
        if row is None or not fits:
            raise Unauthorized(
                "The address or the password is wrong.", reason="invalid", detail_zh="邮箱或密码不正确。"
            )
        if self._passwords.outdated(row.password):
            anew = await asyncio.to_thread(self._passwords.again, password)
            await self._database.write(lambda tx: tx.execute(_SET_PASSWORD, {"user": row.id, "hashed": anew}))
        return await self.admit(UserId(row.id))

    async def admit(self, user_id: UserId) -> SignIn:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._clock.now()
        end = now + self._stay

        def work(tx: Connection) -> User:
            row = _found(tx.execute(_ONE, {"user": user_id}).first(), user_id)
            tx.execute(_FORGET_OVER, {"now": now})
            values = {"digest": _digest(token), "user_id": user_id, "created_at": now, "expires_at": end}
            tx.execute(insert(stays), values)
            return _user(tx, row)

        return SignIn(await self._database.write(work), token, end)

    async def signed_in(self, token: str) -> User:
        def work(tx: Connection) -> User | None:
            row = tx.execute(_OF_STAY, {"digest": _digest(token), "now": self._clock.now()}).first()
            return _user(tx, row) if row is not None else None

        user = await self._database.read(work)
        if user is None:
            raise Unauthorized(
                "You are not signed in, or no longer.", reason="signed_out", detail_zh="您尚未登录或登录已过期。"
            )
        return user

    async def sign_out(self, token: str) -> None:
        await self._database.write(lambda tx: tx.execute(_END, {"digest": _digest(token)}))


def _email(email: str) -> str:
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email) or len(email) > LONGEST or not email.isprintable():
        raise InvalidInput(f"{email[:LONGEST]!r} is no e-mail address.", detail_zh=f"{email[:LONGEST]} 不是邮箱地址。")
    return email


def _name(name: str, email: str) -> str:
    name = " ".join(name.split()) or email.partition("@")[0]
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(
            f"A name has at most {LONGEST_NAME} printable characters.", detail_zh=f"姓名最多 {LONGEST_NAME} 个字符。"
        )
    return name


def _check_owner_stays(tx: Connection, store_id: StoreId, user_id: UserId, role: Role | None) -> None:
    """Raises NotFound where there is no such member, Conflict where nobody would be the owner any more."""
    if not _is_member(tx, store_id, user_id):
        raise NotFound(f"Store {store_id!r} has no member {user_id!r}", store_id=store_id, user_id=user_id)
    owners: Sequence[str] = tx.execute(_OWNERS, {"store": store_id}).scalars().all()
    if owners == [user_id] and role is not Role.OWNER:
        raise Conflict(
            "The store needs an owner; make somebody else one first.",
            detail_zh="店铺至少要有一位所有者，请先设置另一位。",
        )


def _is_member(tx: Connection, store_id: StoreId, user_id: str) -> bool:
    return tx.execute(_MEMBER, {"store": store_id, "user": user_id}).first() is not None


def _user(tx: Connection, row: Row[Any]) -> User:
    roles = {part.store_id: Role(part.role) for part in tx.execute(_PARTS, {"user": row.id})}
    return User(UserId(row.id), row.email, row.name, row.language, row.created_at, roles)


def _found(row: Row[Any] | None, who: str) -> Row[Any]:
    if row is None:
        raise NotFound(f"There is no user {who!r}")
    return row


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


_ONE = select(users).where(users.c.id == bindparam("user"))
_OF_EMAIL = select(users).where(users.c.email == bindparam("email"))
_OF_STORE = select(users).join(members).where(members.c.store_id == bindparam("store")).order_by(users.c.id)
_OF_STAY = select(users).join(stays).where(stays.c.digest == bindparam("digest"), stays.c.expires_at > bindparam("now"))
_THIS_MEMBER = and_(members.c.store_id == bindparam("store"), members.c.user_id == bindparam("user"))
_MEMBER = select(members.c.role).where(_THIS_MEMBER)
_PARTS = select(members).where(members.c.user_id == bindparam("user")).order_by(members.c.at, members.c.store_id)
_OWNERS = select(members.c.user_id).where(members.c.store_id == bindparam("store"), members.c.role == Role.OWNER)
_SET_ROLE = update(members).where(_THIS_MEMBER).values(role=bindparam("new_role"))
_REMOVE = delete(members).where(_THIS_MEMBER)
_SET_PASSWORD = update(users).where(users.c.id == bindparam("user")).values(password=bindparam("hashed"))
_END = delete(stays).where(stays.c.digest == bindparam("digest"))
_END_OTHERS = delete(stays).where(stays.c.user_id == bindparam("user"), stays.c.digest != bindparam("kept"))
_FORGET_OVER = delete(stays).where(stays.c.expires_at <= bindparam("now"))
