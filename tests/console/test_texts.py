"""What the pages say is there in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import assistant.console
from assistant.console.frame import PLACES
from assistant.console.texts import load_texts
from assistant.domain.access import KeyScope
from assistant.domain.archive import Outcome
from assistant.domain.conversation import Owner
from assistant.domain.events import ChangeReason
from assistant.domain.reply import ActionKind, HandoffReason
from assistant.domain.users import Role

ROOM = Path(assistant.console.__file__).parent


def test_every_text_that_a_page_names_is_there() -> None:
    texts = load_texts()
    named = {
        name for file in ROOM.rglob("*.py") for name in re.findall(r'text\(\s*"([\w.]+)"', file.read_text("utf-8"))
    }
    assert len(named) > 10
    assert named <= texts.names()
    composed = [f"place.{place.path}" for place in PLACES]
    composed += [f"team.{kind}.{role}" for kind in ("role", "role_means") for role in Role]
    composed += [f"conversations.outcome.{outcome}" for outcome in Outcome]
    composed += [f"transcript.owner.{owner}" for owner in Owner]
    composed += [f"transcript.did.{kind}" for kind in ActionKind]
    composed += [f"transcript.reason.{reason}" for reason in HandoffReason]
    composed += [f"transcript.change.{reason}" for reason in ChangeReason]
    composed += [f"team.scope.{scope}" for scope in KeyScope]
    assert set(composed) <= texts.names()
