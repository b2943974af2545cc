"""Intents: their definitions as data (`shop/*.yaml`, `patterns.yaml`), and the model fitted on their examples."""

from assistant.nlu.intents.definitions import IntentDefinition, check, lessons, load, parse
from assistant.nlu.intents.faults import IntentFault
from assistant.nlu.intents.hierarchy import akin, branch, is_kind_of, parent
from assistant.nlu.intents.kept_models import KeptModels
from assistant.nlu.intents.kept_vectors import KeptVectors
from assistant.nlu.intents.labels import IntentLabels
from assistant.nlu.intents.linear import LinearModel
from assistant.nlu.intents.shop_intents import MODEL, VECTORS, ShopIntents
from assistant.nlu.intents.store_definitions import merged
from assistant.nlu.intents.taught import Lesson, TaughtIntents
from assistant.nlu.intents.told import Told, together

__all__ = [
    "MODEL",
    "VECTORS",
    "IntentDefinition",
    "IntentFault",
    "IntentLabels",
    "KeptModels",
    "KeptVectors",
    "Lesson",
    "LinearModel",
    "ShopIntents",
    "TaughtIntents",
    "Told",
    "akin",
    "branch",
    "check",
    "is_kind_of",
    "lessons",
    "load",
    "merged",
    "parent",
    "parse",
    "together",
]
