"""The front door: a shopper's side of the HTTP API, to a store in this process or behind a URL.

What a suite measures through it is what shoppers get. Not here: what is asked, and what is made of the replies.
"""

from evals.door.door import Door, DoorClosed, Opening, Said, Talk, action_of, text_of
from evals.door.places import evaluation_settings, opened, served

__all__ = [
    "Door",
    "DoorClosed",
    "Opening",
    "Said",
    "Talk",
    "action_of",
    "evaluation_settings",
    "opened",
    "served",
    "text_of",
]
