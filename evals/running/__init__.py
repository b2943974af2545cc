"""Runs: cases go to the suite's runner, many at once and many times, and none is lost."""

from evals.running.circumstances import Circumstances, recorded
from evals.running.evaluation import Plan, Progress, Step, evaluate
from evals.running.fingerprints import fingerprint
from evals.running.journal import Identity, Journal, JournalTaken, open_journal
from evals.running.sampling import check_ids, sample

__all__ = [
    "Circumstances",
    "Identity",
    "Journal",
    "JournalTaken",
    "Plan",
    "Progress",
    "Step",
    "check_ids",
    "evaluate",
    "fingerprint",
    "open_journal",
    "recorded",
    "sample",
]
