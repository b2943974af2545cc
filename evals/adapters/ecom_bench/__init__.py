"""The ECom-Bench shop as a store: product records, promotions and the shop's rules, from a path given by the user.

Orders, users, invoices and logistics are not read: they belong to the shop's order system, not to its knowledge.
"""

from evals.adapters.ecom_bench.importer import read

__all__ = ["read"]
