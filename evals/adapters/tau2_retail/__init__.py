"""The tau2 retail shop as a store: products with their variants and the shop's policy, from a path given by the user.

Users and orders are not read: they belong to the shop's system (evals.systems.tau2_retail), not to its knowledge.
"""

from evals.adapters.tau2_retail.importer import read

__all__ = ["read"]
