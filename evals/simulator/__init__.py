"""Simulated shoppers: they come with goals, say what they want, answer what they are asked, and go.

Not here: whether they got it (evals.suites.scenarios).
"""

from evals.simulator.script import Goal, Script
from evals.simulator.scripted import ScriptedShopper
from evals.simulator.shopper import SimulatedShopper, SimulatorFault, Transcript

__all__ = ["Goal", "Script", "ScriptedShopper", "SimulatedShopper", "SimulatorFault", "Transcript"]
