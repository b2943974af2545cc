"""The conversation: from a shopper's message to a reply that rests on evidence.

What a shop knows lives in `knowledge`, its order systems in `connectors`, measurements in `evals`.
"""
