"""The statistics of runs: figures with intervals, and two runs compared case by case. Nothing here runs a case."""

from evals.statistics.comparison import CaseChange, Comparison, FigureChange, Incomparable, compare
from evals.statistics.measurement import Measures, describe, measure

__all__ = [
    "CaseChange",
    "Comparison",
    "FigureChange",
    "Incomparable",
    "Measures",
    "compare",
    "describe",
    "measure",
]
