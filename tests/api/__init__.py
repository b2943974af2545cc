"""The HTTP API over the real store, log and live events; only knowledge and the bot are stand-ins."""
