"""Goods brought to the buyer's door by the cooperative's own couriers, and the cash they carry."""
