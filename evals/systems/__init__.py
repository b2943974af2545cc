"""Store systems for evaluations: a shop's records in memory, which do as they are told and remember every write.

Not here: whether the writes were the right ones (evals.suites), or which of them a shop's rules allow (procedures).
"""

from evals.systems.recording import RecordingBackend, Tool, Write
from evals.systems.registry import SystemFactory, system_of

__all__ = ["RecordingBackend", "SystemFactory", "Tool", "Write", "system_of"]
