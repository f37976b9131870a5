"""Guyub: marketplace and back office for community cooperatives."""
