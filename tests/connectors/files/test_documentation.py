"""The files in docs/connect-your-order-system.md are a system as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import assistant
from connectors.conformance import Subject, Verdict, examine, read_cases
from connectors.files import open_files
from tests.connectors.files.kettle_shop import HandClock

GUIDE = Path(assistant.__file__).parents[1] / "docs" / "connect-your-order-system.md"


async def test_the_guides_files_are_a_sound_system(tmp_path: Path) -> None:
    files = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(files) == 8
    for name, text in files:
        (tmp_path / name).write_text(text, "utf-8")
    async with open_files(tmp_path, tmp_path / "data" / "journal.db", HandClock()) as backend:
        told = read_cases(tmp_path).named(writes=True)
        findings = [finding async for finding in examine(Subject(backend, **told))]
        assert {found.check.name for found in findings if found.verdict is not Verdict.KEPT} == {"read_call", "refused"}
        booked = {"order_id": "6001048203", "day": "2026-11-30"}
        result = await backend.call("book_visit", booked, shopper=told["shopper"], idempotency_key="k")
        assert result["day"] == "2026-11-30"
        card = await backend.call("refund_to_gift_card", {"amount": 9.5}, shopper=told["shopper"], idempotency_key="r")
        assert str(card["balance"]) == "329.50"
