"""People and keys: the members of a store with their roles, and the API keys of programs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from assistant.console.asking import form, sure
from assistant.console.frame import told
from assistant.console.visitor import Visitor
from assistant.domain.access import ApiKey, KeyScope
from assistant.domain.users import Role, User

_LANGUAGES = {"zh": "中文", "en": "English"}

Act = Callable[[], Awaitable[None]]


async def show(visitor: Visitor) -> None:
    """Both lists, each with what may be done about it."""
    await _section(visitor, "team.members", ("team.add", "person_add", _add_member), _members)
    await _section(visitor, "team.keys", ("team.key_add", "key", _add_key), _keys)


async def _section(
    visitor: Visitor,
    title: str,
    button: tuple[str, str, Callable[[Visitor], Awaitable[None]]],
    content: Callable[[Visitor, Act], Awaitable[None]],
) -> None:
    name, icon, act = button

    async def again() -> None:
        await shown.refresh()

    async def add() -> None:
        async with told(visitor):
            await act(visitor)
            await again()

    with ui.element("section").classes("sheet"):
        with ui.row().classes("sheet-head"):
            ui.html(f"<h2>{visitor.text(title)}</h2>", sanitize=False)
            ui.button(visitor.text(name), icon=icon, on_click=add).props("unelevated no-caps")
        shown = ui.refreshable(content)
        await shown(visitor, again)


async def _members(visitor: Visitor, again: Act) -> None:
    for user in await visitor.application.users.of_store(visitor.store.id):
        with ui.row().classes("entry"):
            with ui.column().classes("entry-text"):
                ui.label(user.name).classes("entry-name")
                ui.label(user.email).classes("quiet")
            roles = {role: visitor.text(f"team.role.{role}") for role in Role}
            choice = ui.select(roles, value=user.roles[visitor.store.id], label=visitor.text("team.role"))
            choice.props("outlined dense options-dense").classes("entry-choice")
            choice.on_value_change(lambda event, user=user: _set_role(visitor, user, event.value, again))
            gone = ui.button(icon="person_remove", on_click=lambda user=user: _remove(visitor, user, again))
            gone.props(f'flat round color=negative aria-label="{visitor.text("team.remove")}"')


async def _set_role(visitor: Visitor, user: User, role: Role, again: Act) -> None:
    async with told(visitor):
        await visitor.check(KeyScope.ADMIN)
        await visitor.application.users.set_role(visitor.store.id, user.id, role)
        ui.notify(visitor.text("team.role_set", name=user.name, role=visitor.text(f"team.role.{role}")))
    await again()


async def _remove(visitor: Visitor, user: User, again: Act) -> None:
    if not await sure(visitor, visitor.text("team.remove_sure", name=user.name), visitor.text("team.remove")):
        return
    async with told(visitor):
        await visitor.check(KeyScope.ADMIN)
        await visitor.application.users.remove(visitor.store.id, user.id)
        ui.notify(visitor.text("team.removed", name=user.name))
    await again()


async def _add_member(visitor: Visitor) -> None:
    means = {role: f"{visitor.text(f'team.role.{role}')} · {visitor.text(f'team.role_means.{role}')}" for role in Role}
    with form(visitor, visitor.text("team.add")) as dialog:
        email = ui.input(visitor.text("team.email")).props("outlined dense type=email")
        name = ui.input(visitor.text("team.name")).props("outlined dense")
        role = ui.select(means, value=Role.AGENT, label=visitor.text("team.role")).props("outlined dense")
        language = ui.select(_LANGUAGES, value=visitor.language, label=visitor.text("team.language"))
        language.props("outlined dense")
        password = ui.input(visitor.text("team.password"), password=True, password_toggle_button=True)
        password.props("outlined dense autocomplete=new-password")
    if await dialog:
        caller = await visitor.check(KeyScope.ADMIN)
        user = await visitor.application.users.add(
            caller.store_id,
            email.value,
            role.value,
            name=name.value,
            language=language.value,
            password=password.value,
        )
        ui.notify(visitor.text("team.added", name=user.name), type="positive")


async def _keys(visitor: Visitor, again: Act) -> None:
    keys = await visitor.application.keys.of_store(visitor.store.id)
    if not keys:
        ui.label(visitor.text("team.key_none")).classes("quiet")
    for key in reversed(keys):
        with ui.row().classes("entry"):
            with ui.column().classes("entry-text"):
                ui.label(key.name).classes("entry-name")
                ui.label(f"{' '.join(sorted(key.scopes))} · {key.created_at:%Y-%m-%d}").classes("quiet")
            ui.label(_state(visitor, key)).classes("entry-state")
            if key.revoked_at is None:
                stop = ui.button(icon="block", on_click=lambda key=key: _revoke(visitor, key, again))
                stop.props(f'flat round color=negative aria-label="{visitor.text("team.key_revoke")}"')


def _state(visitor: Visitor, key: ApiKey) -> str:
    if key.revoked_at is not None:
        return visitor.text("team.key_revoked")
    return visitor.text("team.key_over" if key.expired(visitor.application.clock.now()) else "team.key_good")


async def _add_key(visitor: Visitor) -> None:
    with form(visitor, visitor.text("team.key_add")) as dialog:
        name = ui.input(visitor.text("team.key_name")).props("outlined dense")
        means = {scope: f"{scope} · {visitor.text(f'team.scope.{scope}')}" for scope in KeyScope}
        scopes = ui.select(means, multiple=True, label=visitor.text("team.key_scopes"))
        scopes.props("outlined dense use-chips")
    if not await dialog:
        return
    caller = await visitor.check(KeyScope.ADMIN)
    chosen = frozenset(scopes.value or ())
    made = await visitor.application.keys.create(caller.store_id, chosen, name.value)
    with ui.dialog(value=True).props("persistent") as shown, ui.card().classes("dialog"):
        ui.label(visitor.text("team.key_shown_once"))
        ui.code(made.token).classes("key-token")
        with ui.row().classes("dialog-buttons"):
            ui.button(
                visitor.text("team.key_copy"), icon="content_copy", on_click=lambda: _copy(visitor, made.token)
            ).props("flat no-caps")
            ui.button(visitor.text("frame.close"), on_click=shown.close).props("unelevated no-caps")


def _copy(visitor: Visitor, token: str) -> None:
    ui.clipboard.write(token)
    ui.notify(visitor.text("team.key_copied"))


async def _revoke(visitor: Visitor, key: ApiKey, again: Act) -> None:
    if not await sure(visitor, visitor.text("team.key_revoke_sure", name=key.name), visitor.text("team.key_revoke")):
        return
    async with told(visitor):
        await visitor.check(KeyScope.ADMIN)
        await visitor.application.keys.revoke(visitor.store.id, key.id)
    await again()
