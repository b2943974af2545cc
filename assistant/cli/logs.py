"""Where log lines go: to stderr, so that what a command prints stays data."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs(level: str) -> None:
    """Write lines of `level` ("info") and above: readable in a terminal, as JSON elsewhere."""
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(() if terminal else (structlog.processors.format_exc_info,)),
            # The plain traceback: the rich one prints local variables, and with them what shoppers wrote.
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if terminal
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Libraries tell much at "info" that helps nobody but their authors.
    libraries = level if level in ("debug", "error") else "warning"
    logging.basicConfig(
        level=libraries.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s", force=True
    )
