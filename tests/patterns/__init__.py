"""Planted patterns: the truth is counted again, and the real watch is put beside it."""
