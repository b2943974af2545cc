"""Telling intents beside semantic-router, and TF-IDF with logistic regression."""

from __future__ import annotations

from evals.bench.peers.bench import Bench
from evals.bench.peers.classifiers import (
    CHOSEN_FROM,
    HELD_OUT,
    REGULARISATION,
    Subject,
    semantic_router,
    tfidf_logistic_regression,
)
from evals.bench.peers.contest import ASSISTANT, LEGEND, Contest, named
from evals.bench.section import Section
from evals.suites.intents import Intents

_SHOWN = {"accuracy_in_scope": "accuracy, in scope", "auroc_out_of_scope": "AUROC, out of scope"}


async def measure(bench: Bench) -> Section:
    contests = {}
    for data, cases in bench.data.messages().items():
        contests[data] = contest = Contest(Intents(), cases, bench.target(), frozenset(_SHOWN))
        bench.say(f"{data}: {ASSISTANT} tells intents")
        await contest.enter(ASSISTANT, Intents())
        for name, subject in _peers().items():
            bench.say(f"{data}: {name} tells intents")
            await contest.enter(name, Intents(subject))
    return Section(
        name="peers-intents",
        title="Peers: intents",
        about=(
            "HINT3 (one shop's examples and customers' messages) and CLINC150 (150 intents, ten examples each, its "
            "validation messages), both with messages out of scope, which nobody has examples of. storebot is the "
            "classifier that its suite intents measures; it learns from the same examples, and from the names of the "
            "intents, which helped no peer where that was tried. semantic-router is its IndexedRouter with storebot's "
            "embedder; as it comes it takes the mean of an intent's nearest examples, the other row their maximum, "
            f"which does better. Its own fit gets one in {HELD_OUT} examples, held out; it abstains below "
            f"{CHOSEN_FROM}, as its documentation does. The linear model has words, pairs of words and 2 to 4 "
            f"characters within words, sublinear, and C = {REGULARISATION:g}, the best in cross validation on the "
            "examples. Accuracy is of the surest intent. AUROC: whether messages out of scope are less sure than "
            f"others. Milliseconds are those of a message, its embedding included. {LEGEND}"
        ),
        tables=tuple(
            contest.table(_SHOWN, title=f"{data}, {len(contest.cases):,} messages")
            for data, contest in contests.items()
        ),
        data={data: contest.data() for data, contest in contests.items()},
    )


def _peers() -> dict[str, Subject]:
    router = named("semantic-router", "semantic-router")
    return {
        router: semantic_router("mean"),
        f"{router}, maximum": semantic_router("max"),
        named("TF-IDF, logistic regression: scikit-learn", "scikit-learn"): tfidf_logistic_regression,
    }
