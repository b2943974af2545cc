"""The command line's shape: commands, help in the reader's language, and exit codes.

0: done. 1: an error, told in one red line with what to do about it. 2: wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer
from pydantic import ValidationError
from typer.core import TyperCommand, TyperGroup

from assistant.cli import commands, connectors, keys, models, procedures, trying, users
from assistant.cli.serving import PortTaken
from assistant.cli.terminal import Terminal
from assistant.domain.errors import StorebotError
from assistant.settings import explain, terminal_language

FAILED = 1


def hint_for(error: StorebotError, terminal: Terminal) -> str:
    """What to do about an error: by what it names, where that is told, else by its code."""
    if error.code == "not_found" and "shopper" in error.data:
        return terminal.text("shopper.unknown")
    return terminal.hint(error.code)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Leaves by SystemExit with the exit codes above."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    terminal = Terminal(terminal_language())
    try:
        command_line(terminal).main(words, prog_name="storebot", obj=terminal)
    except StorebotError as error:
        if "--json" in words:
            terminal.json({"error": {"code": error.code, "detail": error.detail, **error.data}})
        else:
            terminal.fail(error.in_language(terminal.language), hint_for(error, terminal))
    except PortTaken as taken:
        terminal.fail(terminal.text("port.taken", host=taken.host, port=taken.port, reason=taken.reason))
    except ValidationError as error:  # only the settings are validated here
        terminal.fail(explain(error), terminal.text("hint.settings"))
    except OSError as error:
        terminal.fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    sys.exit(FAILED)


def command_line(terminal: Terminal) -> TyperGroup:
    """All commands, with their help in the terminal's language."""
    app = typer.Typer(help="help.root", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_root)
    app.command("demo", help="help.demo")(commands.demo)
    app.command("serve", help="help.serve")(commands.serve)
    app.command("import", help="help.import")(commands.import_store)
    app.command("ask", help="help.ask")(commands.ask)
    app.command("explain", help="help.explain")(commands.explain)
    app.command("chat", help="help.chat")(commands.chat)
    app.command("stores", help="help.stores")(commands.stores)
    app.command("versions", help="help.versions")(commands.versions)
    app.command("rollback", help="help.rollback")(commands.rollback)
    app.add_typer(_keys(), name="keys", help="help.keys")
    app.add_typer(_users(), name="users", help="help.users")
    app.add_typer(_connector(), name="connector", help="help.connector")
    app.add_typer(_models(), name="llm", help="help.llm")
    app.add_typer(_procedures(), name="procedure", help="help.procedure")
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    _speak(group, terminal)
    return group


def _keys() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)
    app.command("create", help="help.keys_create")(keys.create)
    app.command("list", help="help.keys_list")(keys.show)
    app.command("revoke", help="help.keys_revoke")(keys.revoke)
    return app


def _users() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)
    app.command("add", help="help.users_add")(users.add)
    app.command("list", help="help.users_list")(users.show)
    app.command("role", help="help.users_role")(users.role)
    app.command("remove", help="help.users_remove")(users.remove)
    app.command("password", help="help.users_password")(users.password)
    return app


def _connector() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)
    app.callback()(lambda: None)  # with one command only, it would take the group's place
    app.command("check", help="help.connector_check")(connectors.check)
    return app


def _models() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)
    app.callback()(lambda: None)  # with one command only, it would take the group's place
    app.command("check", help="help.llm_check")(models.check)
    return app


def _procedures() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)
    app.command("check", help="help.procedure_check")(procedures.check)
    app.command("list", help="help.procedure_list")(procedures.show_all)
    app.command("show", help="help.procedure_show")(procedures.show)
    app.command("put", help="help.procedure_put")(procedures.put)
    app.command("try", help="help.procedure_try")(trying.try_out)
    app.command("enable", help="help.procedure_enable")(procedures.enable)
    app.command("disable", help="help.procedure_disable")(procedures.disable)
    app.command("rollback", help="help.procedure_rollback")(procedures.rollback)
    app.command("delete", help="help.procedure_delete")(procedures.delete)
    return app


def _speak(command: TyperCommand | TyperGroup, terminal: Terminal) -> None:
    """Put texts in place of their names, in the help of a command, of its parameters and of the commands below it."""
    for below in command.commands.values() if isinstance(command, TyperGroup) else ():
        assert isinstance(below, TyperCommand | TyperGroup)
        _speak(below, terminal)
    if command.help:
        command.help = terminal.text(command.help)
    for parameter in command.params:
        named = getattr(parameter, "help", None)
        if named:
            parameter.help = terminal.text(named)  # type: ignore[attr-defined]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"storebot {version('storebot')}")
        raise typer.Exit


def _root(
    show_version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="option.version")
    ] = False,
) -> None:
    """Options that stand before a command."""
