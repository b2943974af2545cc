"""Signing in and out, and what a user may change about themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.deps import Rates, ServicesDep, client
from assistant.api.errors import documented
from assistant.api.stay import check_csrf, csrf_token, drop_stay, keep_stay, stay_token
from assistant.domain.errors import NotFound, Unauthorized
from assistant.domain.users import Role, User

TRIES = 10
"""Sign-ins a minute, of one address and to one user."""

router = APIRouter(prefix="/v1", tags=["users"])


class SignInInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class PasswordInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    current: str = Field(max_length=1000, description="The password so far.")
    new: str = Field(max_length=1000, description="The next one, 10 to 200 characters.")


class MembershipView(BaseModel):
    store_id: str
    name: str = Field(description="Of the store, in the user's language.")
    role: Role
    scopes: list[str] = Field(description="What the role allows.")


class MeView(BaseModel):
    """Who is signed in."""

    user_id: str
    email: str
    name: str
    language: str = Field(description="zh or en.")
    stores: list[MembershipView]
    csrf_token: str = Field(description="Send it as X-CSRF-Token with every request that changes something.")
    expires_at: datetime | None = Field(default=None, description="When the stay is over; only told when it begins.")


async def _stay(request: Request, services: ServicesDep, _: Rates) -> str:
    """The token of a caller who is signed in and whose request comes from our own pages."""
    token = stay_token(request, services)
    if not token:
        raise Unauthorized("You are not signed in.", reason="signed_out")
    check_csrf(request, token)
    return token


StayDep = Annotated[str, Depends(_stay)]


@router.post(
    "/sign-in",
    operation_id="signIn",
    summary="Sign in",
    response_description="A cookie, which scripts cannot read, holds the stay.",
    responses=documented(400, 401, 413, 422),
)
async def sign_in(
    request: Request, response: Response, services: ServicesDep, rates: Rates, body: SignInInput
) -> MeView:
    """An address or a user that is tried too often has to wait a while, whatever the password."""
    rates.take(f"sign-in:{client(request)}", TRIES)
    rates.take(f"sign-in:{body.email.strip().lower()}", TRIES)
    signed = await services.users.sign_in(body.email, body.password)
    keep_stay(request, response, services, signed)
    view = await _me(services, signed.user, signed.token)
    return view.model_copy(update={"expires_at": signed.expires_at})


@router.post("/sign-out", operation_id="signOut", summary="Sign out", status_code=204, responses=documented(401, 403))
async def sign_out(request: Request, response: Response, services: ServicesDep, token: StayDep) -> None:
    """The stay is over at once, wherever its token may be."""
    await services.users.sign_out(token)
    drop_stay(request, response, services)


@router.get("/me", operation_id="readMe", summary="Read who is signed in", responses=documented(401))
async def read_me(services: ServicesDep, token: StayDep) -> MeView:
    return await _me(services, await services.users.signed_in(token), token)


@router.put(
    "/me/password",
    operation_id="changePassword",
    summary="Change one's own password",
    status_code=204,
    responses=documented(400, 401, 403, 413, 422),
)
async def change_password(services: ServicesDep, rates: Rates, token: StayDep, body: PasswordInput) -> None:
    """All other stays of the user end."""
    user = await services.users.signed_in(token)
    rates.take(f"sign-in:{user.email}", TRIES)
    proof = await services.users.sign_in(user.email, body.current)
    await services.users.sign_out(proof.token)
    await services.users.set_password(user.id, body.new, keeping=token)


async def _me(services: ServicesDep, user: User, token: str) -> MeView:
    stores = []
    for store_id, role in user.roles.items():
        try:
            store = await services.stores.get(store_id)
        except NotFound:
            continue
        name = store.name.in_language(user.language)
        scopes = sorted(scope.value for scope in role.scopes)
        stores.append(MembershipView(store_id=store_id, name=name, role=role, scopes=scopes))
    return MeView(
        user_id=user.id,
        email=user.email,
        name=user.name,
        language=user.language,
        stores=stores,
        csrf_token=csrf_token(token),
    )
