"""Chores of the project itself; not part of the running product."""
