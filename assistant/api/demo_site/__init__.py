"""The demo shop's pages: what they show (`shelves`), what they say (`texts.yaml`), templates and looks."""
