"""Intents: their definitions as data (`*.yaml`), and the classifier that compares a message with them."""

from assistant.nlu.intents.classifier import IntentClassifier
from assistant.nlu.intents.definitions import QUESTION, IntentDefinition, load

__all__ = ["QUESTION", "IntentClassifier", "IntentDefinition", "load"]
