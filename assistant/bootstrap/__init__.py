"""The composition root: the one place that knows both the core and its adapters."""

from assistant.bootstrap.application import Answer, Application
from assistant.bootstrap.language_models import examine_models, model_terms, personal_data
from assistant.bootstrap.locations import IMPORTERS, read_location, rehearsal_of_folder, system_folder, system_of_folder
from assistant.bootstrap.opening import application, turn_tools

__all__ = [
    "IMPORTERS",
    "Answer",
    "Application",
    "application",
    "examine_models",
    "model_terms",
    "personal_data",
    "read_location",
    "rehearsal_of_folder",
    "system_folder",
    "system_of_folder",
    "turn_tools",
]
