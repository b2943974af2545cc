"""Measurements of speed, size and durability: `python -m evals.bench --help`.

Whether answers are right is measured elsewhere in `evals`; how fast, how big and how safe, here.
"""
