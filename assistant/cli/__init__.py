"""The command line: what people and scripts do with storebot from a terminal.

It decides nothing; what it shows and starts lives in the rooms below.
"""

from assistant.cli.app import main

__all__ = ["main"]
