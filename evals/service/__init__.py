"""Evaluations of a running server: what `/evaluations` of the API stands on, by the entry point `storebot.evaluations`.

A run is a durable job over `evals.running`; its files lie in the data folder. What measuring needs is loaded with the
first run: most servers never have one.
"""

from evals.service.evaluations import StoreEvaluations, evaluations

__all__ = ["StoreEvaluations", "evaluations"]
