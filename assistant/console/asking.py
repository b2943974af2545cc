"""Dialogs: what a user is asked before something is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from assistant.console.visitor import Visitor


async def sure(visitor: Visitor, question: str, yes: str) -> bool:
    """Whether the user wants what cannot be taken back. yes: what the button says that does it."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label(question)
        with ui.row().classes("dialog-buttons"):
            ui.button(visitor.text("frame.cancel"), on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button(yes, on_click=lambda: dialog.submit(True), color="negative").props("unelevated no-caps")
    return bool(await dialog)


@contextmanager
def form(visitor: Visitor, title: str) -> Iterator[ui.dialog]:
    """A dialog with fields inside; it gives True where it is sent."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.html(f"<h2>{title}</h2>", sanitize=False)
        yield dialog
        with ui.row().classes("dialog-buttons"):
            ui.button(visitor.text("frame.cancel"), on_click=lambda: dialog.submit(False)).props("flat no-caps")
            ui.button(visitor.text("frame.save"), on_click=lambda: dialog.submit(True)).props("unelevated no-caps")
