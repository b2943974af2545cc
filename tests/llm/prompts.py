"""Prompts as the assistant makes them."""

from __future__ import annotations

from assistant.domain.models import Line, Prompt, Purpose, Speaker


def prompt(*said: str, purpose: Purpose = Purpose.ANSWER, most_tokens: int = 200) -> Prompt:
    """What the store has the model know, then what the shopper said."""
    lines = (Line(Speaker.STORE, "You serve a shop."), *(Line(Speaker.SHOPPER, text) for text in said))
    return Prompt(purpose, "try", "1", lines, most_tokens)
