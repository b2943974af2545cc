"""The commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.logs import configure_logs
from assistant.cli.terminal import Terminal
from assistant.settings import Settings

# What a command works with is imported when it runs: --help should not wait for it.

GATE_BROKEN = 1

SuiteArgument = Annotated[str, typer.Argument(metavar="SUITE", help="One that `storebot-eval suites` lists.")]
DataOption = Annotated[
    str, typer.Option("--data", metavar="PATH", help="The suite's file or folder; ADAPTER:PATH for a public data set.")
]
HtmlOption = Annotated[Path | None, typer.Option("--html", metavar="OUT", help="Write a report for people here.")]


def run(  # noqa: PLR0913, PLR0917 - options are parameters
    context: typer.Context,
    suite: SuiteArgument,
    data: DataOption,
    store: Annotated[
        str | None, typer.Option("--store", help="A store folder or IMPORTER:PATH; with --url the id of a store there.")
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", help="A server to measure; without it the assistant runs in this process.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", envvar="STOREBOT_EVAL_KEY", help="The server's API key with the scope `evaluate`."),
    ] = None,
    identity_key: Annotated[
        str | None,
        typer.Option(
            "--identity-key",
            envvar="STOREBOT_EVAL_IDENTITY_KEY",
            help="The identity key of the store at the URL, for cases whose shopper is signed in.",
        ),
    ] = None,
    shopper: Annotated[
        str | None,
        typer.Option("--shopper", metavar="MODEL", help="A language model that plays the shoppers of `scenarios`."),
    ] = None,
    shopper_url: Annotated[
        str | None,
        typer.Option("--shopper-url", envvar="STOREBOT_EVAL_SHOPPER_URL", help="That model's endpoint, ending in /v1."),
    ] = None,
    shopper_key: Annotated[
        str | None,
        typer.Option("--shopper-key", envvar="STOREBOT_EVAL_SHOPPER_KEY", help="That endpoint's key, if it has one."),
    ] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, max=100, help="How often each case runs; gives pass^k.")] = 1,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Run this many cases only, picked by the seed.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of every random choice.")] = 0,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=256, help="Cases at once. More than 1 makes each slower.")
    ] = 1,
    shots: Annotated[
        int | None, typer.Option("--shots", min=1, help="Examples an intent is learnt from; without it all.")
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", min=0.001, help="Seconds a case may take.")] = 300.0,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the result here, for --baseline and programs.")
    ] = None,
    html: HtmlOption = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="JSON", help="Compare with this earlier result, case by case.")
    ] = None,
    gate: Annotated[
        Path | None, typer.Option("--gate", metavar="FILE", help="Bounds on figures; exit code 1 where one is missed.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what an interrupted run has left.")] = False,
    any_version: Annotated[
        bool, typer.Option("--any-version", help="Go on with an interrupted run of another version or other settings.")
    ] = False,
) -> None:
    """Run a suite: figures with 95 % intervals, a comparison with a baseline, a gate, a report."""
    from evals.cli.measuring import Outputs, Wanted, carry_out, prepare

    terminal: Terminal = context.obj
    settings = Settings()
    configure_logs("error")  # log lines would break the progress bar; traces and notes of cases tell the same
    wanted = Wanted(
        suite=suite,
        data=data,
        store=store,
        url=url,
        key=key,
        identity_key=identity_key,
        shopper=shopper,
        shopper_url=shopper_url,
        shopper_key=shopper_key,
        runs=runs,
        limit=limit,
        seed=seed,
        concurrency=concurrency,
        shots=shots,
        case_timeout_s=timeout,
        baseline=baseline,
        gate=gate,
        fresh=fresh,
        any_version=any_version,
    )
    if not carry_out(terminal, prepare(wanted, settings), Outputs(json_file, html)):
        raise typer.Exit(GATE_BROKEN)


def calibrate(
    context: typer.Context,
    store: Annotated[
        list[str],
        typer.Option(
            "--store",
            help="For each --data, then each --routing, or one for all: a store folder or IMPORTER:PATH; with --apply "
            "a store's id.",
        ),
    ],
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", metavar="PATH", help="A qa file or folder; may be given several times."),
    ] = None,
    routing: Annotated[
        list[Path] | None,
        typer.Option("--routing", metavar="PATH", help="A routing file or folder; may be given several times."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="YAML", help="Write the calibration here.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Put it in force for this store, if it tells more.")] = False,
) -> None:
    """Fit how sure is sure enough to answer, and to call a human, to cases of which it is known what is right."""
    from evals.cli.calibrating import carry_out

    configure_logs("error")
    carry_out(context.obj, data or [], routing or [], store, out=out, apply=apply)


def check(context: typer.Context, suite: SuiteArgument, data: DataOption) -> None:
    """Check a suite's files without running anything: every fault is told with file and line."""
    from evals.cli.measuring import read_cases
    from evals.cli.showing import show_checked
    from evals.suites.registry import load_suite

    terminal: Terminal = context.obj
    configure_logs("error")
    cases = read_cases(load_suite(suite), data)
    show_checked(terminal, len(cases), len({case.place.file for case in cases}))


def compare_runs(
    context: typer.Context,
    before: Annotated[Path, typer.Argument(metavar="A.json", help="The earlier result, written by run --json.")],
    now: Annotated[Path, typer.Argument(metavar="B.json", help="The later result.")],
    html: HtmlOption = None,
) -> None:
    """Compare two results case by case: what got better, what broke, and what may be chance."""
    from evals.cli.measuring import check_writable
    from evals.cli.showing import show_comparison
    from evals.report import write
    from evals.results import read_result
    from evals.statistics import compare, describe
    from evals.suites.registry import load_suite

    terminal: Terminal = context.obj
    configure_logs("error")
    check_writable(html)
    baseline, result = read_result(before), read_result(now)
    suite = load_suite(result.suite)
    comparison = compare(suite, baseline, result, seed=result.environment.seed)
    show_comparison(terminal, describe(suite, runs=result.environment.runs), comparison)
    if html is not None:
        write(result, comparison, html)


def report(
    result: Annotated[Path, typer.Argument(metavar="RUN.json", help="A result, written by run --json.")],
    html: Annotated[Path, typer.Option("--html", metavar="OUT", help="Write the report here.")],
) -> None:
    """Make the report for people from a result."""
    from evals.cli.measuring import check_writable
    from evals.report import write
    from evals.results import read_result

    check_writable(html)
    write(read_result(result), None, html)


def suites(context: typer.Context) -> None:
    """List the suites and their figures."""
    from evals.cli.showing import show_suites
    from evals.suites.registry import NoSuchSuite, load_suite, suite_names

    terminal: Terminal = context.obj
    configure_logs("error")
    found: dict[str, str] = {}
    for name in suite_names():
        try:
            found[name] = ", ".join(figure.name for figure in load_suite(name).figures)
        except NoSuchSuite as error:
            found[name] = error.detail
    show_suites(terminal, found)
