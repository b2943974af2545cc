"""The command line's shape: commands and exit codes.

0: done, and the gate holds. 1: the gate does not hold. 2: bad input (usage, files, store, key). 3: the run broke off.
130: interrupted; the same command goes on.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import typer
from pydantic import ValidationError

from assistant.cli.terminal import Terminal
from assistant.domain.errors import StorebotError
from assistant.settings import explain
from evals.cli import commands
from evals.cli.showing import show_faults
from evals.gate import MalformedGate
from evals.running import JournalTaken
from evals.suites.suite import MalformedSuite

BAD_INPUT, BROKEN_OFF = 2, 3

_HELP = "Measure a store's assistant, compare versions, and see why. docs/evaluation.md is the guide."


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Leaves by SystemExit with the exit codes above."""
    terminal = Terminal("en")
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        command_line()(words, prog_name="storebot-eval", obj=terminal)
    except (MalformedSuite, MalformedGate) as error:
        show_faults(terminal, error.faults)
    except StorebotError as error:
        terminal.fail(error.detail, terminal.hint(error.code))
    except JournalTaken as error:
        terminal.fail(f"{error}.")
    except ValidationError as error:  # only the settings are validated here
        terminal.fail(explain(error), terminal.text("hint.settings"))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        terminal.fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except Exception as error:
        traceback.print_exc()
        terminal.fail(f"The run broke off: {error}", "What is done is kept; the same command goes on from there.")
        sys.exit(BROKEN_OFF)
    sys.exit(BAD_INPUT)


def command_line() -> typer.Typer:
    app = typer.Typer(help=_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.command("run")(commands.run)
    app.command("calibrate")(commands.calibrate)
    app.command("check")(commands.check)
    app.command("compare")(commands.compare_runs)
    app.command("report")(commands.report)
    app.command("suites")(commands.suites)
    return app
