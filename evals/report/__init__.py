"""Reports of runs for people: one HTML file that needs nothing else, in Chinese and English."""

from evals.report.page import rendered, write

__all__ = ["rendered", "write"]
