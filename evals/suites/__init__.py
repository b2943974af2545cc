"""Suites: what is asked of the assistant, how a case is scored, and which figures come of it."""
