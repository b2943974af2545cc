"""Answers to questions about products beside those of a plain chain."""

from __future__ import annotations

from evals.bench.peers.abstaining import abstaining_below, most_fitting, seldom_wrong
from evals.bench.peers.bench import Bench
from evals.bench.peers.chain import CHUNK, CHUNKS, chain_door
from evals.bench.peers.contest import ASSISTANT, LEGEND, Contest, named
from evals.bench.section import Section
from evals.cases import Verdict
from evals.suites.qa import Qa

_SHOWN = {
    "right_answerable": "right, of answerable",
    "wrong_all": "wrong, of all",
    "abstained_unanswerable": "abstained, of unanswerable",
}


async def measure(bench: Bench) -> Section:
    cases = bench.data.questions()
    contest = Contest(Qa(), cases, bench.target(bench.data.shop), frozenset(_SHOWN))
    bench.say(f"{ASSISTANT} answers")
    assistant = await contest.enter(ASSISTANT, Qa())
    chain = chain_name()
    bench.say(f"{chain} answers")
    answered = await contest.enter(f"{chain}, always answers", Qa(chain_door))
    wrong = sum(outcome.verdict in (Verdict.WRONG, Verdict.CRASHED) for outcome in assistant.outcomes)
    thresholds = {
        f"{chain}, best threshold": most_fitting(answered.outcomes),
        f"{chain}, as seldom wrong as {ASSISTANT}": seldom_wrong(answered.outcomes, wrong),
    }
    for name, threshold in thresholds.items():
        contest.stand(name, contest.revised(answered, abstaining_below(threshold, answered.outcomes)))
    answerable = sum(bool(outcome.measured["answerable"]) for outcome in answered.outcomes)
    return Section(
        name="peers-questions",
        title="Peers: questions about products",
        about=(
            f"The ECom-Bench shop, {answerable} questions that its data answers and {len(cases) - answerable} that it "
            "does not, scored as the suite qa does. The chain knows the same texts (title and attributes of each "
            "product, prose under its headings, the shop's offers and rules), cut into chunks of at most "
            f"{CHUNK} characters at the ends of paragraphs, lines, sentences and clauses. Chroma gives the {CHUNKS} "
            "chunks nearest the question, on a product's page those of the product and the shop; the chain says the "
            "sentence in them that is nearest the question. Earlier messages of the shopper are put before the "
            "question. Of what was tried, this is what is best for the chain on these very questions: chunks of 60, "
            "100, 150, 200, 400 characters, the first chunk or the first four, with earlier messages or without. It "
            "abstains below a threshold of the cosine, which is set here with the answers known: where most questions "
            f"come out as they should, and where it is wrong no more often than {ASSISTANT}. Milliseconds: of "
            f"{ASSISTANT} over HTTP and its event stream, of the chain in process; compared as equals in the next "
            f"part. {LEGEND}"
        ),
        tables=(contest.table(_SHOWN),),
        data={"thresholds": thresholds, **contest.data()},
    )


def chain_name() -> str:
    return named("LangChain chain on Chroma", "langchain-chroma")
