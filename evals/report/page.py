"""The page of a report: figures, plots, what changed, and the cases, those that are not right first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from assistant.answers.texts import Texts
from evals.cases import Exchange, Outcome, Verdict
from evals.door.door import text_of
from evals.door.traces import matters_of
from evals.files import replace_file
from evals.report.diagnosis import diagnosed
from evals.report.plots import plots
from evals.results import RunResult
from evals.statistics.comparison import Comparison
from evals.suites.registry import NoSuchSuite, load_suite

Language = Literal["zh", "en"]

_MOST_FAILING, _MOST_PASSING = 300, 100  # cases shown whole; all of them are in the JSON
_COUNTS = ("cases", "crashed", "latency", "tokens", "cost")  # figures that are no shares
_ORDER = (Verdict.CRASHED, Verdict.WRONG, Verdict.ABSTAINED)


def write(result: RunResult, comparison: Comparison | None, path: Path, language: Language = "en") -> None:
    """Writes the report of a run, with what changed where there is a comparison. Raises OSError."""
    replace_file(path, rendered(result, comparison, language))


def rendered(result: RunResult, comparison: Comparison | None = None, language: Language = "en") -> str:
    """The page; it opens in `language`, and a button on it changes to the other."""
    folder = files(__package__)
    texts = Texts(yaml.safe_load((folder / "texts.yaml").read_text(encoding="utf-8")))
    templates = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    templates.globals["t"] = lambda name, **values: _both(texts, name, values)
    template = templates.from_string((folder / "report.html.j2").read_text(encoding="utf-8"))
    failing = sorted(
        (outcome for outcome in result.outcomes if not _as_it_should(outcome)),
        key=lambda outcome: _ORDER.index(outcome.verdict),
    )
    passing = [outcome for outcome in result.outcomes if _as_it_should(outcome)]
    return template.render(
        language=language,
        css=Markup((folder / "report.css").read_text(encoding="utf-8")),  # noqa: S704  (our own file)
        suite=result.suite,
        environment=result.environment,
        environment_json=json.dumps(asdict(result.environment), ensure_ascii=False, indent=1, default=str),
        figures=_figures(result),
        verdicts=_verdicts(result.outcomes),
        plots=[(plot.name, Markup(plot.svg)) for plot in plots(result.outcomes)],  # noqa: S704  (texts are escaped)
        comparison=comparison,
        failing=[_case(outcome, result.places) for outcome in failing[:_MOST_FAILING]],
        failing_count=len(failing),
        passing=[_case(outcome, result.places) for outcome in passing[:_MOST_PASSING]],
        passing_count=len(passing),
        number=_number,
    )


def _both(texts: Texts, name: str, values: Mapping[str, object]) -> Markup:
    """A text in both languages, of which the page shows one."""
    zh, en = (texts.say(name, language, **values) for language in ("zh", "en"))
    return Markup('<span class="zh" lang="zh">{}</span><span class="en" lang="en">{}</span>').format(zh, en)


def _as_it_should(outcome: Outcome) -> bool:
    """Right, or rightly left unanswered."""
    unanswerable = outcome.measured.get("answerable") is False
    return outcome.verdict is Verdict.RIGHT or (unanswerable and outcome.verdict is Verdict.ABSTAINED)


def _figures(result: RunResult) -> list[dict[str, Any]]:
    try:
        lower = {figure.name for figure in load_suite(result.suite).figures if figure.better == "lower"}
    except NoSuchSuite:  # the report of a suite that is not installed here
        lower = set()
    return [
        {
            "name": name,
            "value": value,
            "interval": result.intervals.get(name),
            "lower": name in lower,
            "share": 0 <= value <= 1 and not name.startswith(_COUNTS),
        }
        for name, value in result.figures.items()
    ]


def _verdicts(outcomes: Sequence[Outcome]) -> list[tuple[str, int, float]]:
    counts = Counter(outcome.verdict for outcome in outcomes)
    return [
        (verdict.value, counts[verdict], 100 * counts[verdict] / len(outcomes))
        for verdict in Verdict
        if counts[verdict]
    ]


def _case(outcome: Outcome, places: Mapping[str, str]) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "place": places.get(outcome.case_id, ""),
        "diagnosis": diagnosed(outcome),
        "exchanges": [_exchange(exchange) for exchange in outcome.exchanges],
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    reply = exchange.reply or {}
    action = reply.get("action")
    return {
        "said": exchange.said,
        "text": text_of(reply),
        "replied": exchange.reply is not None,
        "action": " / ".join(str(part) for part in action.values() if part) if isinstance(action, Mapping) else "",
        "evidence": [item for item in _items(reply.get("evidence")) if isinstance(item, Mapping)],
        "matters": matters_of(exchange.trace),
        "steps": exchange.trace.get("milliseconds") or {},
        "milliseconds": exchange.milliseconds,
    }


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 and value != int(value) else f"{value:,.0f}"
