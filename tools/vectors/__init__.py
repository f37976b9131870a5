"""Worked cases with exact answers, run through the real code."""
