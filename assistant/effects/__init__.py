"""Effects: carries out what procedures have planned, each call at most once, on record, over crashes and outages.

What is planned, and on which yes, is for assistant.procedures to say; what a call does, for the store's system.
"""

from assistant.effects.effects import LedgerEffects
from assistant.effects.patience import Patience
from assistant.effects.telling import Teller

__all__ = ["LedgerEffects", "Patience", "Teller"]
