"""`storebot-eval`: what QA people and CI run. It decides nothing; what it runs lies beside it."""

from evals.cli.app import main

__all__ = ["main"]
