"""Who may do what in a store: its members, and its API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.access import require
from assistant.api.deps import ID_PATTERN, ServicesDep
from assistant.api.errors import documented
from assistant.domain.access import ApiKey, Caller, KeyScope
from assistant.domain.ids import ApiKeyId
from assistant.domain.users import Role, User, UserId

router = APIRouter(prefix="/v1/stores/{store_id}", tags=["users"])

Admin = Annotated[Caller, Depends(require(KeyScope.ADMIN))]
UserIdPath = Annotated[str, PathParameter(pattern=ID_PATTERN, description="The user's id.")]
KeyIdPath = Annotated[str, PathParameter(pattern=ID_PATTERN, description="The key's id.")]


class MemberInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=200)
    role: Role
    name: str = Field(default="", max_length=100)
    language: Literal["zh", "en"] = Field(default="zh", description="Of the pages that they are shown.")
    password: str = Field(
        default="", max_length=1000, description="A first password, 10 to 200 characters; who is known keeps their own."
    )


class RoleInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role


class MemberView(BaseModel):
    user_id: str
    email: str
    name: str
    role: Role


class MemberList(BaseModel):
    users: list[MemberView]


class KeyInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, description="What it is used for.")
    scopes: list[KeyScope] = Field(min_length=1)
    expires_at: datetime | None = Field(default=None, description="With a time zone; null: never.")


class KeyView(BaseModel):
    key_id: str
    name: str
    scopes: list[KeyScope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewKeyView(KeyView):
    token: str = Field(description="What its holder sends; it is shown this once.")


class KeyList(BaseModel):
    keys: list[KeyView]


@router.get("/users", operation_id="listUsers", summary="List the members", responses=documented(401, 403, 422))
async def list_users(caller: Admin, services: ServicesDep) -> MemberList:
    return MemberList(users=[_member(user, caller) for user in await services.users.of_store(caller.store_id)])


@router.post(
    "/users",
    operation_id="addUser",
    summary="Make somebody a member",
    status_code=201,
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
async def add_user(caller: Admin, services: ServicesDep, body: MemberInput) -> MemberView:
    user = await services.users.add(
        caller.store_id, body.email, body.role, name=body.name, language=body.language, password=body.password
    )
    return _member(user, caller)


@router.put(
    "/users/{user_id}",
    operation_id="setRole",
    summary="Give a member another role",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
async def set_role(caller: Admin, services: ServicesDep, user_id: UserIdPath, body: RoleInput) -> MemberView:
    """A store keeps at least one owner."""
    return _member(await services.users.set_role(caller.store_id, UserId(user_id), body.role), caller)


@router.delete(
    "/users/{user_id}",
    operation_id="removeUser",
    summary="Take a member's part away",
    status_code=204,
    responses=documented(401, 403, 404, 409, 422),
)
async def remove_user(caller: Admin, services: ServicesDep, user_id: UserIdPath) -> None:
    """From then on they can do nothing in the store, signed in or not."""
    await services.users.remove(caller.store_id, UserId(user_id))


@router.get("/keys", operation_id="listKeys", summary="List the API keys", responses=documented(401, 403, 422))
async def list_keys(caller: Admin, services: ServicesDep) -> KeyList:
    return KeyList(keys=[_key(key) for key in await services.api_keys.of_store(caller.store_id)])


@router.post(
    "/keys",
    operation_id="createKey",
    summary="Make an API key",
    status_code=201,
    responses=documented(400, 401, 403, 404, 413, 422),
)
async def create_key(caller: Admin, services: ServicesDep, body: KeyInput) -> NewKeyView:
    made = await services.api_keys.create(
        caller.store_id, frozenset(body.scopes), body.name, expires_at=body.expires_at
    )
    return NewKeyView(**_key(made.key).model_dump(), token=made.token)


@router.delete(
    "/keys/{key_id}", operation_id="revokeKey", summary="End an API key", responses=documented(401, 403, 404, 422)
)
async def revoke_key(caller: Admin, services: ServicesDep, key_id: KeyIdPath) -> KeyView:
    """At once and for good; it stays in the list."""
    return _key(await services.api_keys.revoke(caller.store_id, ApiKeyId(key_id)))


def _member(user: User, caller: Caller) -> MemberView:
    return MemberView(user_id=user.id, email=user.email, name=user.name, role=user.roles[caller.store_id])


def _key(key: ApiKey) -> KeyView:
    return KeyView(
        key_id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )
