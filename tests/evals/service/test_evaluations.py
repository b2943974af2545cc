"""Evaluations of a running server, from the order to the report."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from assistant.domain.errors import NotFound, NotReady
from assistant.domain.evaluations import Order
from assistant.domain.ids import EvaluationId, StoreId
from evals.service import StoreEvaluations
from evals.service.records import Records
from tests.evals.service.serving import Served, questions, serving
from tests.small_shop import SMALL_STORE, write_small_shop

pytestmark = pytest.mark.long


@pytest.fixture
async def served(small_data_dir: Path) -> AsyncIterator[Served]:
    async with serving(small_data_dir) as served:
        yield served


async def test_a_suite_runs_against_the_store_that_is_served(served: Served) -> None:
    evaluation = await served.start(questions(4), options={"runs": 2, "concurrency": 3, "seed": 5})
    ended = await served.ended(evaluation)
    assert (ended["state"], ended["done"], ended["total"], ended["error"]) == ("done", 8, 8, "")
    assert ended["figures"]["cases"] == 4

    result = (await served.get(f"{evaluation}/result")).json()
    assert result["figures"] == ended["figures"]
    assert result["suite"] == "qa"
    assert Counter(case["case_id"] for case in result["cases"]) == {f"q{number}": 2 for number in range(4)}
    answered = next(case for case in result["cases"] if case["case_id"] == "q0")
    assert answered["verdict"] == "right"
    assert "79" in answered["exchanges"][0]["reply"]["text"]
    assert "milliseconds" in answered["exchanges"][0]["trace"]
    assert (result["environment"]["seed"], result["environment"]["url"]) == (5, None)

    for language in ("zh", "en"):
        report = await served.get(f"{evaluation}/report?language={language}")
        assert report.headers["content-type"].startswith("text/html")
        assert "right_answerable" in report.text
        assert f'<html lang="{language}"' in report.text


async def test_its_conversations_are_tests_and_its_key_is_kept_nowhere(served: Served) -> None:
    keys = await served.app.keys.of_store(SMALL_STORE)
    await served.ended(await served.start(questions(2)))
    assert await served.app.keys.of_store(SMALL_STORE) == keys
    with sqlite3.connect(served.app.settings.data_dir / "storebot.db") as database:
        assert set(database.execute("SELECT test FROM conversations")) == {(1,)}
    database.close()


async def test_a_folder_that_came_with_the_store_can_be_run(small_data_dir: Path, tmp_path: Path) -> None:
    shop = write_small_shop(tmp_path / "shop")
    (shop / "evaluations" / "smoke").mkdir(parents=True)
    (shop / "evaluations" / "smoke" / "qa_prices.jsonl").write_text(questions(2), encoding="utf-8")
    async with serving(small_data_dir) as served:
        await served.app.import_store(str(shop), SMALL_STORE)
        ended = await served.ended(await served.start(folder="smoke"))
        assert (ended["state"], ended["total"], ended["folder"]) == ("done", 2, "smoke")
        missing = await served.client.post(served.path, json={"suite": "qa", "folder": "nightly"})
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


async def test_a_limit_runs_so_many_cases(served: Served) -> None:
    started = await served.client.post(
        served.path, json={"suite": "qa", "data": questions(6), "options": {"limit": 2, "runs": 3}}
    )
    assert (started.json()["state"], started.json()["total"]) == ("waiting", 6)


async def test_every_fault_of_the_cases_is_told_and_nothing_is_kept(served: Served) -> None:
    data = '{"id": "q1"}\nno json\n' + questions(1) + questions(1)
    refused = await served.client.post(served.path, json={"suite": "qa", "data": data})
    assert (refused.status_code, refused.json()["code"]) == (422, "suite_refused")
    faults = refused.json()["faults"]
    assert {fault["file"] for fault in faults} == {"qa.jsonl"}
    assert {fault["line"] for fault in faults} == {1, 2, 4}
    assert all(fault["reason"] for fault in faults)
    assert (await served.client.get(served.path)).json() == {"evaluations": []}
    assert list((served.app.settings.data_dir / "evaluations" / "runs" / SMALL_STORE).iterdir()) == []


async def test_the_servers_folders_are_not_told(small_data_dir: Path, tmp_path: Path) -> None:
    shop = write_small_shop(tmp_path / "shop")
    (shop / "evaluations" / "empty").mkdir(parents=True)
    async with serving(small_data_dir) as served:
        await served.app.import_store(str(shop), SMALL_STORE)
        refused = await served.client.post(served.path, json={"suite": "qa", "folder": "empty"})
    assert refused.json()["code"] == "suite_refused"
    assert str(small_data_dir) not in refused.text


@pytest.mark.parametrize("suite", ["scenarios", "intents", "nothing"])
async def test_suites_that_are_not_for_a_live_shop_are_refused(served: Served, suite: str) -> None:
    refused = await served.client.post(served.path, json={"suite": suite, "data": questions(1)})
    assert refused.status_code == 422
    assert "storebot-eval" in refused.json()["detail"]


async def test_a_store_without_knowledge_is_not_evaluated(served: Served) -> None:
    store = await served.app.stores.get(SMALL_STORE)
    await served.app.stores.put(replace(store, id=StoreId("bare")))
    evaluations = StoreEvaluations(served.app, Records(served.app.settings.data_dir / "runs"))
    with pytest.raises(NotReady):
        await evaluations.start(StoreId("bare"), Order("qa", lines=questions(1)))


async def test_a_cancelled_evaluation_says_how_far_it_came_and_has_no_result(small_data_dir: Path) -> None:
    async with serving(small_data_dir, coalesce_ms=100) as served:
        evaluation = await served.start(questions(200))
        running = await served.until(evaluation, lambda told: told["done"] >= 2)
        assert (running["state"], bool(running["figures"])) == ("running", True)
        cancelled = (await served.client.post(f"{served.path}/{evaluation}/cancel")).json()
        assert cancelled["state"] == "cancelled"
        assert 2 <= cancelled["done"] < 200
        early = await served.get(f"{evaluation}/result")
        assert (early.status_code, early.json()["state"]) == (409, "cancelled")
        assert (await served.get(evaluation)).json() == cancelled
        listed = (await served.client.get(served.path)).json()["evaluations"]
        assert listed == [cancelled]


async def test_a_deleted_evaluation_leaves_nothing(small_data_dir: Path) -> None:
    async with serving(small_data_dir, coalesce_ms=100) as served:
        evaluation = await served.start(questions(200))
        await served.until(evaluation, lambda told: told["done"] >= 1)
        assert (await served.client.delete(f"{served.path}/{evaluation}")).status_code == 204
        assert (await served.get(evaluation)).status_code == 404
        assert (await served.client.get(served.path)).json() == {"evaluations": []}
        assert list((small_data_dir / "evaluations" / "runs" / SMALL_STORE).iterdir()) == []


async def test_another_stores_evaluation_is_not_found(served: Served) -> None:
    evaluation = await served.start(questions(1))
    evaluations = StoreEvaluations(served.app, Records(served.app.settings.data_dir / "evaluations" / "runs"))
    with pytest.raises(NotFound):
        await evaluations.get(StoreId("elsewhere"), EvaluationId(evaluation))


async def test_an_evaluation_goes_on_after_a_restart(small_data_dir: Path) -> None:
    async with serving(small_data_dir, coalesce_ms=50) as served:
        evaluation = await served.start(questions(12))
        await served.until(evaluation, lambda told: told["done"] >= 3)
    async with serving(small_data_dir, coalesce_ms=50) as served:
        ended = await served.ended(evaluation)
        assert (ended["state"], ended["done"]) == ("done", 12)
        assert (await served.get(f"{evaluation}/result")).json()["environment"]["resumed"] >= 3
    asked = asked_questions(small_data_dir)
    assert set(asked) == {f"[{number}]" for number in range(12)}
    assert sum(asked.values()) <= 12 + 1


async def test_outcomes_under_other_settings_are_not_mixed(small_data_dir: Path) -> None:
    async with serving(small_data_dir, coalesce_ms=50) as served:
        evaluation = await served.start(questions(6))
        await served.until(evaluation, lambda told: told["done"] >= 2)
    async with serving(small_data_dir, coalesce_ms=0) as served:
        assert (await served.ended(evaluation))["done"] == 6
        assert (await served.get(f"{evaluation}/result")).json()["environment"]["resumed"] == 0


def test_an_evaluation_of_a_killed_server_is_finished_by_the_next(small_data_dir: Path) -> None:
    """Killed in the middle of a case: each case that was done stays done, the one under way runs once more."""

    def process() -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", "-m", "tests.evals.service.process", str(small_data_dir)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    with process() as first:
        assert first.stdout is not None
        for line in first.stdout:
            if line.startswith("done 4"):
                first.kill()
                break
    with process() as second:
        told, _ = second.communicate(timeout=300)
    assert second.returncode == 0
    result = orjson.loads(told.rsplit("\n", 2)[-2])
    assert (result["state"], result["done"], result["resumed"] >= 4) == ("done", 12, True)
    asked = asked_questions(small_data_dir)
    assert set(asked) == {f"[{number}]" for number in range(12)}
    assert max(asked.values()) <= 2
    assert sum(asked.values()) <= 12 + 1


def asked_questions(data_dir: Path) -> Counter[str]:
    """How often each question was asked, by the number it begins with."""
    with sqlite3.connect(data_dir / "storebot.db") as database:
        payloads = [orjson.loads(row[0]) for row in database.execute("SELECT payload FROM events WHERE type='message'")]
    database.close()
    return Counter(payload["message"]["text"].split()[0] for payload in payloads)
