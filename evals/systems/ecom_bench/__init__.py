"""The system of the ECom-Bench shop: orders, shipments, gift cards, invoices, visits, over the benchmark's records."""

from evals.systems.ecom_bench.shop import EcomShop, load

__all__ = ["EcomShop", "load"]
