import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evals.cases import Exchange, Outcome, Verdict
from evals.report import rendered, write
from evals.results import Environment, RunResult

ENVIRONMENT = Environment(
    commit="abc1234", sources="", versions={}, platform="test", cores=2, data="kettles.jsonl", data_hash="",
    store="shop", store_hash="", url=None, seed=1, runs=1, limit=None, shots=None, concurrency=1, case_timeout_s=1.0,
    resamples=10, settings={}, started_at="2026-11-22T10:00:00+00:00", seconds=1.0,
)  # fmt: skip


def exchange(said: str, text: str, *candidates: str) -> Exchange:
    reply = {
        "action": {"kind": "answer", "reason": "fact"},
        "text": text,
        "evidence": [{"title": "Capacity", "text": text, "source": "kettles.json row 1"}],
    }
    found = [{"text": item, "kind": "fact", "probability": 0.7} for item in candidates]
    notes = {"matters": [{"resolved": said, "intent": "question", "products": ["K1"], "candidates": found}]}
    return Exchange((said,), reply, {"notes": notes, "milliseconds": {"understand": 1.0, "decide": 2.0}}, 12.0)


def outcome(name: str, verdict: Verdict, confidence: float = 0.9, **changes: object) -> Outcome:
    measured = {"answerable": True, "confidence": confidence}
    said = (exchange("how big", "1.7 l", "1.7 l", "2 kg"),)
    base = Outcome(name, 0, verdict, measured, said, expected="2 kg", milliseconds=(12.0,))
    return replace(base, **changes)  # type: ignore[arg-type]


def result(*outcomes: Outcome) -> RunResult:
    return RunResult("qa", {"right_answerable": 0.5}, {"right_answerable": (0.25, 0.75)}, outcomes, ENVIRONMENT)


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outside += [
            value for name, value in attrs if name in ("src", "href") and value and not value.startswith("#")
        ]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    links = Links()
    links.feed(rendered(result(*(outcome(f"q{i}", Verdict.RIGHT, 0.05 * i) for i in range(20)))))
    assert links.outside == []


def test_figures_stand_with_their_intervals() -> None:
    page = rendered(result(outcome("q1", Verdict.RIGHT)))
    assert "0.500" in page
    assert "0.250 – 0.750" in page


def test_cases_that_went_wrong_come_before_those_that_are_right() -> None:
    page = rendered(
        result(outcome("fine", Verdict.RIGHT), outcome("bad", Verdict.WRONG), outcome("dead", Verdict.CRASHED))
    )
    assert page.index("case-dead") < page.index("case-bad") < page.index("case-fine")


def test_an_abstention_from_what_cannot_be_answered_is_no_failure() -> None:
    honest = outcome("honest", Verdict.ABSTAINED, measured={"answerable": False, "confidence": 0.0})
    page = rendered(result(honest, outcome("bad", Verdict.WRONG)))
    assert page.index("case-bad") < page.index("case-honest")


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (outcome("q", Verdict.WRONG), "another was ranked first"),
        (outcome("q", Verdict.ABSTAINED), "not trusted enough"),
        (outcome("q", Verdict.ABSTAINED, expected="blue"), "No candidate holds the answer"),
        (outcome("q", Verdict.CRASHED, exchanges=(), note="Boom"), "ended with an error"),
    ],
)
def test_a_failing_case_says_where_to_look(case: Outcome, told: str) -> None:
    assert told in rendered(result(case))


def test_plots_are_drawn_where_there_are_numbers_for_them() -> None:
    many = [outcome(f"q{i}", Verdict.RIGHT if i % 3 else Verdict.WRONG, 0.05 * i) for i in range(20)]
    routes = [
        replace(item, measured={**item.measured, "expected_route": ("answer", "handoff")[i % 2], "route": "answer"})
        for i, item in enumerate(many)
    ]
    assert rendered(result(*routes)).count("<figure>") == 4
    assert rendered(result(outcome("q1", Verdict.RIGHT, milliseconds=()))).count("<figure>") == 0


def test_both_languages_are_on_the_page_and_one_is_shown(tmp_path: Path) -> None:
    write(result(outcome("q1", Verdict.WRONG)), None, tmp_path / "report.html", "zh")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="zh">' in page
    assert len(re.findall('class="zh"', page)) == len(re.findall('class="en"', page))


def test_what_shoppers_wrote_is_not_run() -> None:
    page = rendered(
        result(outcome("q1", Verdict.WRONG, exchanges=(exchange("<script>alert(1)</script>", "<b>x</b>"),)))
    )
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
