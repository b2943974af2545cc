"""Intents: their definitions as data (`shop/*.yaml`, `patterns.yaml`), and the model fitted on their examples."""

from assistant.nlu.intents.definitions import IntentDefinition, check, lessons, load, parse
from assistant.nlu.intents.linear import LinearModel
from assistant.nlu.intents.shop_intents import MODEL, ShopIntents
from assistant.nlu.intents.taught import TaughtIntents, Told

__all__ = [
    "MODEL",
    "IntentDefinition",
    "LinearModel",
    "ShopIntents",
    "TaughtIntents",
    "Told",
    "check",
    "lessons",
    "load",
    "parse",
]
