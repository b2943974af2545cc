"""Durable background work: the `Jobs` port over DBOS. What the jobs do is registered from outside."""

from assistant.jobs.durable import DurableJobs

__all__ = ["DurableJobs"]
