"""Where and when figures were taken: figures without it mean nothing."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from evals.program import commit


@dataclass(frozen=True, slots=True)
class Machine:
    """`load` is the load average of the minute before: with more than a fraction, others were at work too."""

    cpu: str
    cores: int
    memory_gb: float
    python: str
    commit: str
    date: str
    load: float

    def __str__(self) -> str:
        return (
            f"{self.date}, commit {self.commit}, {self.cores} cores of {self.cpu}, {self.memory_gb:.0f} GB, "
            f"Python {self.python}, load {self.load:.1f} before the start"
        )


def this_machine() -> Machine:
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gb=psutil.virtual_memory().total / 2**30,
        python=platform.python_version(),
        commit=commit(),
        date=datetime.now(UTC).date().isoformat(),
        load=psutil.getloadavg()[0],
    )


def _cpu() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
