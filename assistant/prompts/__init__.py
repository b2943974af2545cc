"""What language models are told: prompt files in each language, and how they are laid out within a budget of tokens.

Who asks a model, when, and what becomes of what it writes is decided elsewhere.
"""

from assistant.prompts.files import PromptFault, PromptFile, Prompts
from assistant.prompts.layout import Block, Laid, Layout
from assistant.prompts.marks import Datum, marked, plain

__all__ = ["Block", "Datum", "Laid", "Layout", "PromptFault", "PromptFile", "Prompts", "marked", "plain"]
