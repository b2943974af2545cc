"""Conversations over a bad line, with a server that is killed: does every shopper end up with what is stored?

Shoppers speak HTTP and Server-Sent Events as the widget does, through a proxy that cuts connections anywhere. The
server is a process of its own, killed without warning and started again. In the end each shopper's transcript, the
history endpoint and the database have to tell the same story.
"""

from evals.bench.outages.scenario import Asked, Outcome, Plan, play
from evals.bench.outages.verdict import Fault

__all__ = ["Asked", "Fault", "Outcome", "Plan", "play"]
