"""The cooperatives, goods and orders of tests/orders, for claims about them."""

from tests.orders.conftest import cilok, keripik, officer, ordered, sanan, velodrome

__all__ = ["cilok", "keripik", "officer", "ordered", "sanan", "velodrome"]
