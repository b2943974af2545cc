"""The system of the tau2 retail shop: orders, accounts and payments over the benchmark's records."""

from evals.systems.tau2_retail.shop import RetailShop, load

__all__ = ["RetailShop", "load"]
